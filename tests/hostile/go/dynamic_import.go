// task: twice
// outcome: refused
// attack: asks the linker for a library
package main


//go:cgo_import_dynamic _ _ "libc.so.6"

func Twice(x int) int {
	return x
}
