// task: twice
// outcome: exited_early
// attack: SIGKILL to itself
package main

import "os"

func Twice(x int) int {
	p, _ := os.FindProcess(os.Getpid())
	p.Kill()
	select {}
}
