// task: twice
// outcome: timeout
// attack: goroutines that spin while the case loops
package main


func Twice(x int) int {
	for i := 0; i < 8; i++ {
		go func() {
			for {
			}
		}()
	}
	for {
	}
}
