// task: twice
// outcome: refused
// attack: imports unsafe in other letters
package main


import _ "\x75nsafe"

func Twice(x int) int {
	return x
}
