// task: twice
// outcome: wrong_answer
// attack: a function of any type
package main


func Twice[T any](x T) T { return x }
