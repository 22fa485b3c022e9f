package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	jobFile = "job.json"
	goLevel = "go1.24"
)

// unit is what go vet tells a tool of one package: x/tools' unitchecker.Config.
type unit struct {
	ID          string
	Compiler    string
	ImportPath  string
	GoVersion   string
	GoFiles     []string
	ImportMap   map[string]string
	PackageFile map[string]string
	PackageVetx map[string]string // what the tool found out of the standard library when the image was built
	VetxOutput  string
}

// lint makes the candidate that job.json holds what compile would compile, in a folder of its own, and becomes the tool there.
func lint(tool string) {
	channel = os.Stderr // what is refused was refused by compile already
	data, err := os.ReadFile(jobFile)
	if err != nil {
		fail(err)
	}
	var todo job
	if err := json.Unmarshal(data, &todo); err != nil {
		fail(err)
	}
	code, ok := prepared(todo)
	if !ok {
		os.Exit(1)
	}
	folder := filepath.Base(tool) + ".unit"
	if err := os.RemoveAll(folder); err != nil { // of the program that was analysed before in this check
		fail(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		fail(err)
	}
	if err := os.Chdir(folder); err != nil {
		fail(err)
	}
	write("solution.go", code)
	config, err := json.Marshal(unitOf(tool))
	if err != nil {
		fail(err)
	}
	write("unit.cfg", string(config))
	fail(syscall.Exec(tool, []string{tool, "-json", "unit.cfg"}, os.Environ()))
}

func unitOf(tool string) unit {
	config, err := os.ReadFile(home + "/candidate.cfg")
	if err != nil {
		fail(err)
	}
	made := unit{
		ID: "candidate", Compiler: "gc", ImportPath: "candidate", GoVersion: goLevel, GoFiles: []string{"solution.go"},
		ImportMap: map[string]string{}, PackageFile: map[string]string{}, PackageVetx: map[string]string{}, VetxOutput: "facts",
	}
	for _, line := range strings.Split(string(config), "\n") {
		path, file, ok := strings.Cut(strings.TrimPrefix(line, "packagefile "), "=")
		if !ok {
			continue
		}
		made.ImportMap[path], made.PackageFile[path] = path, file
		facts := home + "/facts/" + filepath.Base(tool) + "/" + path + ".vetx"
		if _, err := os.Stat(facts); err == nil {
			made.PackageVetx[path] = facts
		}
	}
	return made
}
