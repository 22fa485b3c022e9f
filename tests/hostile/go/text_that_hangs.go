// task: anything
// outcome: wrong_answer
// attack: returns a value whose String and GoString never end
package main


type bad struct{}

func (bad) String() string {
	for {
	}
}

func (bad) GoString() string {
	for {
	}
}

func Anything(text string) interface{} { return bad{} }
