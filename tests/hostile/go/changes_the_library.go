// task: twice
// outcome: wrong_answer
// attack: assigns to variables of the standard library
package main

import "io"
import "os"

func Twice(x int) int {
	os.Stdout, os.Stdin, os.Stderr, os.Args = nil, nil, nil, nil
	io.EOF = nil
	os.ErrNotExist = nil
	return x
}
