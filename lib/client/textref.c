/* SPDX-License-Identifier: Apache-2.0 */
#include "client/textref.h"

#include <stdlib.h>
#include "base/file.h"
#include "codec/b64.h"

#define ENV_PREFIX "env://"

bool
textref_is_url(const char *ref)
{
	return span_starts(span_str(ref), "https://") || span_starts(span_str(ref), "http://");
}

bool
textref_is_file(const char *ref)
{
	return !textref_is_url(ref) && !span_starts(span_str(ref), ENV_PREFIX);
}

int
textref_variable(const char *ref, struct span *value, struct err *e)
{
	const char *name = ref + strlen(ENV_PREFIX), *text = getenv(name);

	if (!text)
		return err_set(e, REASON_NOT_FOUND, "the environment has no variable %s", name);
	*value = span_str(text);
	return 0;
}

int
textref_fetch(const char *url, size_t max, struct sink *sink, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	struct http_request q = {.method = "GET", .url = url, .max_body = max, .repeatable = true, .sink = sink};

	if (http_do(&q, &r, e))
		return -1;
	if (r.status >= 200 && r.status <= 299)
		return 0;
	err_set(e, REASON_HTTP, "the server does not give %s", url);
	err_expected(e, "a status of 200 to 299");
	return err_found(e, "%d", r.status);
}

static bool
is_inline(struct span text)
{
	AUTO(buf) struct buf bytes = BUF_INIT(b64_decoded_max(text.len));

	if (text.len < TEXTREF_INLINE_MIN)
		return false;
	return span_starts(text, "-----BEGIN ") || b64_decode(&bytes, text, B64_STD, NULL) == 0;
}

static int
read_file(const char *ref, bool inline_too, struct buf *out, struct err *e)
{
	struct err why = ERR_INIT;
	struct span text = span_trim(span_str(ref));

	if (file_read(ref, out, &why) == 0)
		return 0;
	/* Base64 may be longer than a name, and look like one in a directory. */
	if (!inline_too || err_is(&why, REASON_TOO_LARGE) || !is_inline(text)) {
		if (e)
			*e = why;
		return -1;
	}
	buf_add_span(out, text);
	return buf_check(out, "the value", e);
}

int
textref_read(const char *ref, bool inline_too, struct buf *out, struct err *e)
{
	struct sink_buf sink;
	struct span value;

	if (textref_is_url(ref)) {
		sink_buf_init(&sink, out, "the answer");
		return textref_fetch(ref, out->max, &sink.sink, e);
	}
	if (textref_is_file(ref))
		return read_file(ref, inline_too, out, e);
	if (textref_variable(ref, &value, e))
		return -1;
	buf_add_span(out, value);
	return buf_check(out, ref, e);
}
