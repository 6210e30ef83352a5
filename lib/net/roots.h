/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_ROOTS_H
#define NET_ROOTS_H
/*
 * Which certificate authorities are trusted when a request names none: the
 * system's, and SSL_CERT_FILE and SSL_CERT_DIR as Go programs read them.
 */
#include "base/buf.h"

struct roots {
	const char *file;	/* SSL_CERT_FILE, or NULL: the default */
	struct buf pem;		/* SSL_CERT_DIR: all files there, file before them; else empty */
};

/* Read once, kept for the life of the process. REASON_IO for a file that was
 * named and cannot be read; what a directory holds besides is passed over. */
int	roots_get(const struct roots **out, struct err *e) MUST_CHECK;
#endif
