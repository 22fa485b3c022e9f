// Compile reads one job from descriptor 0 and makes a program of it: the candidate as a package of its own, the tests as
// another that imports it. It executes nothing of either. Answers are JSON lines on descriptor 0:
//
//	{"begin":true}                                               it came up
//	{"part":"candidate"|"alias"|"tests"|"link","line":…,"column":…,"message":…}   one finding of compiler or linker
//	{"refused":…,"line":…,"column":…}                            what no candidate may use
//	{"missing":"Name"}                                           the entry point is not there
//	{"unread":true}                                              the candidate is no Go file
//	{"done":true,"steps":{"candidate":0.02,…}}                   the program is there; seconds of each step
//
// With the words lint and TOOL it runs a tool of go vet's kind instead, over the candidate of job.json.
package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	home        = "/opt/codeloop/go"
	maxFindings = 50
	maxMessage  = 1000
)

type job struct {
	Code  string   `json:"code"`
	Alias string   `json:"alias"` // a second file of the candidate's package: exported names for unexported ones
	Tests string   `json:"tests"` // package main; blank: only the candidate is compiled
	Entry string   `json:"entry"`
	Given []string `json:"given"` // imports of the prompt: unused ones are nobody's fault

	Offered map[string]string `json:"offered"` // name to path of imports to add where used: a continued prompt had no place
}

var channel = os.NewFile(0, "channel")

func main() {
	if len(os.Args) == 3 && os.Args[1] == "lint" {
		lint(os.Args[2])
	}
	say(map[string]any{"begin": true})
	var todo job
	data, err := io.ReadAll(channel)
	if err == nil {
		err = json.Unmarshal(data, &todo)
	}
	if err != nil {
		fail(err)
	}
	steps := map[string]float64{}
	if isDone := work(todo, steps); isDone {
		say(map[string]any{"done": true, "steps": steps})
	}
}

func work(todo job, steps map[string]float64) bool {
	timed := func(name string, step func() bool) bool {
		began := time.Now()
		ok := step()
		steps[name] = time.Since(began).Seconds()
		return ok
	}
	var code string
	ok := timed("read", func() bool {
		made, good := prepared(todo)
		code = made
		return good
	})
	if !ok {
		return false
	}
	write("solution.go", code)
	files := []string{"solution.go"}
	if todo.Alias != "" {
		write("alias.go", todo.Alias)
		files = append(files, "alias.go")
	}
	defer clean()
	if !timed("candidate", func() bool { return compile("zz/candidate", "candidate.cfg", "candidate.a", files) }) {
		return false
	}
	if strings.TrimSpace(todo.Tests) == "" {
		return true
	}
	write("tests.go", todo.Tests)
	if !timed("tests", func() bool { return compile("main", "tests.cfg", "main.a", []string{"tests.go"}) }) {
		return false
	}
	return timed("link", link)
}

func clean() {
	for _, name := range []string{"solution.go", "alias.go", "tests.go", "candidate.a", "main.a"} {
		os.Remove(name)
	}
}

// prepared gives the candidate as the package "candidate", line by line where it was; whether it may be compiled.
func prepared(todo job) (string, bool) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "solution.go", todo.Code, parser.ParseComments)
	if err != nil || file == nil {
		say(map[string]any{"unread": true})
		return todo.Code, true // the compiler says it better; it must not succeed, which compile sees to
	}
	found := refusals(file)
	for _, each := range found {
		at := set.Position(each.pos)
		say(map[string]any{"refused": each.what, "line": at.Line, "column": at.Column})
	}
	if len(found) > 0 {
		return "", false
	}
	if !defines(file, todo.Entry) {
		say(map[string]any{"missing": todo.Entry})
		return "", false
	}
	text := []byte(todo.Code)
	offset := func(pos token.Pos) int { return set.PositionFor(pos, false).Offset }
	for _, node := range idle(file, todo.Given) {
		for i := offset(node.Pos()); i < offset(node.End()); i++ {
			if text[i] != '\n' {
				text[i] = ' '
			}
		}
	}
	name := file.Name
	return string(text[:offset(name.Pos())]) + "candidate" + lacking(file, todo.Offered) + string(text[offset(name.End()):]), true
}

// lacking gives the imports to add, on the line of the package's name, so that no line moves.
func lacking(file *ast.File, offered map[string]string) string {
	unresolved := map[string]bool{}
	for _, ident := range file.Unresolved {
		unresolved[ident.Name] = true
	}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		unresolved[path[strings.LastIndex(path, "/")+1:]] = false
		if spec.Name != nil {
			unresolved[spec.Name.Name] = false
		}
	}
	added := ""
	for name, path := range offered {
		if unresolved[name] && selected(file)[name] {
			added += "; import " + strconv.Quote(path)
		}
	}
	return added
}

// selected names what stands before the dot of a selector.
func selected(file *ast.File) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if ident, ok := selector.X.(*ast.Ident); ok {
				names[ident.Name] = true
			}
		}
		return true
	})
	return names
}

type refusal struct {
	pos  token.Pos
	what string
}

var refusedImports = map[string]bool{
	"C": true, "unsafe": true, "syscall": true, "plugin": true, "embed": true, "runtime/cgo": true, "runtime/coverage": true,
}

// By these a program comes by the type unsafe.Pointer without naming it, or writes its memory to a file.
var refusedNames = map[string][]string{
	"reflect":       {"UnsafePointer", "NewAt", "SliceAt", "SetPointer"},
	"sync/atomic":   {"LoadPointer", "StorePointer", "SwapPointer", "CompareAndSwapPointer"},
	"runtime":       {"SetCgoTraceback"},
	"runtime/debug": {"WriteHeapDump"},
}

var honestDirectives = regexp.MustCompile(`^//go:(noinline|build|generate|fix|debug)\b`)

func refusals(file *ast.File) []refusal {
	var found []refusal
	names := map[string]bool{}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil || refusedImports[path] || strings.HasPrefix(path, "codeloop") || strings.HasPrefix(path, "zz") {
			found = append(found, refusal{spec.Pos(), "import " + spec.Path.Value})
		}
		for _, name := range refusedNames[path] {
			names[name] = true
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		if ident, ok := node.(*ast.Ident); ok && names[ident.Name] {
			found = append(found, refusal{ident.Pos(), ident.Name})
		}
		return true
	})
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if strings.HasPrefix(comment.Text, "//go:") && !honestDirectives.MatchString(comment.Text) {
				found = append(found, refusal{comment.Pos(), strings.Fields(comment.Text)[0]})
			}
		}
	}
	return found
}

func defines(file *ast.File, name string) bool {
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil && decl.Name.Name == name {
				return true
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if values, ok := spec.(*ast.ValueSpec); ok {
					for _, ident := range values.Names {
						if ident.Name == name {
							return true
						}
					}
				}
			}
		}
	}
	return false
}

// idle gives the imports that the prompt gave and nothing uses.
func idle(file *ast.File, given []string) []ast.Node {
	wanted := map[string]bool{}
	for _, path := range given {
		wanted[path] = true
	}
	used := selected(file)
	var found []ast.Node
	for _, decl := range file.Decls {
		imports, ok := decl.(*ast.GenDecl)
		if !ok || imports.Tok != token.IMPORT {
			continue
		}
		for _, each := range imports.Specs {
			spec := each.(*ast.ImportSpec)
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil || !wanted[path] || spec.Name != nil || used[path[strings.LastIndex(path, "/")+1:]] {
				continue
			}
			if imports.Lparen.IsValid() {
				found = append(found, spec)
			} else {
				found = append(found, imports)
			}
		}
	}
	return found
}

func compile(path, config, object string, files []string) bool {
	here, err := os.Getwd()
	if err != nil {
		fail(err)
	}
	args := []string{
		"-p", path, "-importcfg", home + "/" + config, "-o", object, "-complete", "-e", "-dwarf=false", "-c=1",
		"-nolocalimports", "-trimpath", here + "=>codeloop",
	}
	output, ok := run(home+"/bin/compile", append(args, files...))
	told := findings(output, path != "main")
	if !ok && told == 0 {
		say(map[string]any{"part": part("", path != "main"), "message": short(string(output))})
	}
	return ok
}

func link() bool {
	// Without collection where memory suffices: the linker lives for a moment.
	os.Setenv("GOGC", "off")
	os.Setenv("GOMEMLIMIT", "300MiB")
	output, ok := run(home+"/bin/link", []string{"-importcfg", home + "/link.cfg", "-s", "-w", "-o", "prog", "main.a"})
	if !ok {
		say(map[string]any{"part": "link", "message": short(string(output))})
		return false
	}
	if err := os.Chmod("prog", 0o711); err != nil { // who runs what it cannot read is not dumpable
		fail(err)
	}
	return true
}

func run(program string, args []string) ([]byte, bool) {
	command := exec.Command(program, args...)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	err := command.Run()
	return output.Bytes(), err == nil
}

var place = regexp.MustCompile(`^(?:\./)?([^:\s]+):(\d+):(?:(\d+):)? (.*)$`)

// findings tells of each; a line that begins with a tab goes on with the one before. How many there were.
func findings(output []byte, isCandidate bool) int {
	var found []map[string]any
	for _, line := range strings.Split(string(output), "\n") {
		if strings.HasPrefix(line, "\t") && len(found) > 0 {
			last := found[len(found)-1]
			last["message"] = short(last["message"].(string) + "\n" + strings.TrimSpace(line))
			continue
		}
		match := place.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		row, _ := strconv.Atoi(match[2])
		column, _ := strconv.Atoi(match[3])
		found = append(found, map[string]any{
			"part": part(match[1], isCandidate), "line": row, "column": column, "message": short(match[4]),
		})
	}
	for i, each := range found {
		if i < maxFindings {
			say(each)
		}
	}
	return len(found)
}

// part goes by the step, not by the file's name alone: a candidate may write //line.
func part(name string, isCandidate bool) string {
	if !isCandidate {
		return "tests"
	}
	if name == "alias.go" {
		return "alias"
	}
	return "candidate"
}

func short(text string) string {
	if len(text) > maxMessage {
		return strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}

func write(name, text string) {
	os.Remove(name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		fail(err)
	}
}

func say(line map[string]any) {
	data, err := json.Marshal(line)
	if err == nil {
		_, err = channel.Write(append(data, '\n'))
	}
	if err != nil {
		fail(err)
	}
}

// fail ends with a status that means: the machine's fault.
func fail(err error) {
	os.Stderr.WriteString("codeloop: " + err.Error() + "\n")
	os.Exit(70)
}
