// task: twice
// outcome: types
// attack: names another file, so that its fault seems to be in the tests
package main


//line tests.go:1
func Twice(x int) int {
	return y
}
