/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A private Sigstore for tests, in memory, each service on a port of 127.0.0.1
 * of the system's choice:
 *
 *	sigstore [--log FILE] [--do 'SERVICE N DEED [ARGUMENT]']... [--jwks FILE] DIR
 *	sigstore token [--dir DIR] --email ADDRESS | --subject TEXT [--issuer URL]
 *	    [--audience NAME] [--expires SECONDS] [--claim NAME=TEXT]... [--claim NAME:=JSON]...
 *	    [--unverified] [--forged]
 *
 * The first writes into DIR what clients need: trusted_root.json, a
 * signing_config.json and variants of it, PEM files, env with the URLs and
 * issuer.key; then it prints "ready". The second prints an identity token of
 * that issuer. Tokens of other issuers are taken at their word unless their keys
 * are given by --jwks. --log appends "SERVICE METHOD PATH STATUS" a request.
 *
 * Services: fulcio, ctlog, rekor1, rekor1b, rekor2, rekor2b, tsa, tsab, oidc.
 * DEED takes place in the N-th request of its service from now on (FROM-TO,
 * FROM- or * for all; /PART: those with it in path or query), by --do or later
 * by POST /_control to any of the ports, a line each. The line "forget" takes
 * back all of them, and "grow SERVICE SIZE" fills a log with entries of nobody.
 *
 *	any	refuse (connections, from then till it is forgotten), reset, stall,
 *		delay MS, slow MS, truncate, cut-chunk, old-http (1.0), endless,
 *		headers (no end of them), drip (a head without end, slowly),
 *		bomb FILE (gzip), empty, garbage, html [CODE], redirect CODE URL,
 *		status [CODE [RETRY-AFTER]], as CODE, replay (what it answered
 *		the last time)
 *	fulcio	other-ca, other-identity [NAME], other-issuer [URL], other-key,
 *		no-sct, bad-sct, other-sct, detached, expired, future,
 *		valid SECONDS, short-chain, other-usage, csr-alone, no-subject
 *	rekor	other-key, other-log, other-entry, other-origin, bad-proof,
 *		bad-checkpoint (another root), bad-note (signature), no-proof,
 *		conflict; rekor1 also bad-set, no-set, time SECONDS, other-id;
 *		rekor2 bad-tile, short-tile, early-checkpoint
 *	oidc	see issuer.c
 *	tsa	other-key, other-bytes, other-nonce, no-cert, rejected, time SECONDS
 */
#include "sigstore.h"
#include "base/file.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

struct service sigstore_services[] = {
	{.name = "fulcio", .serve = fulcio_serve},
	{.name = "ctlog", .serve = ctlog_serve},
	{.name = "rekor1", .serve = rekor1_serve},
	{.name = "rekor1b", .serve = rekor1_serve, .variant = 1},
	{.name = "rekor2", .serve = rekor2_serve},
	{.name = "rekor2b", .serve = rekor2_serve, .variant = 1},
	{.name = "tsa", .serve = tsa_serve},
	{.name = "tsab", .serve = tsa_serve, .variant = 1},
	{.name = "oidc", .serve = issuer_serve},
};
const size_t sigstore_service_count = countof(sigstore_services);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int request_log = -1;

struct service *
sigstore_find(const char *name)
{
	for (size_t i = 0; i < sigstore_service_count; i++)
		if (strcmp(sigstore_services[i].name, name) == 0)
			return &sigstore_services[i];
	return NULL;
}

char *
sigstore_url(const char *name)
{
	return xasprintf("http://127.0.0.1:%u", sigstore_find(name)->port);
}

/* --- answers ------------------------------------------------------------- */

struct buf *
reply_before(const struct ask *a)
{
	struct service *s = a->service;
	struct replied *r;

	for (size_t i = 0; i < s->replied.count; i++)
		if (strcmp(s->replied.items[i].path, a->x.path) == 0)
			return &s->replied.items[i].body;
	r = VEC_PUSH(&s->replied);
	*r = (struct replied){xstrdup(a->x.path), BUF_INIT(BUF_BIG_MAX)};
	return &r->body;
}

void
reply(struct ask *a, unsigned status, const char *type, const struct buf *body)
{
	AUTO(buf) struct buf copy = BUF_INIT(BUF_BIG_MAX);

	buf_add_span(&copy, buf_span(body));
	exchange_answer(&a->x, status, type, buf_span(body));
	deed_spoil(a, &copy);
	if (status < 300) {
		buf_reset(reply_before(a));
		buf_add_span(reply_before(a), buf_span(body));
	}
}

void
reply_json(struct ask *a, unsigned status, const struct buf *body)
{
	reply(a, status, "application/json", body);
}

void
reply_error(struct ask *a, unsigned status, int code, const char *fmt, ...)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	va_list ap;

	buf_printf(&b, "{\"code\":%d,\"message\":\"", code);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	buf_add_str(&b, "\",\"details\":[]}");
	exchange_answer(&a->x, status, "application/json", buf_span(&b));
}

/* --- requests ------------------------------------------------------------ */

static bool
grow(struct span rest)
{
	AUTO(charp) char *name = xspandup(span_cut(&rest, ' '));
	struct service *s = sigstore_find(name);
	uint64_t size;

	if (!s || !s->rekor || !span_decimal(rest, 1 << 20, &size))
		return false;
	while (s->rekor->entries.count < size)
		(void)rekor_add_foreign(s->rekor, s->serve == rekor2_serve ? "0.0.2" : "0.0.1");
	return true;
}

static void
control(struct ask *a)
{
	struct span rest = buf_span(&a->x.body);
	bool good = true;

	while (rest.len) {
		struct span line = span_trim(span_cut(&rest, '\n'));

		if (span_is(line, "forget"))
			deed_forget();
		else if (span_starts(line, "grow "))
			good = grow(span_from(line, 5)) && good;
		else if (line.len)
			good = deed_add(line) && good;
	}
	for (size_t i = 0; i < sigstore_service_count; i++)
		door_update(&sigstore_services[i]);
	exchange_answer(&a->x, good ? 200 : 400, "text/plain", good ? SPAN("") : SPAN("what is that?\n"));
}

static void
note_request(const struct ask *a, const char *end)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	if (request_log < 0)
		return;
	buf_printf(&b, "%s %s %s ", a->service->name, a->x.method, a->x.uri);
	if (end)
		buf_printf(&b, "%s\n", end);
	else
		buf_printf(&b, "%u\n", a->x.status);
	if (write(request_log, b.ptr, b.len) < 0)
		perror("sigstore: log");
}

static void *
begin(void *arg, const char *uri, struct MHD_Connection *conn)
{
	struct ask *a = xcalloc(1, sizeof(*a));

	(void)arg;
	a->x.conn = conn;
	a->x.uri = xstrdup(uri);
	buf_init(&a->x.body, BUF_BIG_MAX);
	return a;
}

static void
serve(struct ask *a)
{
	a->service->serve(a);
	note_request(a, NULL);
}

/* False to hang up. The lock is not held while a deed takes its time. */
static bool
answer(struct ask *a)
{
	bool hang_up = false, instead;

	pthread_mutex_lock(&lock);
	if (strcmp(a->x.path, "/_control") == 0) {
		control(a);
		pthread_mutex_unlock(&lock);
		return true;
	}
	a->number = ++a->service->count;
	deed_shut(a);
	door_update(a->service);
	pthread_mutex_unlock(&lock);
	instead = deed_instead(a, &hang_up);
	pthread_mutex_lock(&lock);
	if (instead)
		note_request(a, hang_up ? "-" : NULL);
	else
		serve(a);
	pthread_mutex_unlock(&lock);
	if (a->wire)
		wire_answer(a);
	return !hang_up && !a->wire;
}

static enum MHD_Result
handle(void *arg, struct MHD_Connection *conn, const char *path, const char *method, const char *version,
    const char *data, size_t *len, void **state)
{
	struct ask *a = *state;
	enum MHD_Result r;

	(void)version;
	if (!a->x.method) {
		a->x.method = method;
		return MHD_YES;
	}
	if (*len > 0) {
		buf_add(&a->x.body, data, *len);
		*len = 0;
		return MHD_YES;
	}
	a->service = arg;
	a->x.path = path;
	if (!answer(a))
		return MHD_NO;
	r = MHD_queue_response(conn, a->x.status, a->x.out);
	MHD_destroy_response(a->x.out);
	return r;
}

static void
end(void *arg, struct MHD_Connection *conn, void **state, enum MHD_RequestTerminationCode code)
{
	struct ask *a = *state;

	(void)arg, (void)conn, (void)code;
	if (!a)
		return;
	buf_release(&a->x.body);
	pool_release(&a->pool);
	free(a->x.uri);
	free(a);
	*state = NULL;
}

/* --- start --------------------------------------------------------------- */

static const char *
next(char ***argv)
{
	if (!**argv) {
		fprintf(stderr, "sigstore: an argument is missing\n");
		exit(2);
	}
	return *(*argv)++;
}

static void
read_jwks(const char *path)
{
	static struct buf keys = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;
	char text[ERR_TEXT];

	if (file_read(path, &keys, &e)) {
		fprintf(stderr, "sigstore: %s\n", err_text(&e, text, sizeof(text)));
		exit(1);
	}
	token_jwks = buf_str(&keys);
}

static const char *
read_options(char **argv)
{
	const char *dir = NULL;

	while (*argv) {
		const char *a = next(&argv);
		bool good = true;

		if (strcmp(a, "--log") == 0)
			request_log = open(next(&argv), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		else if (strcmp(a, "--do") == 0)
			good = deed_add(span_str(next(&argv)));
		else if (strcmp(a, "--jwks") == 0)
			read_jwks(next(&argv));
		else if (!dir && *a != '-')
			dir = a;
		else
			good = false;
		if (!good) {
			fprintf(stderr, "sigstore: what is %s?\n", a);
			exit(2);
		}
	}
	return dir ? dir : ".";
}

static void
start_services(void)
{
	static const char *const curves[][2] = {{"P-256", "P-256"}, {"ED25519", "P-256"}};

	token_start();
	ctlog_start();
	fulcio_start();
	for (size_t i = 0; i < sigstore_service_count; i++) {
		struct service *s = &sigstore_services[i];

		if (s->serve == tsa_serve)
			tsa_start(s);
		if (s->serve == rekor1_serve || s->serve == rekor2_serve)
			rekor_start(s, curves[s->serve == rekor2_serve][s->variant]);
	}
	/* An older shard had a thousand: the two indexes of an entry differ. */
	sigstore_find("rekor1")->rekor->first = 1000;
}

int
main(int argc, char **argv)
{
	const char *dir;

	if (argc > 1 && strcmp(argv[1], "token") == 0)
		return token_main(argv + 2);
	dir = read_options(argv + 1);
	signal(SIGPIPE, SIG_IGN);
	start_services();
	pthread_mutex_lock(&lock);
	door_handlers(begin, handle, end);
	for (size_t i = 0; i < sigstore_service_count; i++)
		door_update(&sigstore_services[i]);
	trustfile_write(dir);
	pthread_mutex_unlock(&lock);
	printf("ready\n");
	fflush(stdout);
	for (;;)
		pause();
}
