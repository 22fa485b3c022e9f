// task: twice
// outcome: out_of_memory
// attack: allocates and touches without end
package main


var kept [][]byte

func Twice(x int) int {
	for {
		block := make([]byte, 1<<24)
		for i := range block {
			block[i] = 1
		}
		kept = append(kept, block)
	}
}
