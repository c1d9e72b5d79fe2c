package main

import "unsafe"

func main() {}

// The buffer that the host writes a request into and reads the answer from. Kept here, so that it is not collected.
var buffer []byte

// allocate makes room for a request of a length and gives its address.
//
//go:wasmexport allocate
func allocate(length uint32) unsafe.Pointer {
	buffer = make([]byte, max(length, 1))
	return unsafe.Pointer(unsafe.SliceData(buffer))
}

// respondTo answers the request in the buffer: the length of the answer, which address gives the place of.
//
//go:wasmexport respond
func respondTo(length uint32) uint32 {
	buffer = respond(buffer[:length])
	return uint32(len(buffer))
}

// address is where the answer is.
//
//go:wasmexport address
func address() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(buffer)) }

// kubernetes puts the version of Kubernetes into the buffer, and gives its length.
//
//go:wasmexport kubernetes
func kubernetes() uint32 {
	buffer = []byte(Kubernetes)
	return uint32(len(buffer))
}
