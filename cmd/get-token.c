/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>
#include "base/log.h"
#include "cli/command.h"
#include "cli/failure.h"
#include "cli/privacy.h"
#include "cli/tokenopt.h"
#include "client/ambient.h"
#include "client/hush.h"
#include "client/oidcbrowser.h"
#include "client/oidcdevice.h"
#include "json/record.h"
#include "net/http.h"

enum { CLIENT_SECRET_MAX = 4096 };

struct get_token {
	struct tokenget how;
	bool report;
};

static const struct opt opts[] = {
	OPT_GROUP(struct get_token, how, tokenopt_flags),
	OPT_GROUP(struct get_token, how, tokenopt_provider),
	OPT_FLAG(struct get_token, 0, "notice", how.notice, .no_env = true,
	    .help = "say what goes into public logs, and ask for consent, before a browser opens"),
	OPT_FLAG(struct get_token, 'y', "yes", how.yes, .help = "answer yes to every question"),
	OPT_FLAG(struct get_token, 0, "report", report, .no_env = true,
	    .help = "tell of a failure on standard output: for programs of this suite"),
	OPT_END};

static int
by_token(const struct oidc *o UNUSED, struct secret *token UNUSED, struct err *e)
{
	return err_set(e, REASON_USAGE, "--fulcio-auth-flow=token needs --identity-token");
}

static const struct flow {
	const char *name;
	int (*login)(const struct oidc *o, struct secret *token, struct err *e);
} flows[] = {
	{"normal", oidcbrowser_login},
	{"device", oidcdevice_login},
	{"client_credentials", oidc_client_credentials},
	{"token", by_token},
};

static const struct flow *
choose_flow(const char *name, struct err *e)
{
	if (name && *name) {
		for (size_t i = 0; i < countof(flows); i++)
			if (strcmp(flows[i].name, name) == 0)
				return &flows[i];
		err_set(e, REASON_USAGE, "--fulcio-auth-flow");
		err_expected(e, "normal, device, token or client_credentials");
		err_found(e, "%s", name);
		return NULL;
	}
	if (isatty(STDIN_FILENO))
		return &flows[0];
	log_say("Non-interactive mode detected, using device flow.");
	return &flows[1];
}

static int
log_in(const struct tokenget *how, struct secret *token, struct err *e)
{
	AUTO(secret) struct secret client_secret = SECRET_INIT;
	AUTO(oidc) struct oidc o = OIDC_INIT;
	const struct flow *flow = choose_flow(how->flow, e);
	struct oidc_login login = {.issuer = how->issuer, .client_id = how->client_id, .client_secret = &client_secret,
	    .redirect_url = how->redirect_url};
	struct span secret;

	if (!flow || flow->login == by_token)
		return flow ? by_token(NULL, token, e) : -1;
	if (how->client_secret_file && *how->client_secret_file) {
		if (secret_read_file(&client_secret, how->client_secret_file, CLIENT_SECRET_MAX, e))
			return err_wrap(e, "--oidc-client-secret-file");
		secret = span_trim(secret_span(&client_secret));
		memmove(client_secret.bytes, secret.ptr, secret.len);
		client_secret.len = secret.len;
	}
	if (how->notice && flow->login == oidcbrowser_login && privacy_ask(how->yes, e))
		return -1;
	/* The flow of the browser does it when that runs. */
	if (flow->login != oidcbrowser_login && http_confine(true, 0, NULL, 0, e))
		return -1;
	return oidc_discover(&o, &login, e) || flow->login(&o, token, e) ? -1 : 0;
}

/* In the order of the original. */
static int
find(const struct tokenget *how, struct secret *token, struct err *e)
{
	int rc = 1;

	if (how->token && *how->token)
		return tokenget_given(how->token, token, e) || http_confine(false, 0, NULL, 0, e) ? -1 : 0;
	if (!how->no_ambient)
		rc = ambient_find(how->provider, token, e);
	else if (how->provider && *how->provider)
		return err_set(e, REASON_USAGE, "--oidc-provider and --oidc-disable-ambient-providers exclude each other");
	return rc > 0 ? log_in(how, token, e) : rc;
}

static void
emit(const struct secret *token, const struct idtoken *t, struct span who, struct buf *out)
{
	struct emit j;

	if (!command_globals.json) {
		buf_add_span(out, secret_span(token));
		buf_add_char(out, '\n');
		return;
	}
	emit_init(&j, out);
	record_begin(&j, "cosign.identity-token/1");
	emit_kspan(&j, "issuer", t->issuer);
	emit_kspan(&j, "identity", who);
	emit_kint(&j, "expires", t->expires);
	emit_kspan(&j, "token", secret_span(token));
	record_end(&j);
}

static int
print(const struct secret *token, struct err *e)
{
	AUTO(idtoken) struct idtoken t = IDTOKEN_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	struct span who;

	if (tokenget_read(token, &t, e) || idtoken_identity(&t, &who, e))
		return -1;
	(void)buf_room(&out, HUSH_MAX);
	emit(token, &t, who, &out);
	/* Not through stdio, whose buffer nobody wipes. */
	if (buf_check(&out, "the token", e) == 0 && write(STDOUT_FILENO, out.ptr, out.len) != (ssize_t)out.len)
		err_errno(e, REASON_OUTPUT, "cannot write to standard output");
	hush_wipe(&out);
	return err_is(e, REASON_NONE) ? 0 : -1;
}

static int
run(void *args, struct err *e)
{
	const struct get_token *g = args;
	AUTO(secret) struct secret token = SECRET_INIT;
	int rc = find(&g->how, &token, e) || print(&token, e) ? -1 : 0;

	return rc && g->report ? failure_report(e) : rc;
}

static const char about[] =
	"Prints an identity token, by which a certificate authority knows who asks for a certificate. It is that of "
	"--identity-token; else the first that the environment gives: a mounted file, SIGSTORE_ID_TOKEN, GitHub Actions, "
	"Buildkite, SPIFFE, Google; else it comes of logging in to the identity provider, by browser or, without a "
	"terminal, by a code that is entered on another device. Whoever has the token can sign in your name until it "
	"expires: keep it in pipes.";

static const char examples[] =
	"# who am I?\n"
	"$ cosign get-token --json --identity-token token.jwt | jq -r .identity\n";

static const struct command get_token = {
	.name = "get-token",
	.brief = "Print an identity token",
	.about = about,
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct get_token),
	.run = run,
	.plumbing = true,
};
COMMAND_MAIN(get_token)
