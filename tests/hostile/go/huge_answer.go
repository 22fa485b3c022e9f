// task: evens
// outcome: wrong_answer
// attack: returns ten million numbers
package main


func Evens(values []int) []int { return make([]int, 10_000_000) }
