// task: twice
// outcome: out_of_memory or timeout or crashed
// attack: goroutines without end
package main


func Twice(x int) int {
	for {
		go func() { select {} }()
	}
}
