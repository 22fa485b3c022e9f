// task: twice
// outcome: exited_early
// attack: os.Exit(0) while a variable is initialised
package main

import "os"

var early = func() int { os.Exit(0); return 1 }()

func Twice(x int) int {
	return x + early
}
