/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tuffetch.h"

#include "base/file.h"
#include "base/mem.h"
#include "codec/url.h"

#define FILE_SCHEME "file://"

/* A refusal may say more than the file that was asked for would have. */
enum { REFUSAL_MAX = 64 << 10 };

/* False for a NUL. */
static bool
add_decoded(struct buf *out, struct span text)
{
	url_decode(out, text);
	return span_find(buf_span(out), '\0') < 0;
}

/* The host of file://host/dir is this machine, whatever it says. */
static int
add_dir(struct buf *out, struct span rest, struct err *e)
{
	ptrdiff_t slash = span_find(rest, '/');

	if (slash < 0)
		return err_set(e, REASON_USAGE, "a file:// address names an absolute directory");
	if (!add_decoded(out, span_from(rest, (size_t)slash)))
		return err_set(e, REASON_USAGE, "a file:// address with a NUL");
	return 0;
}

int
tuffetch_base(struct buf *out, const char *url, struct err *e)
{
	struct span text = span_str(url);
	struct url u;

	if (span_starts(text, FILE_SCHEME)) {
		if (add_dir(out, span_from(text, strlen(FILE_SCHEME)), e))
			return -1;
	} else {
		if (url_parse(&u, text, e)) {
			if (e)
				e->reason = REASON_USAGE;
			err_wrap(e, "the address of a TUF repository");
			return err_expected(e, "https://…, http://… or file:///…");
		}
		if (u.query.ptr)
			return err_set(e, REASON_USAGE, "the address of a TUF repository has no query");
		buf_add_span(out, text);
	}
	if (!span_ends(buf_span(out), "/"))
		buf_add_char(out, '/');
	return buf_check(out, "the address", e);
}

bool
tuffetch_is_remote(const char *base)
{
	return base[0] != '/';
}

/* The file may lie there under its own name, as servers have it, or under the
 * encoded one. *e is about the latter. */
static int
read_either(const char *base, const char *name, struct buf *bytes, struct err *e)
{
	AUTO(charp) char *path = xasprintf("%s%s", base, name);
	AUTO(buf) struct buf plain = BUF_INIT(BUF_TEXT_MAX);

	if (file_read(path, bytes, e) == 0)
		return 0;
	buf_add_str(&plain, base);
	if (!err_is(e, REASON_NOT_FOUND) || !strchr(name, '%') || !add_decoded(&plain, span_str(name)) || plain.over ||
	    !file_exists(buf_str(&plain)))
		return -1;
	err_clear(e);
	return file_read(buf_str(&plain), bytes, e);
}

static enum tuffetch_got
get_local(const char *base, const char *name, size_t max, struct buf *out, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(max);

	/* What is not mounted is as a server that does not answer. */
	if (read_either(base, name, &bytes, e))
		return !err_is(e, REASON_NOT_FOUND) ? TUFFETCH_FAILED :
		    file_is_dir(base) ? TUFFETCH_ABSENT : TUFFETCH_UNREACHABLE;
	buf_add_span(out, buf_span(&bytes));
	return buf_check(out, name, e) ? TUFFETCH_FAILED : TUFFETCH_OK;
}

static enum tuffetch_got
judge(const char *url, int status, struct err *e)
{
	bool absent = status == 404;

	err_set(e, absent ? REASON_NOT_FOUND : REASON_HTTP, "the TUF repository does not give %s", url);
	err_expected(e, "a status of 200 to 299");
	err_found(e, "%d", status);
	return absent ? TUFFETCH_ABSENT : TUFFETCH_UNREACHABLE;
}

static enum tuffetch_got
get_remote(const char *url, size_t max, int64_t ms, struct buf *out, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf bytes = BUF_INIT(max);
	struct http_request q = {.method = "GET", .url = url, .max_body = max > REFUSAL_MAX ? max : REFUSAL_MAX,
	    .timeout = ms, .repeatable = true};
	struct sink_buf sink;

	sink_buf_init(&sink, &bytes, url);
	q.sink = &sink.sink;
	if (http_do(&q, &r, e))
		return err_is(e, REASON_NETWORK) || err_is(e, REASON_TIMEOUT) ? TUFFETCH_UNREACHABLE : TUFFETCH_FAILED;
	if (r.status < 200 || r.status > 299)
		return judge(url, r.status, e);
	buf_add_span(out, buf_span(&bytes));
	return buf_check(out, url, e) ? TUFFETCH_FAILED : TUFFETCH_OK;
}

enum tuffetch_got
tuffetch_get(const char *base, const char *name, size_t max, int64_t ms, struct buf *out, struct err *e)
{
	AUTO(charp) char *url = xasprintf("%s%s", base, name);
	struct err ignored = ERR_INIT;

	if (!e)
		e = &ignored;
	return tuffetch_is_remote(base) ? get_remote(url, max, ms, out, e) : get_local(base, name, max, out, e);
}

void
tuffetch_encode_path(struct buf *out, struct span path)
{
	for (; path.len; path = span_from(path, 1)) {
		if (strchr("/!$&'()*+,;=:@", path.ptr[0]) && path.ptr[0])
			buf_add_char(out, path.ptr[0]);
		else
			url_encode(out, span_first(path, 1));
	}
}
