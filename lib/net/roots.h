/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_ROOTS_H
#define NET_ROOTS_H
/*
 * Which certificate authorities are trusted when a request names none: the
 * system's, and SSL_CERT_FILE and SSL_CERT_DIR as Go programs read them.
 *
 * Reading them all costs 20 ms and more, at each connection, and mostly a
 * directory of hashed names, where looking one up costs nothing, knows the one
 * that is needed. So there is a narrow set, that directory, and the wide one
 * for when it did not suffice. The narrow set is part of the wide one.
 */
#include "base/buf.h"

struct roots {
	const char *file;	/* or NULL */
	const char *dirs;	/* directories of hashed names, separated by colons; or NULL */
	struct buf pem;		/* all there is, instead of file and dirs; or empty */
	bool built_in;		/* what libcurl was built to trust */
};

/* Read once, kept for the life of the process. REASON_IO or REASON_NOT_FOUND
 * for an SSL_CERT_FILE that cannot be read; what a directory holds besides
 * certificates is passed over. */
int	roots_get(bool wide, const struct roots **out, struct err *e) MUST_CHECK;
#endif
