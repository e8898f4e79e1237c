package importers

import (
	"fmt"
	"io"
)

// Bounds of what is read. JSON has its own besides (inventory.MaxJSONDepth, inventory.MaxJSONValues).
const (
	// MaxFileBytes bounds one document's text, since all of it is held at once: an account with 5,000 roles and their
	// policies prints about 40 MB.
	MaxFileBytes = 64 << 20
	// MaxYAMLBytes bounds YAML, which costs a hundred times its size to read. CloudFormation takes templates up to 1 MB.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
	MaxYAMLBytes = 4 << 20
	// MaxTotalBytes bounds what one import expands to: a month of CloudTrail files of a busy account, but no disk.
	MaxTotalBytes = 4 << 30
	// MaxHeldBytes bounds an archive that has to be held in memory, because it stands in another one or comes from stdin.
	MaxHeldBytes = 256 << 20
	// MaxFiles bounds the files of one import, members of archives included.
	MaxFiles = 200_000
	// MaxDocuments bounds the documents in one file: JSON lines of a day's events.
	MaxDocuments = 2_000_000
	// maxUnknown is after how many documents of no format a file is given up, and how many of them are told of.
	maxUnknown = 1000
	// MaxNesting is how many archives may stand inside each other: .json.gz in .tar.gz in .zip.
	MaxNesting = 3
	// MaxExpansion is how many times its size an archive may expand to. JSON shrinks to a twentieth, logs that repeat
	// themselves to a hundredth; deflate can do a thousandth, which only bombs do.
	MaxExpansion = 200
	// expansionSlack is expanded before MaxExpansion is asked about: tiny archives of repetition are harmless.
	expansionSlack = 4 << 20
	// maxFolderDepth is deeper than any dump; it bounds names, not data.
	maxFolderDepth = 64
	// maxNotes bounds the skips and warnings told of one file; what is beyond is counted.
	maxNotes = 200
)

// boundError says that a bound was passed. It is no fault of the file's syntax.
type boundError string

func (e boundError) Error() string { return string(e) }

// meter counts what an archive expands to and stops a bomb. in says how much of the archive was read.
type meter struct {
	in  func() int64
	out int64
}

func (m *meter) reader(r io.Reader) io.Reader { return &metered{r, m} }

type metered struct {
	r io.Reader
	m *meter
}

func (r *metered) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.m.out += int64(n)
	if r.m.out > expansionSlack && r.m.out > MaxExpansion*r.m.in() {
		return 0, boundError(fmt.Sprintf("expands to more than %d times its size", MaxExpansion))
	}
	return n, err
}

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// readAll reads to the end, or to one byte more than limit, which is an error.
func readAll(r io.Reader, limit int64, what string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, boundError(fmt.Sprintf("%s is larger than %s", what, bytesText(limit)))
	}
	return data, nil
}

func bytesText(n int64) string {
	if n >= 1<<30 && n%(1<<30) == 0 {
		return fmt.Sprintf("%d GiB", n>>30)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}
