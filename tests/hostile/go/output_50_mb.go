// task: twice
// outcome: output_limit
// attack: prints 50 MB
package main

import "fmt"
import "strings"

func Twice(x int) int {
	line := strings.Repeat("x", 1<<20)
	for i := 0; i < 50; i++ {
		fmt.Println(line)
	}
	return 2 * x
}
