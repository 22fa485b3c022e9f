// task: twice
// outcome: wrong_answer
// attack: returns the right number in another type
package main


type number int

func Twice(x int) number { return number(2 * x) }
