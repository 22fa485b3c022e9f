// task: twice
// outcome: wrong_answer
// attack: prints bytes that are no text and returns
package main

import "os"

func Twice(x int) int {
	os.Stdout.Write([]byte{0xff, 0xfe, 0, 0x80})
	return x
}
