package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/permchain/permchain/store"
	"github.com/permchain/permchain/web"
)

const (
	defaultAddr = "127.0.0.1:8080"

	// stopWithin is how long requests under way may take to end once the server is told to stop.
	stopWithin = 10 * time.Second
)

func newServe(sys system) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Open the web pages over a database",
		Long: `Serves the web pages until it is interrupted. There is no login yet, so it listens on this machine only
(127.0.0.1, [::1] or localhost) and refuses any other address. The database is made where there is none.

` + exitCodes,
		Args: cobra.NoArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			addr := flagText(cmd, "addr")
			if err := loopback(addr); err != nil {
				return err
			}
			ctx := cmd.Context()
			st, err := store.Open(ctx, flagText(cmd, "db"))
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			ln, err := listen(ctx, addr)
			if err != nil {
				return err
			}
			return serve(ctx, sys, st, ln, nil)
		}),
	}
	cmd.Flags().String("addr", defaultAddr, "the address to listen on, `HOST:PORT`; port 0 takes a free one")
	return cmd
}

// loopback refuses an address that others could reach. A name other than localhost may lead anywhere, so it is
// refused too.
func loopback(addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return refuse("--addr %q: it takes HOST:PORT, as 127.0.0.1:8080", addr)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return refuse("--addr %q: %q is no port", addr, port)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsLoopback() {
		return nil
	}
	return refuse("--addr %q: permchain has no login yet, so it listens on this machine only: use 127.0.0.1, [::1] or localhost", addr)
}

// listen opens the port, and makes sure once more that only this machine reaches it.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		if op, ok := errors.AsType[*net.OpError](err); ok {
			err = op.Err // the address stands in our own words
		}
		return nil, fmt.Errorf("listen on %s: %w; --addr takes another", addr, err)
	}
	if tcp, ok := ln.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		return nil, errors.Join(refuse("--addr %q: it leads to %s, which others can reach", addr, ln.Addr()), ln.Close())
	}
	return ln, nil
}

// serve answers requests until the context ends, then lets those under way finish. ready, if any, is called with
// the address once there is something to open; serve waits for it.
func serve(ctx context.Context, sys system, st *store.Store, ln net.Listener, ready func(url string)) error {
	logger := slog.New(slog.NewTextHandler(sys.err, nil))
	handler, err := web.New(web.Config{Store: st, Logger: logger, Version: versionText(), Now: sys.now})
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	srv := web.Server(handler)
	srv.ErrorLog = slog.NewLogLogger(logger.Handler(), slog.LevelWarn)

	var work sync.WaitGroup
	defer work.Wait()
	ended := make(chan error, 1)
	work.Go(func() { ended <- srv.Serve(ln) })
	url := "http://" + ln.Addr().String() + "/"
	if _, err := fmt.Fprintf(sys.out, "Open %s in a browser; Ctrl-C ends it.\n", url); err != nil {
		return errors.Join(err, srv.Close())
	}
	if ready != nil {
		work.Go(func() { ready(url) })
	}
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		return fmt.Errorf("serve: some requests were cut off: %w", errors.Join(err, srv.Close()))
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// openBrowser shows a page in the user's browser where there seems to be one. That it cannot is no error: the
// address was printed.
func openBrowser(ctx context.Context, sys system, url string) {
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		cmd = exec.CommandContext(ctx, "open", url)
	case "windows":
		cmd = exec.CommandContext(ctx, "rundll32", "url.dll,FileProtocolHandler", url)
	default:
		// Without a display xdg-open falls back to a browser in the terminal, over what was printed there.
		if sys.getenv("DISPLAY") == "" && sys.getenv("WAYLAND_DISPLAY") == "" {
			return
		}
		cmd = exec.CommandContext(ctx, "xdg-open", url)
	}
	_ = cmd.Run()
}
