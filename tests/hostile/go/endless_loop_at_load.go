// task: twice
// outcome: timeout
// attack: loops in init
package main


func init() {
	for {
	}
}

func Twice(x int) int {
	return x
}
