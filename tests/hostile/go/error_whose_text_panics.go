// task: twice
// outcome: exception
// attack: an error whose Error panics
package main


type bad struct{}

func (bad) Error() string { panic("again") }

func Twice(x int) int {
	panic(bad{})
}
