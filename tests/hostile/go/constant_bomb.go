// task: twice
// outcome: types or timeout or out_of_memory
// attack: constants that double in length
package main


const a = "0123456789abcdef0123456789abcdef"
const b = a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a
const c = b + b + b + b + b + b + b + b + b + b + b + b + b + b + b + b
const d = c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c
const e = d + d + d + d + d + d + d + d + d + d + d + d + d + d + d + d
const g = e + e + e + e + e + e + e + e + e + e + e + e + e + e + e + e
const h = g + g + g + g + g + g + g + g + g + g + g + g + g + g + g + g

func Twice(x int) int {
	return len(h) + len(h[x:])
}
