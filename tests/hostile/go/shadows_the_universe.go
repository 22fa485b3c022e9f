// task: twice
// outcome: wrong_answer
// attack: declares len, true, append, string and nil anew
package main


const true = false

var nil = 0

type string []byte

func len(x int) int { return x }

func append(x ...int) int { return 1 }

func panic(x any) {}

func Twice(x int) int {
	return x
}
