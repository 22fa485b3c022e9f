// task: twice
// outcome: exception
// attack: a plain panic
package main


func Twice(x int) int {
	panic("no")
}
