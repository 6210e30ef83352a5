/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ambientspiffe.h"

#include <unistd.h>
#include "base/env.h"
#include "client/hush.h"

#define METHOD "http://localhost/SpiffeWorkloadAPI/FetchJWTSVID"

enum { PREFIX = 5 };

static const char *
socket_path(void)
{
	const char *named = env_get_nonempty("SPIFFE_ENDPOINT_SOCKET");

	if (!named)
		return "/tmp/spire-agent/public/api.sock";
	/* As the standard has it; and as it is otherwise written. */
	if (span_starts(span_str(named), "unix://"))
		return named + strlen("unix://");
	return span_starts(span_str(named), "unix:") ? named + strlen("unix:") : named;
}

bool
ambientspiffe_is_there(void)
{
	return access(socket_path(), F_OK) == 0;
}

/* --- Protocol Buffers: the wire format ------------------------------------- */

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

static bool
take_varint(struct span *s, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; s->len && shift < 64; shift += 7) {
		unsigned char c = (unsigned char)*s->ptr;

		*s = span_from(*s, 1);
		if (shift == 63 && c > 1)
			return false;
		*v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return true;
	}
	return false;
}

/* One field off the message; value is that of WIRE_BYTES. */
static bool
take_field(struct span *s, uint64_t *number, struct span *value)
{
	uint64_t key, n;

	if (!take_varint(s, &key) || key >> 3 == 0)
		return false;
	*number = key >> 3;
	*value = SPAN_NONE;
	switch (key & 7) {
	case WIRE_VARINT:
		return take_varint(s, &n);
	case WIRE_64:
		n = 8;
		break;
	case WIRE_32:
		n = 4;
		break;
	case WIRE_BYTES:
		if (!take_varint(s, &n))
			return false;
		break;
	default:
		return false;
	}
	if (n > s->len)
		return false;
	if ((key & 7) == WIRE_BYTES)
		*value = span_of(s->ptr, (size_t)n);
	*s = span_from(*s, (size_t)n);
	return true;
}

/* The first field of that number that has bytes; ptr NULL when there is none. */
static bool
find_field(struct span message, uint64_t wanted, struct span *value)
{
	struct span at;
	uint64_t number;

	*value = SPAN_NONE;
	while (message.len) {
		if (!take_field(&message, &number, &at))
			return false;
		if (number == wanted && at.ptr && !value->ptr)
			*value = at;
	}
	return true;
}

static int
broken(struct err *e, const char *what)
{
	return err_set(e, REASON_PROTOCOL, "the SPIFFE Workload API answers %s", what);
}

int
ambientspiffe_read(struct span body, struct span *token, struct err *e)
{
	enum { SVIDS = 1, SVID = 2 };
	const unsigned char *p = (const unsigned char *)body.ptr;
	struct span svid;
	uint64_t length;

	if (body.len < PREFIX)
		return broken(e, "without a message");
	if (p[0] != 0)
		return broken(e, "compressed, which it was not asked to");
	length = (uint64_t)p[1] << 24 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 8 | p[4];
	if (length != body.len - PREFIX)
		return broken(e, "in another length than it says");
	if (!find_field(span_from(body, PREFIX), SVIDS, &svid) || !find_field(svid, SVID, token))
		return broken(e, "what is no Protocol Buffers message");
	return token->len ? 0 : broken(e, "without a token");
}

/* --- the call --------------------------------------------------------------- */

/* JWTSVIDRequest: field 1 is the audience. */
static void
compose(const char *audience, struct buf *out)
{
	size_t len = strlen(audience);
	const char head[] = {0, 0, 0, 0, (char)(len + 2), 1 << 3 | WIRE_BYTES, (char)len};

	buf_add(out, head, sizeof(head));
	buf_add_str(out, audience);
}

static int
refused(const char *path, const char *status, const char *message, struct err *e)
{
	bool denied = strcmp(status, "7") == 0 || strcmp(status, "16") == 0;

	err_set(e, denied ? REASON_DENIED : REASON_PROTOCOL, "the SPIFFE Workload API at %s gives no token", path);
	err_expected(e, "gRPC status 0");
	return err_found(e, "%s%s%s", status, message ? ": " : "", message ? message : "");
}

int
ambientspiffe_ask(const char *audience, struct secret *token, struct err *e)
{
	static const struct http_header headers[] = {{"Content-Type", "application/grpc"}, {"workload.spiffe.io", "true"}};
	const struct http_peer peer = {.socket = socket_path()};
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(secret) struct secret answer = SECRET_INIT;
	AUTO(buf) struct buf body = BUF_INIT(BUF_TEXT_MAX);
	struct http_request q = {.method = "POST", .url = METHOD, .headers = headers, .header_count = countof(headers),
	    .peer = &peer, .repeatable = true};
	const char *status;
	struct span text;

	if (!ambientspiffe_is_there())
		return err_errno(e, REASON_CONFIG, "there is no SPIFFE Workload API at %s", peer.socket);
	compose(audience, &body);
	q.body = buf_span(&body);
	if (hush_do(&q, &answer, &r, e))
		return err_wrap(e, "the SPIFFE Workload API at %s", peer.socket);
	if (r.status != 200)
		return hush_refused("the SPIFFE Workload API", &r, e);
	/* Behind the message, or instead of it. */
	status = http_header(&r, "grpc-status");
	if (!status)
		return broken(e, "without a status");
	if (strcmp(status, "0") != 0)
		return refused(peer.socket, status, http_header(&r, "grpc-message"), e);
	if (ambientspiffe_read(secret_span(&answer), &text, e))
		return -1;
	secret_release(token);
	secret_copy(token, text);
	return 0;
}
