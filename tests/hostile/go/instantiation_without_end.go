// task: twice
// outcome: types
// attack: a generic type that needs ever larger ones
package main


func grow[T any](n int) int {
	if n == 0 {
		return 0
	}
	return grow[[2]T](n - 1)
}

func Twice(x int) int {
	return grow[int](x)
}
