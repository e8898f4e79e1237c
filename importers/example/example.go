// Package example holds the worked example: the files that Acme, a company made up for it, would hand to
// permchain, in the formats that AWS prints them in. README.md beside this file tells its stories.
package example

import (
	"embed"
	"io/fs"
)

//go:embed files
var files embed.FS

// FS is the example as a folder: permchain.yaml at its root, the organization and one folder for each account.
func FS() fs.FS {
	sub, err := fs.Sub(files, "files")
	if err != nil {
		panic("example: " + err.Error()) // the path is a constant that the compiler embedded
	}
	return sub
}
