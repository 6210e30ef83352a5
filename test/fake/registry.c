/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A registry for tests, in memory, on 127.0.0.1 and a port of the system's
 * choice, which is the one line on stdout:
 *
 *	registry [--no-referrers] [--user USER:PASSWORD] [--token] [--page N]
 *	    [--log FILE] [--delay-put MS] [--redirect-blobs] [--tls CERT KEY]
 *	    [--fail 'METHOD PATH-PREFIX' STATUS COUNT]...
 *
 * Pull, push, delete, tags, mounts and the referrers API of the distribution
 * specification 1.1. --user wants HTTP basic credentials, --token a bearer
 * token of the right scope, which /token gives (for those credentials, or to
 * anybody). --page cuts listings into pages of N with Link headers. --log
 * appends "METHOD PATH STATUS" a request. --delay-put waits before a manifest
 * is stored. --redirect-blobs sends blob reads to another origin (localhost)
 * that refuses credentials, as object stores do. --fail answers the first
 * COUNT such requests with STATUS and does nothing else: with 201, a write
 * that is confirmed and lost.
 */
#include "base/mem.h"
#include "exchange.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define INDEX_TYPE "application/vnd.oci.image.index.v1+json"
#define MANIFEST_MAX ((size_t)4 << 20)

struct fault {
	const char *what;
	unsigned status;
	long left;
};

static struct {
	bool no_referrers, redirect_blobs;
	const char *cert, *key;
	size_t page;
	long delay_put;
	int log;
	struct fault faults[16];
	size_t fault_count;
} set = {.log = -1};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned uploads;

/* Cuts a listing into pages: moves *i to the start, says where it ends. */
static size_t
page_start(struct exchange *x, size_t *i)
{
	const char *last = exchange_query(x, "last"), *n = exchange_query(x, "n");
	size_t size = n ? strtoul(n, NULL, 10) : 0;

	*i = last ? strtoul(last, NULL, 10) : 0;
	if (set.page && (size == 0 || size > set.page))
		size = set.page;
	return size ? *i + size : SIZE_MAX;
}

static void
page_link(struct exchange *x, size_t end)
{
	const char *filter = exchange_query(x, "artifactType");

	exchange_add(x, "Link", "<%s?n=%zu&last=%zu%s%s>; rel=\"next\"", x->path, set.page ? set.page : 1,
	    end, filter ? "&artifactType=" : "", filter ? filter : "");
}

/* --- manifests, tags, referrers ------------------------------------------ */

static void
note_missing(enum store_kind kind, const char *digest, void *arg)
{
	const char **repo = arg;

	if (*repo && !store_get(kind, *repo, digest))
		*repo = NULL;
}

static void
put_manifest(struct exchange *x, const char *repo, const char *name)
{
	char digest[72];
	bool by_digest = strchr(name, ':') != NULL;
	const char *type = exchange_header(x, "Content-Type"), *complete = repo;
	struct store_entry draft = {.bytes = x->body}, *e;

	store_digest(buf_span(&x->body), digest);
	if (x->body.len > MANIFEST_MAX) {
		exchange_error(x, 413, "SIZE_INVALID");
		return;
	}
	if (by_digest && strcmp(name, digest) != 0) {
		exchange_error(x, 400, "DIGEST_INVALID");
		return;
	}
	if (!store_read_manifest(&draft)) {
		exchange_error(x, 400, "MANIFEST_INVALID");
		return;
	}
	store_needs(&draft, note_missing, &complete);
	if (!complete) {
		exchange_error(x, 404, "MANIFEST_BLOB_UNKNOWN");
		return;
	}
	e = store_put(STORE_MANIFEST, repo, digest);
	e->bytes = x->body;
	e->type = xstrdup(type ? type : "");
	e->subject = draft.subject;
	e->artifact = draft.artifact;
	e->annotations = draft.annotations;
	buf_init(&x->body, 0);
	if (!by_digest) {
		struct store_entry *tag = store_put(STORE_TAG, repo, name);

		buf_reset(&tag->bytes);
		buf_add_str(&tag->bytes, digest);
	}
	exchange_answer(x, 201, NULL, SPAN_NONE);
	exchange_add(x, "Location", "/v2/%s/manifests/%s", repo, digest);
	exchange_add(x, "Docker-Content-Digest", "%s", digest);
	if (e->subject && !set.no_referrers)
		exchange_add(x, "OCI-Subject", "%s", e->subject);
}

static void
delete_manifest(struct exchange *x, const char *repo, struct store_entry *tag, struct store_entry *e)
{
	struct store_entry *t;

	if (tag) {
		store_delete(tag);
	} else {
		store_delete(e);
		for (size_t i = 0; (t = store_nth(STORE_TAG, repo, i));)
			if (strcmp(buf_str(&t->bytes), e->name) == 0)
				store_delete(t);
			else
				i++;
	}
	exchange_answer(x, 202, NULL, SPAN_NONE);
}

static void
serve_manifest(struct exchange *x, const char *repo, const char *name)
{
	struct store_entry *tag = NULL, *e;

	if (exchange_is(x, "PUT")) {
		put_manifest(x, repo, name);
		return;
	}
	if (!strchr(name, ':')) {
		tag = store_get(STORE_TAG, repo, name);
		name = tag ? buf_str(&tag->bytes) : "";
	}
	e = store_get(STORE_MANIFEST, repo, name);
	if (!e) {
		exchange_error(x, 404, store_has_repo(repo) ? "MANIFEST_UNKNOWN" : "NAME_UNKNOWN");
	} else if (exchange_is(x, "DELETE")) {
		delete_manifest(x, repo, tag, e);
	} else {
		exchange_answer(x, 200, e->type, buf_span(&e->bytes));
		exchange_add(x, "Docker-Content-Digest", "%s", e->name);
	}
}

static void
serve_referrers(struct exchange *x, const char *repo, const char *subject)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	const char *filter = exchange_query(x, "artifactType");
	size_t start, end = page_start(x, &start), seen = 0;
	struct store_entry *e;

	if (set.no_referrers) {
		exchange_answer(x, 404, "text/plain", SPAN("404 page not found\n"));
		return;
	}
	buf_add_str(&b, "{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE "\",\"manifests\":[");
	for (size_t i = 0; (e = store_nth(STORE_MANIFEST, repo, i)) != NULL; i++) {
		if (!e->subject || strcmp(e->subject, subject) != 0 ||
		    (filter && strcmp(e->artifact ? e->artifact : "", filter) != 0))
			continue;
		if (seen++ < start || seen > end)
			continue;
		buf_printf(&b, "%s{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu", seen > start + 1 ? "," : "",
		    e->type, e->name, e->bytes.len);
		if (e->artifact)
			buf_printf(&b, ",\"artifactType\":\"%s\"", e->artifact);
		if (e->annotations)
			buf_printf(&b, ",\"annotations\":%s", e->annotations);
		buf_add_char(&b, '}');
	}
	buf_add_str(&b, "]}");
	exchange_answer(x, 200, INDEX_TYPE, buf_span(&b));
	if (filter)
		exchange_add(x, "OCI-Filters-Applied", "artifactType");
	if (seen > end)
		page_link(x, end);
}

static void
serve_tags(struct exchange *x, const char *repo, const char *rest)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	size_t i, start, end = page_start(x, &start);
	struct store_entry *e;

	(void)rest;
	if (!store_has_repo(repo)) {
		exchange_error(x, 404, "NAME_UNKNOWN");
		return;
	}
	buf_printf(&b, "{\"name\":\"%s\",\"tags\":[", repo);
	for (i = start; i < end && (e = store_nth(STORE_TAG, repo, i)) != NULL; i++)
		buf_printf(&b, "%s\"%s\"", i > start ? "," : "", e->name);
	buf_add_str(&b, "]}");
	exchange_answer(x, 200, "application/json", buf_span(&b));
	if (store_nth(STORE_TAG, repo, i))
		page_link(x, i);
}

/* --- blobs --------------------------------------------------------------- */

static void
land_blob(struct exchange *x, const char *repo, const char *digest, struct buf *bytes)
{
	char text[72];
	struct store_entry *e;

	if (strcmp(store_digest(buf_span(bytes), text), digest) != 0) {
		exchange_error(x, 400, "DIGEST_INVALID");
		return;
	}
	e = store_put(STORE_BLOB, repo, digest);
	buf_reset(&e->bytes);
	buf_add_span(&e->bytes, buf_span(bytes));
	exchange_answer(x, 201, NULL, SPAN_NONE);
	exchange_add(x, "Location", "/v2/%s/blobs/%s", repo, digest);
	exchange_add(x, "Docker-Content-Digest", "%s", digest);
}

static void
answer_upload(struct exchange *x, const char *repo, const struct store_entry *e)
{
	exchange_answer(x, 202, NULL, SPAN_NONE);
	exchange_add(x, "Location", "/v2/%s/blobs/uploads/%s?state=x", repo, e->name);
	exchange_add(x, "Range", "0-%zu", e->bytes.len ? e->bytes.len - 1 : 0);
	exchange_add(x, "Docker-Upload-UUID", "%s", e->name);
}

static void
start_upload(struct exchange *x, const char *repo)
{
	const char *mount = exchange_query(x, "mount"), *from = exchange_query(x, "from"), *digest = exchange_query(x, "digest");
	struct store_entry *have = mount && from ? store_get(STORE_BLOB, from, mount) : NULL;
	char id[24];

	if (have) {
		land_blob(x, repo, mount, &have->bytes);
	} else if (digest) {
		land_blob(x, repo, digest, &x->body);
	} else {
		snprintf(id, sizeof(id), "%08x", ++uploads);
		answer_upload(x, repo, store_put(STORE_UPLOAD, repo, id));
	}
}

static void
serve_upload(struct exchange *x, const char *repo, const char *id)
{
	const char *digest = exchange_query(x, "digest");
	struct store_entry *e;

	if (exchange_is(x, "POST")) {
		start_upload(x, repo);
		return;
	}
	e = store_get(STORE_UPLOAD, repo, id);
	if (!e) {
		exchange_error(x, 404, "BLOB_UPLOAD_UNKNOWN");
		return;
	}
	buf_add_span(&e->bytes, buf_span(&x->body));
	if (exchange_is(x, "PUT")) {
		land_blob(x, repo, digest ? digest : "", &e->bytes);
		store_delete(e);
	} else if (exchange_is(x, "DELETE")) {
		store_delete(e);
		exchange_answer(x, 204, NULL, SPAN_NONE);
	} else {
		answer_upload(x, repo, e);
	}
}

static void
serve_blob(struct exchange *x, const char *repo, const char *digest)
{
	struct store_entry *e = store_get(STORE_BLOB, repo, digest);

	if (!e) {
		exchange_error(x, 404, "BLOB_UNKNOWN");
	} else if (exchange_is(x, "DELETE")) {
		store_delete(e);
		exchange_answer(x, 202, NULL, SPAN_NONE);
	} else if (set.redirect_blobs && exchange_is(x, "GET")) {
		exchange_answer(x, 307, NULL, SPAN_NONE);
		exchange_add(x, "Location", "%s://localhost:%u/elsewhere/%s/blobs/%s", access_rules.tls ? "https" : "http",
		    access_rules.port, repo, digest);
	} else {
		exchange_answer(x, 200, "application/octet-stream", buf_span(&e->bytes));
		exchange_add(x, "Docker-Content-Digest", "%s", digest);
	}
}

static void
serve_elsewhere(struct exchange *x, const char *repo, const char *digest)
{
	struct store_entry *e = store_get(STORE_BLOB, repo, digest);

	if (exchange_header(x, "Authorization"))
		exchange_answer(x, 400, "text/plain", SPAN("one authorization too many\n"));
	else if (!e)
		exchange_answer(x, 404, "text/plain", SPAN("no such blob\n"));
	else
		exchange_answer(x, 200, "application/octet-stream", buf_span(&e->bytes));
}

/* --- requests ------------------------------------------------------------ */

/* The longer marker first where one holds the other. */
static const struct route {
	const char *start, *marker;
	bool open;		/* without credentials */
	void (*serve)(struct exchange *x, const char *repo, const char *rest);
} routes[] = {
	{"/v2/", "/manifests/", false, serve_manifest},
	{"/v2/", "/referrers/", false, serve_referrers},
	{"/v2/", "/tags/list", false, serve_tags},
	{"/v2/", "/blobs/uploads/", false, serve_upload},
	{"/v2/", "/blobs/uploads", false, serve_upload},
	{"/v2/", "/blobs/", false, serve_blob},
	{"/elsewhere/", "/blobs/", true, serve_elsewhere},
};

static bool
faulty(struct exchange *x)
{
	AUTO(charp) char *line = xasprintf("%s %s", x->method, x->uri);

	for (size_t i = 0; i < set.fault_count; i++) {
		struct fault *f = &set.faults[i];

		if (f->left == 0 || strncmp(line, f->what, strlen(f->what)) != 0)
			continue;
		f->left--;
		exchange_error(x, f->status, "UNKNOWN");
		return true;
	}
	return false;
}

static void
route(struct exchange *x)
{
	if (faulty(x))
		return;
	if (strcmp(x->path, "/token") == 0) {
		access_token(x);
		return;
	}
	if (strcmp(x->path, "/v2/") == 0 || strcmp(x->path, "/v2") == 0) {
		if (access_allowed(x, NULL))
			exchange_answer(x, 200, "application/json", SPAN("{}"));
		return;
	}
	for (size_t i = 0; i < countof(routes); i++) {
		const struct route *r = &routes[i];
		const char *at = strstr(x->path, r->marker);
		AUTO(charp) char *repo = NULL;

		if (strncmp(x->path, r->start, strlen(r->start)) != 0 || !at)
			continue;
		repo = xspandup(span_of(x->path + strlen(r->start), (size_t)(at - x->path) - strlen(r->start)));
		if (r->open || access_allowed(x, repo))
			r->serve(x, repo, at + strlen(r->marker));
		return;
	}
	exchange_answer(x, 404, "text/plain", SPAN("404 page not found\n"));
}

static void
note_request(struct exchange *x)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	if (set.log < 0)
		return;
	buf_printf(&b, "%s %s %u\n", x->method, x->uri, x->status);
	if (write(set.log, b.ptr, b.len) < 0)
		perror("registry: log");
}

static void *
begin(void *arg, const char *uri, struct MHD_Connection *conn)
{
	struct exchange *x = xcalloc(1, sizeof(*x));

	(void)arg;
	x->conn = conn;
	x->uri = xstrdup(uri);
	buf_init(&x->body, BUF_BIG_MAX);
	return x;
}

static enum MHD_Result
handle(void *arg, struct MHD_Connection *conn, const char *path, const char *method, const char *version,
    const char *data, size_t *len, void **state)
{
	struct exchange *x = *state;
	enum MHD_Result r;

	(void)arg, (void)version;
	if (!x->method) {
		x->method = method;
		return MHD_YES;
	}
	if (*len > 0) {
		buf_add(&x->body, data, *len);
		*len = 0;
		return MHD_YES;
	}
	x->path = path;
	if (set.delay_put && exchange_is(x, "PUT") && strstr(path, "/manifests/"))
		usleep((useconds_t)set.delay_put * 1000);
	pthread_mutex_lock(&lock);
	route(x);
	note_request(x);
	pthread_mutex_unlock(&lock);
	MHD_add_response_header(x->out, "Docker-Distribution-Api-Version", "registry/2.0");
	r = MHD_queue_response(conn, x->status, x->out);
	MHD_destroy_response(x->out);
	return r;
}

static void
end(void *arg, struct MHD_Connection *conn, void **state, enum MHD_RequestTerminationCode code)
{
	struct exchange *x = *state;

	(void)arg, (void)conn, (void)code;
	if (!x)
		return;
	buf_release(&x->body);
	free(x->uri);
	free(x);
	*state = NULL;
}

/* --- start --------------------------------------------------------------- */

static const char *
next(char ***argv)
{
	if (!**argv) {
		fprintf(stderr, "registry: an argument is missing\n");
		exit(2);
	}
	return *(*argv)++;
}

static void
read_options(char **argv)
{
	while (*argv) {
		const char *a = next(&argv);

		if (strcmp(a, "--no-referrers") == 0) {
			set.no_referrers = true;
		} else if (strcmp(a, "--token") == 0) {
			access_rules.token = true;
		} else if (strcmp(a, "--redirect-blobs") == 0) {
			set.redirect_blobs = true;
		} else if (strcmp(a, "--user") == 0) {
			access_rules.user = next(&argv);
		} else if (strcmp(a, "--page") == 0) {
			set.page = strtoul(next(&argv), NULL, 10);
		} else if (strcmp(a, "--delay-put") == 0) {
			set.delay_put = strtol(next(&argv), NULL, 10);
		} else if (strcmp(a, "--tls") == 0) {
			access_rules.tls = true;
			set.cert = next(&argv);
			set.key = next(&argv);
		} else if (strcmp(a, "--log") == 0) {
			set.log = open(next(&argv), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		} else if (strcmp(a, "--fail") == 0 && set.fault_count < countof(set.faults)) {
			struct fault *f = &set.faults[set.fault_count++];

			f->what = next(&argv);
			f->status = (unsigned)strtoul(next(&argv), NULL, 10);
			f->left = strtol(next(&argv), NULL, 10);
		} else {
			fprintf(stderr, "registry: what is %s?\n", a);
			exit(2);
		}
	}
}

static char *
slurp(const char *path)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	FILE *f = fopen(path, "re");
	char block[4096];
	size_t n;

	if (!f) {
		fprintf(stderr, "registry: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(&b, block, n);
	fclose(f);
	return buf_take(&b);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct MHD_OptionItem tls[] = {{MHD_OPTION_END, 0, NULL}, {MHD_OPTION_END, 0, NULL}, {MHD_OPTION_END, 0, NULL}};
	unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TURBO;
	struct MHD_Daemon *d;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(addr);

	(void)argc;
	read_options(argv + 1);
	signal(SIGPIPE, SIG_IGN);
	/* Connections inherit TCP_NODELAY: without it a kept-alive answer waits
	 * 40 ms for the client's delayed acknowledgement. */
	if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 256) ||
	    getsockname(fd, (struct sockaddr *)&addr, &len)) {
		perror("registry");
		return 1;
	}
	access_rules.port = ntohs(addr.sin_port);
	if (set.cert) {
		flags |= MHD_USE_TLS;
		tls[0] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, slurp(set.cert)};
		tls[1] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, slurp(set.key)};
	}
	d = MHD_start_daemon(flags, 0, NULL, NULL, handle, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_URI_LOG_CALLBACK, begin, NULL, MHD_OPTION_NOTIFY_COMPLETED, end, NULL,
	    MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	if (!d) {
		fprintf(stderr, "registry: cannot start\n");
		return 1;
	}
	printf("%u\n", access_rules.port);
	fflush(stdout);
	for (;;)
		pause();
}
