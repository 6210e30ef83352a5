/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/dockercfg_helper.h"

#include "base/mem.h"
#include "base/proc.h"
#include "json/emit.h"

#define PROGRAM "docker-credential-"

/* A buffer that may have held a secret: all its room at once, so that growing
 * leaves no copies, and wiped. */
static void
open_private(struct buf *b, size_t max)
{
	buf_init(b, max);
	(void)buf_room(b, max);
}

static void
close_private(struct buf *b)
{
	if (b->ptr)
		mem_wipe(b->ptr, b->room);
	buf_release(b);
}

bool
dockercfg_helper_secret(struct node v, struct secret *out)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span text;

	if (!node_string(v, &pool, &text))
		return false;
	secret_release(out);
	secret_copy(out, text);
	mem_wipe((void *)(uintptr_t)text.ptr, text.len);
	return true;
}

/* Its name becomes a program's: no slash, nothing odd. */
static int
check_name(const char *name, struct err *e)
{
	for (const char *p = name; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
		    strchr("._-", *p)))
			return err_set(e, REASON_CONFIG, "'%s' is no name of a credential helper", name);
	if (!*name || strlen(name) > 100)
		return err_set(e, REASON_CONFIG, "a credential helper without a usable name");
	return 0;
}

static int
run(const char *name, const char *verb, struct span input, struct buf *out, int *status, struct err *e)
{
	static const char *const drop[] = {"COSIGN_PASSWORD", "DOCKER_AUTH_CONFIG", NULL};
	AUTO(charp) char *program = NULL;
	const char *argv[] = {NULL, verb, NULL};

	if (check_name(name, e))
		return -1;
	program = xasprintf(PROGRAM "%s", name);
	argv[0] = program;
	if (proc_run(argv, drop, input, out, DOCKERCFG_HELPER_MS, status, e))
		return err_wrap(e, "credential helper %s", name);
	return 0;
}

static int
failed(const char *name, int status, struct span said, struct err *e)
{
	err_set(e, REASON_HELPER, "credential helper %s failed with status %d", name, status);
	return err_found(e, "%.*s", SPAN_FMT(span_first(said.len ? said : SPAN("nothing on its standard output"), 300)));
}

static int
take_answer(const char *name, struct span text, struct dockercfg_auth *out, struct err *e)
{
	AUTO(secret) struct secret user = SECRET_INIT, secret = SECRET_INIT;
	struct node root, n;

	if (scan_document(text, &root, e)) {
		if (e)
			e->reason = REASON_PROTOCOL;
		return err_wrap(e, "credential helper %s", name);
	}
	if (!node_member(root, "Username", &n) || !dockercfg_helper_secret(n, &user) ||
	    !node_member(root, "Secret", &n) || !dockercfg_helper_secret(n, &secret))
		return err_set(e, REASON_PROTOCOL, "credential helper %s did not say Username and Secret", name);
	if (secret.len == 0 && user.len == 0)
		return 0;
	if (span_is(secret_span(&user), "<token>")) {
		secret_copy(&out->identity_token, secret_span(&secret));
	} else {
		out->username = xspandup(secret_span(&user));
		secret_copy(&out->password, secret_span(&secret));
	}
	out->source = xasprintf(PROGRAM "%s", name);
	return 0;
}

int
dockercfg_helper_get(void *ctx, const char *name, const char *server, struct dockercfg_auth *out, struct err *e)
{
	struct buf said;
	struct span text;
	int status, rc;

	(void)ctx;
	open_private(&said, DOCKERCFG_HELPER_MAX);
	rc = run(name, "get", span_str(server), &said, &status, e);
	text = span_trim(buf_span(&said));
	if (rc == 0 && status == 0)
		rc = take_answer(name, text, out, e);
	else if (rc == 0 && !span_is(text, "credentials not found in native keychain"))
		rc = failed(name, status, text, e);
	close_private(&said);
	return rc;
}

int
dockercfg_helper_store(const char *name, const char *server, const char *username, const struct secret *password,
    struct err *e)
{
	struct buf input, said;
	struct emit j;
	int status, rc;

	open_private(&input, DOCKERCFG_HELPER_MAX);
	open_private(&said, DOCKERCFG_HELPER_MAX);
	emit_init(&j, &input);
	emit_object(&j);
	emit_kstr(&j, "ServerURL", server);
	emit_kstr(&j, "Username", username);
	emit_kspan(&j, "Secret", secret_span(password));
	emit_object_end(&j);
	rc = buf_check(&input, "the credentials", e);
	if (rc == 0)
		rc = run(name, "store", buf_span(&input), &said, &status, e);
	if (rc == 0 && status != 0)
		rc = failed(name, status, span_trim(buf_span(&said)), e);
	close_private(&input);
	close_private(&said);
	return rc;
}
