// task: twice
// outcome: types or out_of_memory or timeout or exited_early
// attack: an array larger than any memory
package main


var all [1 << 46]int

func Twice(x int) int {
	return all[x]
}
