// Package testing is what tests see as "testing": a T whose failures are those of the running case.
package testing

import (
	"strings"

	"codeloop/verdict"
)

// T stands for the running case.
type T struct{}

// TB is what helpers of tests take.
type TB interface {
	Error(args ...any)
	Errorf(format string, args ...any)
	Fail()
	FailNow()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Helper()
	Log(args ...any)
	Logf(format string, args ...any)
}

func (t *T) Helper()                         {}
func (t *T) Parallel()                       {}
func (t *T) Name() string                    { return "Test" }
func (t *T) Log(args ...any)                 {}
func (t *T) Logf(format string, args ...any) {}
func (t *T) Fail()                           { verdict.Fail("", "") }

func (t *T) Error(args ...any) { verdict.Fail("", joined(args)) }

func (t *T) Errorf(format string, args ...any) { verdict.Fail("", formatted(format, args)) }

func (t *T) FailNow() {
	t.Fail()
	verdict.Stop()
}

func (t *T) Fatal(args ...any) {
	t.Error(args...)
	verdict.Stop()
}

func (t *T) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	verdict.Stop()
}

// Run runs a part of the case; a part that stops it stops all of it.
func (t *T) Run(name string, body func(*T)) bool {
	body(t)
	return true
}

func joined(args []any) string {
	var parts []string
	for _, arg := range args {
		parts = append(parts, shown(arg))
	}
	return strings.Join(parts, " ")
}

func shown(arg any) string {
	if text, ok := arg.(string); ok {
		return text
	}
	return verdict.Show(arg)
}

// formatted puts the arguments in the places of the verbs, whatever these say: package fmt would have to be linked.
func formatted(format string, args []any) string {
	var text strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			text.WriteByte(format[i])
			continue
		}
		for i++; i < len(format) && strings.IndexByte("+-# 0123456789.", format[i]) >= 0; i++ {
		}
		if i < len(format) && format[i] == '%' {
			text.WriteByte('%')
		} else if len(args) > 0 {
			text.WriteString(verdict.Show(args[0]))
			args = args[1:]
		}
	}
	return text.String()
}
