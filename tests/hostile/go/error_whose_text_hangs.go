// task: twice
// outcome: timeout
// attack: an error whose Error never returns
package main


type bad struct{}

func (bad) Error() string {
	for {
	}
}

func Twice(x int) int {
	panic(bad{})
}
