// task: twice
// outcome: crashed or timeout
// attack: writes a map from many goroutines: a fault of the runtime, when two meet
package main


func Twice(x int) int {
	m := map[int]int{}
	for i := 0; i < 8; i++ {
		go func() {
			for {
				m[1]++
			}
		}()
	}
	for {
		m[2]++
	}
}
