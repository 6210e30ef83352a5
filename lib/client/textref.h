/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TEXTREF_H
#define CLIENT_TEXTREF_H
/*
 * What --signature, --certificate and their like name: a file, an http(s) URL,
 * env://NAME, or the text itself.
 */
#include "net/http.h"

/* What is shorter is taken for the name of a file that is missing. */
enum { TEXTREF_INLINE_MIN = 64 };

/* Whether the network is needed. */
bool	textref_is_url(const char *ref);
/* The name of a file: neither a URL nor a variable. */
bool	textref_is_file(const char *ref);

/*
 * Reads it into out, which gives the maximum; "-" is standard input. inline_too:
 * what names no file may be base64 or PEM, which is given as it stands.
 * REASON_NOT_FOUND, REASON_IO, REASON_TOO_LARGE, REASON_HTTP for any status but
 * 2xx, or what http_do() says.
 */
int	textref_read(const char *ref, bool inline_too, struct buf *out, struct err *e) MUST_CHECK;
/* The same without the text itself: into a sink, up to max bytes of a URL. */
int	textref_fetch(const char *url, size_t max, struct sink *sink, struct err *e) MUST_CHECK;
/* The value of env://NAME, borrowed. REASON_NOT_FOUND. */
int	textref_variable(const char *ref, struct span *value, struct err *e) MUST_CHECK;
#endif
