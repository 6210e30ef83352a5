/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/date.h"
#include "base/file.h"
#include "base/mem.h"
#include "client/tokenget.h"
#include "codec/b64.h"
#include "net/http.h"
#include "tap.h"

static char dir[] = "/tmp/tokenget.XXXXXX";

static void
make_token(struct buf *out, int64_t expires)
{
	AUTO(charp) char *claims = xasprintf("{\"iss\":\"https://id.example\",\"sub\":\"me\",\"exp\":%lld}", (long long)expires);

	b64_encode(out, SPAN("{\"alg\":\"RS256\"}"), B64_URL);
	buf_add_char(out, '.');
	b64_encode(out, span_str(claims), B64_URL);
	buf_add_str(out, ".c2ln");
}

/* The program that is found in PATH. */
static void
become(const char *body)
{
	AUTO(charp) char *path = xasprintf("%s/cosign-get-token", dir), *text = xasprintf("#!/bin/sh\n%s\n", body);
	struct err e = ERR_INIT;

	if (file_write(path, span_str(text), 0755, FILE_REPLACE, &e))
		BUG("cannot write %s", path);
}

static void
gives(const char *body, const struct tokenget *how, const char *want, const char *what)
{
	AUTO(secret) struct secret token = SECRET_INIT;
	AUTO(idtoken) struct idtoken claims = IDTOKEN_INIT;
	struct err e = ERR_INIT;

	become(body);
	if (succeeds(tokenget(how, &token, &claims, &e), &e, "%s", what)) {
		is_span(secret_span(&token), span_str(want), "%s: the token", what);
		is_span(claims.subject, SPAN("me"), "%s: what it says", what);
	}
}

static void
refuses(const char *body, enum reason want, const char *what)
{
	AUTO(secret) struct secret token = SECRET_INIT;
	struct err e = ERR_INIT;

	become(body);
	fails_with(tokenget(&(struct tokenget){.issuer = "https://id.example"}, &token, NULL, &e), &e, want, "%s", what);
	ok(token.bytes == NULL, "%s: no token", what);
}

static void
children(const char *token, const char *old)
{
	AUTO(charp) char *say = xasprintf("echo '%s'", token), *late = xasprintf("echo '%s'", old);
	AUTO(charp) char *check = xasprintf("[ \"$*\" = '--report --fulcio-auth-flow=device --oidc-issuer=https://i --oidc-client-id=c "
	    "--oidc-client-secret-file=f --oidc-redirect-url=http://localhost/ --oidc-provider=p --oidc-disable-ambient-providers "
	    "--timeout=0ms --retry=0 --retry-max-time=0ms' ] && [ -z \"$COSIGN_PASSWORD$COSIGN_IDENTITY_TOKEN$COSIGN_OUTPUT_FILE\" ] && "
	    "[ -z \"$(cat)\" ] && echo '%s'", token);

	gives(say, &(struct tokenget){.token = ""}, token, "a program that finds one");
	setenv("COSIGN_PASSWORD", "x", 1);
	setenv("COSIGN_IDENTITY_TOKEN", "x", 1);
	setenv("COSIGN_OUTPUT_FILE", "x", 1);
	gives(check, &(struct tokenget){.flow = "device", .issuer = "https://i", .client_id = "c", .client_secret_file = "f",
	    .redirect_url = "http://localhost/", .provider = "p", .no_ambient = true, .stdin_is_taken = true}, token,
	    "its arguments and environment");
	refuses(late, REASON_BAD_TOKEN, "one that has expired");
	refuses("echo nonsense", REASON_BAD_TOKEN, "nonsense");
	refuses("true", REASON_BAD_TOKEN, "nothing");
	refuses("exit 3", REASON_HELPER, "a failure without a word");
	refuses("kill -9 $$", REASON_HELPER, "an untimely end");
	refuses("echo '{\"type\":\"cosign.error/1\",\"reason\":\"denied\",\"chain\":[\"no\"]}'; exit 1", REASON_DENIED,
	    "a failure with its reason");
	refuses("head -c 200000 /dev/zero", REASON_TOO_LARGE, "too much");
}

static void
given(const char *token)
{
	AUTO(charp) char *path = xasprintf("%s/token", dir), *text = xasprintf(" %s\n", token);
	AUTO(secret) struct secret s = SECRET_INIT;
	struct err e = ERR_INIT;

	become("exit 9");
	succeeds(tokenget(&(struct tokenget){.token = token}, &s, NULL, &e), &e, "the token itself");
	succeeds(file_write(path, span_str(text), 0600, FILE_REPLACE, &e), &e, "a file");
	succeeds(tokenget(&(struct tokenget){.token = path}, &s, NULL, &e), &e, "the file's name");
	is_span(secret_span(&s), span_str(token), "without blanks");
	fails_with(tokenget(&(struct tokenget){.token = "/none"}, &s, NULL, &e), &e, REASON_NOT_FOUND, "no such file");
	unlink(path);
}

int
main(void)
{
	AUTO(buf) struct buf token = BUF_INIT(BUF_TEXT_MAX), old = BUF_INIT(BUF_TEXT_MAX);
	AUTO(charp) char *path = NULL, *program = NULL;

	if (!mkdtemp(dir))
		BUG("no directory for the test");
	path = xasprintf("%s:%s", dir, getenv("PATH"));
	setenv("PATH", path, 1);
	http_settings = (struct http_settings){.retries = 0};
	make_token(&token, date_now() + 600);
	make_token(&old, date_now() - 1);
	children(buf_str(&token), buf_str(&old));
	given(buf_str(&token));
	program = xasprintf("%s/cosign-get-token", dir);
	unlink(program);
	rmdir(dir);
	return tap_done();
}
