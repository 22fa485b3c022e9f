// task: twice
// outcome: crashed
// attack: runtime.Goexit in init, before main
package main

import "runtime"

func init() { runtime.Goexit() }

func Twice(x int) int {
	return x
}
