// Package verdict runs cases and reports each of them on the private socket that the process was given as descriptor 0.
//
// Candidate code runs in this process. Nothing that can make a report true is exported, and the candidate cannot import
// this package: the file that tells its compiler where packages are does not name it. Its init runs before any line of
// the candidate's: packages are initialised in the order of their paths as far as their imports allow (since Go 1.21),
// and the candidate's path, zz/candidate, comes after all others. What is left is reading memory: the driver refuses
// the packages for that, and a data race is a known limit.
package verdict

import (
	"reflect"
	"runtime"
	"strings"
	"syscall"
	_ "unsafe" // for the name below
)

// The runtime's part of debug.SetMaxStack. The package itself brings fmt and os along, which most candidates do not
// need: to link them takes a fifth of a link's time.
//
//go:linkname setMaxStack runtime/debug.setMaxStack
func setMaxStack(bytes int) int

const (
	channelFd  = 60          // past what the runtime has open, within the table that a process begins with: see init
	stackBytes = 128 << 20   // honest deep recursion must not fail for want of stack, endless one must not eat the cell
	source     = "/solution.go"
)

type failure struct {
	expected, actual string
}

type current struct {
	failed   *failure
	stopped  bool
	finished bool
}

var (
	nonce string
	now   *current
	names int

	endsAtFailure bool
)

func init() {
	nonce = readAll()
	// A larger table of descriptors, in a process with threads, waits for all of the kernel's readers: 10 ms and more.
	if _, _, problem := syscall.RawSyscall(syscall.SYS_DUP3, 0, channelFd, syscall.O_CLOEXEC); problem != 0 {
		syscall.Exit(70)
	}
	null, err := syscall.Open("/dev/null", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil || syscall.Dup3(null, 0, 0) != nil {
		syscall.Exit(70)
	}
	syscall.Close(null)
	endsAt, _ := syscall.Getenv("CODELOOP_FIRST_FAILURE")
	endsAtFailure = endsAt == "1"
	setMaxStack(stackBytes)
	line("begin", "")
}

func readAll() string {
	var all []byte
	buffer := make([]byte, 4096)
	for {
		n, err := syscall.Read(0, buffer)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return string(all)
		}
		all = append(all, buffer[:n]...)
	}
}

// Plan names every case, before the first of them: its expression, or "" for an opaque one.
func Plan(expressions ...string) {
	names = len(expressions)
	quoted := make([]string, 0, names)
	for _, expression := range expressions {
		quoted = append(quoted, quote(expression))
	}
	line("plan", `,"names":[`+strings.Join(quoted, ",")+"]")
}

// Case runs one case to its end in a goroutine of its own, so that one that ends its goroutine ends nothing else.
func Case(index int, body func()) {
	state := &current{}
	now = state
	over := make(chan string)
	go func() {
		report := ""
		defer func() { over <- report }()
		defer func() {
			if state.finished || state.stopped {
				return
			}
			if raised := recover(); raised != nil {
				report = raisedBy(raised)
			} else {
				report = field("status", "raised") + field("exception", "runtime.Goexit ended the goroutine of the call")
			}
		}()
		body()
		state.finished = true
	}()
	report := <-over
	if report == "" {
		report = field("status", "passed")
		if state.failed != nil {
			report = field("status", "failed") + field("expected", state.failed.expected) + field("actual", state.failed.actual)
		}
	}
	line("case", `,"index":`+number(index)+report)
	if endsAtFailure && report != field("status", "passed") {
		Done()
	}
}

// Done says that every case was run, and ends the process: goroutines of the candidate get no say.
func Done() {
	line("done", "")
	syscall.Exit(0)
}

// Check records a comparison; of several in one case the first that failed is shown.
func Check(ok bool, expected, actual any) bool {
	if !ok {
		shown, got := Show(expected), Show(actual)
		if shown == got || (expected != nil && actual != nil && reflect.TypeOf(expected) != reflect.TypeOf(actual)) {
			shown, got = typed(expected, shown), typed(actual, got)
		}
		Fail(shown, got)
	}
	return ok
}

// Fail records that the running case failed.
func Fail(expected, actual string) {
	if now != nil && now.failed == nil {
		now.failed = &failure{expected, actual}
	}
}

// Stop ends the running case.
func Stop() {
	if now != nil {
		now.stopped = true
	}
	runtime.Goexit()
}

func line(event, rest string) {
	text := []byte(`{"nonce":` + quote(nonce) + field("event", event) + rest + "}\n")
	for len(text) > 0 {
		n, err := syscall.Write(channelFd, text)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			syscall.Exit(70) // the candidate closed the descriptor: no report, so no pass
		}
		text = text[n:]
	}
}

func raisedBy(raised any) string {
	at := ""
	places := make([]uintptr, 64)
	frames := runtime.CallersFrames(places[:runtime.Callers(2, places)])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.File, source) {
			at = `,"line":` + number(frame.Line)
			break
		}
		if !more {
			break
		}
	}
	return field("status", "raised") + field("exception", cut(message(raised))) + field("type", reflect.TypeOf(raised).String()) + at
}

// message asks an error for its text; the text of a candidate's own error may itself panic.
func message(raised any) (text string) {
	defer func() {
		if hostile := recover(); hostile != nil {
			text = "(no message: it panicked)"
		}
	}()
	switch value := raised.(type) {
	case error:
		return "panic: " + value.Error()
	case string:
		return "panic: " + value
	}
	return "panic: " + Show(raised)
}
