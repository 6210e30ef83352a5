/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TUFFETCH_H
#define CLIENT_TUFFETCH_H
/*
 * Files of a TUF repository, from an http(s) server or from a directory that
 * file:// names.
 */
#include "net/http.h"

/* The address of a folder, with a slash at its end; of file:// the path, with
 * its percent signs resolved. REASON_USAGE for other schemes. */
int	tuffetch_base(struct buf *out, const char *url, struct err *e) MUST_CHECK;
/* Whether requests are needed for what tuffetch_base() gave. */
bool	tuffetch_is_remote(const char *base);

enum tuffetch_got { TUFFETCH_FAILED = -1, TUFFETCH_OK = 0, TUFFETCH_ABSENT = 1, TUFFETCH_UNREACHABLE = 2 };

/* Appends the file base + name (percent-encoded already), at most max bytes, in
 * at most ms milliseconds, tries and all (0: as long as the process has). ABSENT
 * for one that is not there (404), UNREACHABLE when there was no answer, or
 * none but a refusal, or no folder; with all but OK there is an error in *e. */
enum tuffetch_got	tuffetch_get(const char *base, const char *name, size_t max, int64_t ms, struct buf *out,
	    struct err *e) MUST_CHECK;

/* Percent-encodes what may not stand in a path (RFC 3986 section 3.3), and no
 * more: not every server takes a plus sign that is encoded for one. */
void	tuffetch_encode_path(struct buf *out, struct span path);
#endif
