package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/permchain/permchain/graph/iam"
)

// version is set by the linker for a release: -ldflags "-X main.version=v1.2.3".
var version = ""

// versionText is the version of this build: the linker's, the module's, or "devel".
func versionText() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

func newVersion(sys system) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which version this is, and which AWS reference data is in it",
		Args:  cobra.NoArgs,
		RunE: action(func(*cobra.Command, []string) error {
			actions, managed := iam.DataVersion()
			actionsOf, managedOf := iam.DataDates()
			_, err := fmt.Fprintf(sys.out, "permchain %s %s %s/%s\nAWS actions: of %s (%s)\nAWS managed policies: of %s (%s)\n",
				versionText(), runtime.Version(), runtime.GOOS, runtime.GOARCH, actionsOf, actions, managedOf, managed)
			return err
		}),
	}
}
