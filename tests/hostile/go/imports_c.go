// task: twice
// outcome: refused
// attack: imports C
package main

import "C"

func Twice(x int) int {
	return x
}
