// task: twice
// outcome: crashed
// attack: recursion without end
package main


func Twice(x int) int {
	return 1 + Twice(x+1)
}
