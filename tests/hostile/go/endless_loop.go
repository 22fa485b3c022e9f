// task: twice
// outcome: timeout
// attack: loops
package main


func Twice(x int) int {
	for {
	}
}
