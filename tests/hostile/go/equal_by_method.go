// task: twice
// outcome: wrong_answer
// attack: returns a type with methods of equality
package main


type liar struct{}

func (liar) Equal(other any) bool { return true }

func (liar) Compare(other any) int { return 0 }

func Twice(x int) liar { return liar{} }
