// task: twice
// outcome: exception
// attack: a panic that no case can recover
package main


func Twice(x int) int {
	go func() { panic("elsewhere") }()
	select {}
}
