// task: twice
// outcome: wrong_answer
// attack: opens files until it may not
package main

import "os"

func Twice(x int) int {
	for i := 0; i < 10000; i++ {
		if _, err := os.Open("/dev/null"); err != nil {
			break
		}
	}
	return x
}
