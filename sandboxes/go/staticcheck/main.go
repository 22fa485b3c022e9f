// Staticcheck's analysers as a tool of go vet's kind: it reads one package by its unit.cfg, with no go command and no cache.
//
//	staticcheck -json unit.cfg      {"zz/candidate":{"SA4006":[{"posn":"solution.go:4:2","message":"…"}]}}
//
// It is built against Debian's golang-honnef-go-tools-dev, from which Debian's own staticcheck comes. That program would ask
// the go command for packages and keep a cache. Comments such as //lint:ignore are read by that program, and by U1000.
package main

import (
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"
	"honnef.co/go/tools/analysis/lint"
	"honnef.co/go/tools/simple"
	"honnef.co/go/tools/staticcheck"
	"honnef.co/go/tools/stylecheck"
	"honnef.co/go/tools/unused"
)

func main() {
	all := []*analysis.Analyzer{unusedCode}
	for _, group := range [][]*lint.Analyzer{staticcheck.Analyzers, simple.Analyzers, stylecheck.Analyzers} {
		for _, each := range group {
			if each.Doc == nil || !each.Doc.NonDefault {
				all = append(all, each.Analyzer)
			}
		}
	}
	unitchecker.Main(all...)
}

// unusedCode reports what U1000 only lists.
var unusedCode = &analysis.Analyzer{
	Name:     "U1000",
	Doc:      "Unused code",
	Requires: []*analysis.Analyzer{unused.Analyzer.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		found, _ := pass.ResultOf[unused.Analyzer.Analyzer].(unused.Result)
		for _, each := range found.Unused {
			for _, file := range pass.Files {
				if of := pass.Fset.File(file.Pos()); of.Name() == each.Position.Filename {
					pass.Reportf(of.Pos(each.Position.Offset), "%s %s is unused", each.Kind, each.Name)
				}
			}
		}
		return nil, nil
	},
}
