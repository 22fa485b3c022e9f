// task: twice
// outcome: crashed
// attack: waits for itself
package main


func Twice(x int) int {
	select {}
}
