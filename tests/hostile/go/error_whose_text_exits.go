// task: twice
// outcome: exited_early
// attack: an error whose Error ends the process
package main

import "os"

type bad struct{}

func (bad) Error() string { os.Exit(0); return "" }

func Twice(x int) int {
	panic(bad{})
}
