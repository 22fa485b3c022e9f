// task: twice
// outcome: exception
// attack: a panic before the tests
package main


var early = []int{}[len("x")]

func Twice(x int) int {
	return early
}
