//go:build !wasip1

package main

import (
	"bufio"
	"errors"
	"io"
	"log"
	"os"
)

// main answers requests, one a line, with responses, one a line.
func main() {
	log.SetFlags(0)
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			answer := append(respond(line), '\n')
			if _, err := out.Write(answer); err != nil {
				log.Fatal(err)
			}
		}
		if err != nil {
			if flushed := out.Flush(); flushed != nil || !errors.Is(err, io.EOF) {
				log.Fatal(errors.Join(err, flushed))
			}
			return
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				log.Fatal(err)
			}
		}
	}
}
