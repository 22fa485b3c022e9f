// task: anything
// outcome: wrong_answer
// attack: returns a value that holds itself
package main


type ring struct{ next *ring }

func Anything(text string) interface{} {
	r := &ring{}
	r.next = r
	return r
}
