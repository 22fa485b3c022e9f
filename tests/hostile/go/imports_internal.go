// task: twice
// outcome: types
// attack: imports a package that is internal to the library
package main


import _ "internal/poll"

func Twice(x int) int {
	return x
}
