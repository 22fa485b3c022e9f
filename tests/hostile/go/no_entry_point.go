// task: twice
// outcome: missing_entry_point
// attack: a method of that name is no function
package main


type T struct{}

func (T) Twice(x int) int { return 2 * x }
