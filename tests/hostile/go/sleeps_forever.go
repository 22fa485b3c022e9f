// task: twice
// outcome: wall_timeout
// attack: sleeps
package main

import "time"

func Twice(x int) int {
	time.Sleep(time.Hour)
	return x
}
