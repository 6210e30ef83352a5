// SPDX-License-Identifier: Apache-2.0

// A registry with the referrers API: go-containerregistry's own, on 127.0.0.1
// and a free port, which is the line on stdout. With --log it says there, too,
// what it is asked.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(l.Addr())
	var said io.Writer = io.Discard
	if len(os.Args) > 1 && os.Args[1] == "--log" {
		said = os.Stdout
	}
	log.Fatal(http.Serve(l, registry.New(registry.WithReferrersSupport(true),
		registry.Logger(log.New(said, "", 0)))))
}
