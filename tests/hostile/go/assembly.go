// task: twice
// outcome: types
// attack: a function whose body is elsewhere
package main


func other(x int) int

func Twice(x int) int {
	return other(x)
}
