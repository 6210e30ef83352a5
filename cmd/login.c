/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/groups.h"
#include "oci/dockercfg.h"

enum { PASSWORD_MAX = 64 << 10 };

struct login {
	const char *username, *password;
	bool from_stdin;
	struct registry_options registry;
	struct opt_list servers;
};

static const struct opt opts[] = {
	OPT_STR(struct login, 'u', "username", "NAME", username, .help = "user name"),
	OPT_STR(struct login, 'p', "password", "PASSWORD", password,
	    .help = "password; anybody on this machine can see it in the list of processes", .excludes = "password-stdin"),
	OPT_FLAG(struct login, 0, "password-stdin", from_stdin, .help = "read the password from standard input"),
	OPT_FLAG(struct login, 0, "allow-insecure-registry", registry.allow_insecure,
	    .help = "do not check the registry's TLS certificate"),
	OPT_FLAG(struct login, 0, "allow-http-registry", registry.allow_http, .help = "allow plain HTTP to the registry"),
	OPT_STR(struct login, 0, "registry-cacert", "FILE", registry.cacert,
	    .help = "PEM file of the only certificate authorities to trust for the registry",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct login, 0, "registry-client-cert", "FILE", registry.client_cert,
	    .help = "PEM file of the client certificate to show; needs --registry-client-key",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct login, 0, "registry-client-key", "FILE", registry.client_key,
	    .help = "PEM file of the client certificate's private key", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct login, 0, "registry-server-name", "NAME", registry.server_name,
	    .help = "name that the registry's certificate must have"),
	OPT_POS(struct login, "SERVER", servers, .min = 1, .help = "the registry, as in image names"),
	OPT_END};

/* One line end at the end is not part of it. */
static int
read_password(const struct login *l, struct secret *password, struct err *e)
{
	if (!l->from_stdin) {
		secret_copy(password, span_str(l->password ? l->password : ""));
		if (password->len)
			log_warn("--password shows the password to everybody on this machine; use --password-stdin");
		return 0;
	}
	if (secret_read_fd(password, 0, "standard input", PASSWORD_MAX, e))
		return -1;
	if (password->len && password->bytes[password->len - 1] == '\n')
		password->len--;
	if (password->len && password->bytes[password->len - 1] == '\r')
		password->len--;
	return 0;
}

/* "https://index.docker.io/v1/", "docker.io" and "" are all Docker Hub. */
static int
server_name(const char *text, const char **out, struct pool *pool, struct err *e)
{
	struct span s = span_str(text);
	AUTO(buf) struct buf probe = BUF_INIT(BUF_TEXT_MAX);
	struct ref ref;

	if (span_starts(s, "https://"))
		s = span_from(s, 8);
	else if (span_starts(s, "http://"))
		s = span_from(s, 7);
	s = span_cut(&s, '/');
	if (span_is(s, "docker.io") || span_is(s, "registry-1.docker.io") || span_is(s, "index.docker.io"))
		s = SPAN("index.docker.io");
	buf_printf(&probe, "%.*s/login", SPAN_FMT(s));
	if (s.len == 0 || ref_parse_repository(&ref, buf_span(&probe), pool, e) || ref.place != REF_REGISTRY ||
	    !span_is(s, ref.registry)) {
		err_set(e, REASON_USAGE, "'%s' is not the name of a registry", text);
		return err_expected(e, "HOST or HOST:PORT");
	}
	*out = ref.registry;
	return 0;
}

/* Nothing is saved before the registry has accepted it. */
static int
check(const struct login *l, const char *server, const struct secret *password, struct err *e)
{
	struct registry_options o = l->registry;
	AUTO(charp) char *text = xspandup(secret_span(password));
	int rc;

	o.username = l->username;
	o.password = text;
	rc = registry_ping(server, &o, e);
	mem_wipe(text, strlen(text));
	return rc ? err_wrap(e, "nothing was saved") : 0;
}

static int
run(void *args, struct err *e)
{
	const struct login *l = args;
	AUTO(secret) struct secret password = SECRET_INIT;
	AUTO(charp) char *path = NULL;
	AUTO(pool) struct pool pool = POOL_INIT;
	const char *server;

	if (server_name(l->servers.items[0], &server, &pool, e) || read_password(l, &password, e))
		return -1;
	if (!l->username || !*l->username || password.len == 0) {
		err_set(e, REASON_USAGE, "username and password required");
		return err_hint(e, "give --username NAME and --password-stdin");
	}
	if (memchr(password.bytes, '\0', password.len) || strchr(l->username, ':'))
		return err_set(e, REASON_USAGE, "a user name with a colon, or a password with a zero byte, cannot be sent");
	if (check(l, server, &password, e) || dockercfg_store(server, l->username, &password, &path, e))
		return -1;
	log_say("logged in via %s", path);
	return 0;
}

static const char examples[] =
	"# the password comes from a file, not from the command line\n"
	"$ cosign login \"$REGISTRY\" -u me --password-stdin < password.txt\n";

static const struct command login = {
	.name = "login",
	.brief = "Log in to a registry",
	.about = "Asks the registry whether it accepts the user name and password, then saves them where Docker keeps "
	    "them: in the configured helper program, else in config.json.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct login),
	.run = run,
	.no_env = true,
};
COMMAND_MAIN(login)
