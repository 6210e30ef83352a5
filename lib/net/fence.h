/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_FENCE_H
#define NET_FENCE_H
/*
 * The sandbox of cosign-remote-http: sockets, and reading what TLS and looking
 * up names need. Nothing is written, nothing executed.
 */
#include "net/frame.h"

/* Enters it, on the first call: files to be read later must be named by this
 * request, in cacert, client_cert, client_key or files. Nothing was received
 * from the network before. */
void	fence_enter(const struct frame_request *first);
#endif
