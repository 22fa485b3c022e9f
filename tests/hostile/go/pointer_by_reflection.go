// task: twice
// outcome: refused
// attack: reads memory by an unsafe.Pointer that it does not name
package main

import "reflect"

func Twice(x int) int {
	p := (*[1 << 30]byte)(reflect.ValueOf(&x).UnsafePointer())
	return int(p[1<<20])
}
