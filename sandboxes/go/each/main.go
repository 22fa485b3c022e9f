// Each runs the program of its argument once for each mutant of a job on descriptor 0, in processes one after another:
//
//	{"nonce":…,"variable":…,"numbers":[1,2],"wall_s":2.5}
//
// A mutant's process finds its number in the environment variable and the nonce on a descriptor 0 of its own. What it
// writes there goes on, between these two lines:
//
//	{"nonce":…,"event":"mutant","number":1}
//	{"nonce":…,"event":"judged","number":1,"code":0}
//
// One that is late, and one that leaves somebody behind who holds its channel, ends the run without the second line:
// whoever asked goes on with the next.
package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"syscall"
	"time"
)

const (
	mostBytes = 4 << 20                // of one mutant's lines: a hundred times an honest report
	leftover  = 100 * time.Millisecond // after its end, for what is still on the way
)

type job struct {
	Nonce    string  `json:"nonce"`
	Variable string  `json:"variable"`
	Numbers  []int   `json:"numbers"`
	WallS    float64 `json:"wall_s"`
}

func main() {
	channel := os.NewFile(0, "channel")
	data, err := io.ReadAll(channel)
	var todo job
	if err == nil {
		err = json.Unmarshal(data, &todo)
	}
	if err != nil {
		os.Stderr.WriteString("codeloop: " + err.Error() + "\n")
		os.Exit(1)
	}
	for _, number := range todo.Numbers {
		os.Setenv(todo.Variable, strconv.Itoa(number))
		said, code, isOver := run(os.Args[1], todo)
		if !isOver {
			return
		}
		rest := `"number":` + strconv.Itoa(number)
		channel.Write(line(todo.Nonce, "mutant", rest))
		channel.Write(said)
		channel.Write(line(todo.Nonce, "judged", rest+`,"code":`+strconv.Itoa(code)))
	}
}

func line(nonce, event, rest string) []byte {
	return []byte(`{"nonce":"` + nonce + `","event":"` + event + `",` + rest + "}\n")
}

// run gives what one mutant's process wrote, its exit code (negative: the signal), and whether it is over in time.
func run(program string, todo job) ([]byte, int, bool) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, 0, false
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
	defer ours.Close()
	syscall.SetNonblock(pair[1], false)
	process, err := os.StartProcess(program, []string{program}, &os.ProcAttr{
		Files: []*os.File{theirs, os.Stdout, os.Stderr},
	})
	theirs.Close()
	if err != nil {
		return nil, 0, false
	}
	ours.WriteString(todo.Nonce)
	syscall.Shutdown(pair[0], syscall.SHUT_WR)
	said := make(chan []byte, 1)
	go func() { said <- readAll(ours) }()
	late := time.AfterFunc(time.Duration(todo.WallS*float64(time.Second)), func() { process.Kill() })
	state, err := process.Wait()
	inTime := late.Stop()
	if err != nil || !inTime {
		return nil, 0, false
	}
	select {
	case data := <-said:
		return data, exitCode(state), data != nil
	case <-time.After(leftover):
		return nil, 0, false
	}
}

// readAll gives all up to the end, with a line's end after a last one that was cut; nil where it is too much.
func readAll(from io.Reader) []byte {
	data, _ := io.ReadAll(io.LimitReader(from, mostBytes+1)) // a reset is an end as well
	if len(data) > mostBytes {
		return nil
	}
	if !bytes.HasSuffix(data, []byte("\n")) {
		data = append(data, '\n')
	}
	return data
}

func exitCode(state *os.ProcessState) int {
	status := state.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return -int(status.Signal())
	}
	return status.ExitStatus()
}
