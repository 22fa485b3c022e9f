// task: twice
// outcome: exception
// attack: panic(nil), which recover once could not see
package main


func Twice(x int) int {
	panic(nil)
}
