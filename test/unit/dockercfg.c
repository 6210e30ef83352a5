/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/dockercfg.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "tap.h"

/* base64 of u:p, v:q, w:r */
#define UP "\"auth\":\"dTpw\""
#define VQ "\"auth\":\"djpx\""
#define WR "\"auth\":\"dzpy\""

static char top[] = "/tmp/unit-dockercfg-XXXXXX";

/* Says "USER PASSWORD IDENTITY REGISTRY" of what was found. */
static const char *
told(const struct dockercfg_auth *a, char *text, size_t size)
{
	snprintf(text, size, "%s %.*s %.*s %.*s", a->username ? a->username : "-", (int)a->password.len,
	    a->password.len ? (const char *)a->password.bytes : "", (int)a->identity_token.len,
	    a->identity_token.len ? (const char *)a->identity_token.bytes : "", (int)a->registry_token.len,
	    a->registry_token.len ? (const char *)a->registry_token.bytes : "");
	return text;
}

static const struct { const char *json, *registry, *repository, *want; } lookups[] = {
	{"", "h.io", "app", "-   "},
	{"{}", "h.io", "app", "-   "},
	{"{\"auths\":null}", "h.io", "app", "-   "},
	{"{\"auths\":{\"h.io\":{" UP "}}}", "h.io", "app", "u p  "},
	{"{\"auths\":{\"h.io\":{" UP "}}}", "h.io", NULL, "u p  "},
	{"{\"auths\":{\"h.io\":{" UP "}}}", "h.io:5000", "app", "-   "},
	{"{\"auths\":{\"h.io\":{" UP "}}}", "other.io", "h.io", "-   "},
	{"{\"auths\":{\"https://h.io/v1/\":{" UP "}}}", "h.io", "app", "u p  "},
	{"{\"auths\":{\"https://h.io\":{" UP "}}}", "h.io", "app", "u p  "},
	{"{\"auths\":{\"http://h.io:5000/any/path\":{" UP "}}}", "h.io:5000", "app", "u p  "},
	{"{\"auths\":{\"h.io/v1/\":{" UP "}}}", "h.io", "app", "u p  "},
	{"{\"auths\":{\"https://h.io.evil.com/v1/\":{" UP "}}}", "h.io", "app", "-   "},
	{"{\"auths\":{\"evil.com/h.io\":{" UP "}}}", "h.io", "app", "-   "},
	{"{\"auths\":{\"h.io/ns\":{" UP "}}}", "h.io", "other/app", "-   "},
	{"{\"auths\":{\"h.io\":{" UP "},\"h.io/ns\":{" VQ "},\"h.io/ns/app\":{" WR "}}}", "h.io", "ns/app", "w r  "},
	{"{\"auths\":{\"h.io\":{" UP "},\"h.io/ns\":{" VQ "}}}", "h.io", "ns/deep/app", "v q  "},
	{"{\"auths\":{\"h.io\":{" UP "},\"h.io/ns\":{" VQ "}}}", "h.io", "nsx/app", "u p  "},
	{"{\"auths\":{\"h.io/app\":{},\"h.io\":{" UP "}}}", "h.io", "app", "u p  "},
	{"{\"auths\":{\"https://index.docker.io/v1/\":{" UP "}}}", "index.docker.io", "library/a", "u p  "},
	{"{\"auths\":{\"docker.io\":{" UP "}}}", "index.docker.io", "library/a", "u p  "},
	{"{\"auths\":{\"index.docker.io\":{" UP "}}}", "index.docker.io", "library/a", "u p  "},
	{"{\"auths\":{\"docker.io\":{" VQ "},\"https://index.docker.io/v1/\":{" UP "}}}", "index.docker.io",
	    "library/a", "u p  "},
	{"{\"auths\":{\"h.io\":{\"username\":\"u\\u003c\",\"password\":\"p\\\"\"}}}", "h.io", "app", "u< p\"  "},
	{"{\"auths\":{\"h.io\":{\"auth\":\"\",\"username\":\"u\",\"password\":\"p\"}}}", "h.io", "app", "u p  "},
	{"{\"auths\":{\"h.io\":{" UP ",\"username\":\"x\",\"password\":\"y\"}}}", "h.io", "app", "u p  "},
	{"{\"auths\":{\"h.io\":{\"auth\":\"dTpwOng=\"}}}", "h.io", "app", "u p:x  "},
	{"{\"auths\":{\"h.io\":{\"auth\":\"dTpwAAA=\"}}}", "h.io", "app", "u p  "},
	{"{\"auths\":{\"h.io\":{\"auth\":\"dT\\npw\\r\\n\"}}}", "h.io", "app", "u p  "},
	{"{\"auths\":{\"h.io\":{\"identitytoken\":\"idt\"}}}", "h.io", "app", "-  idt "},
	{"{\"auths\":{\"h.io\":{\"registrytoken\":\"regt\"}}}", "h.io", "app", "-   regt"},
	{"{\"auths\":{\"h.io\":null},\"HttpHeaders\":{\"X\":\"y\"},\"credsStore\":\"\"}", "h.io", "app", "-   "},
};

static void
looks_up(void)
{
	for (size_t i = 0; i < countof(lookups); i++) {
		AUTO(dockercfg_auth) struct dockercfg_auth a = DOCKERCFG_AUTH_INIT;
		struct err e = ERR_INIT;
		char text[200];

		if (succeeds(dockercfg_find_in(span_str(lookups[i].json), SPAN_NONE, lookups[i].registry,
		    lookups[i].repository, NULL, NULL, &a, &e), &e, "lookup %zu", i))
			is_str(told(&a, text, sizeof(text)), lookups[i].want, "%s for %s/%s", lookups[i].json,
			    lookups[i].registry, lookups[i].repository ? lookups[i].repository : "");
	}
}

/* Writes down who was asked for what. */
static int
ask(void *ctx, const char *name, const char *server, struct dockercfg_auth *out, struct err *e)
{
	struct buf *log = ctx;

	(void)e;
	buf_printf(log, "%s:%s ", name, server);
	if (strcmp(server, "has.io") == 0)
		out->username = xstrdup("helped");
	return 0;
}

static void
asks(const char *json, const char *registry, const char *repository, const char *log, const char *want)
{
	AUTO(dockercfg_auth) struct dockercfg_auth a = DOCKERCFG_AUTH_INIT;
	AUTO(buf) struct buf b = BUF_INIT(1000);
	struct err e = ERR_INIT;
	char text[200];

	if (!succeeds(dockercfg_find_in(span_str(json), SPAN_NONE, registry, repository, ask, &b, &a, &e), &e, "%s", json))
		return;
	is_str(buf_str(&b), log, "helpers asked");
	is_str(told(&a, text, sizeof(text)), want, "found");
}

static void
variable(void)
{
	static const char file[] = "{\"auths\":{\"h.io\":{" UP "},\"i.io\":{" UP "}}}";
	AUTO(dockercfg_auth) struct dockercfg_auth a = DOCKERCFG_AUTH_INIT, b = DOCKERCFG_AUTH_INIT, c = DOCKERCFG_AUTH_INIT;
	struct err e = ERR_INIT;
	char text[200];

	succeeds(dockercfg_find_in(SPAN(file), SPAN("{\"auths\":{\"h.io\":{" VQ "}}}"), "h.io", "app", NULL, NULL, &a, &e),
	    &e, "the variable");
	is_str(told(&a, text, sizeof(text)), "v q  ", "goes before the file");
	is_str(a.source, "DOCKER_AUTH_CONFIG", "and is named");
	succeeds(dockercfg_find_in(SPAN(file), SPAN("{\"auths\":{\"h.io\":{" VQ "}}}"), "i.io", "app", NULL, NULL, &b, &e),
	    &e, "another host");
	is_str(told(&b, text, sizeof(text)), "u p  ", "is the file's");
	fails_with(dockercfg_find_in(SPAN(file), SPAN("{\"auths\":{\"h.io\":{\"auth\":\"!\"}}}"), "i.io", "app", NULL,
	    NULL, &c, &e), &e, REASON_BAD_ENCODING, "a broken variable");
}

static void
puts_in(const char *before, const char *key, const char *auth, const char *after)
{
	AUTO(buf) struct buf b = BUF_INIT(DOCKERCFG_FILE_MAX);
	struct err e = ERR_INIT;

	if (succeeds(dockercfg_put_in(span_str(before), span_str(key), span_str(auth), &b, &e), &e, "into %zu bytes", strlen(before)))
		is_str(buf_str(&b), after, "gives");
}

#define NEW "{\n\t\"auths\": {\n\t\t\"h\": {\n\t\t\t\"auth\": \"X\"\n\t\t}\n\t}\n}"
#define H "\"h\": {\n\t\t\t\"auth\": \"X\"\n\t\t}"

static void
stores_text(void)
{
	puts_in("", "h", "X", NEW);
	puts_in("{}", "h", "X", NEW);
	puts_in(" { }\n", "h", "X", " " NEW "\n");
	puts_in("{\"a\":1}", "h", "X", "{\"a\":1,\n\t\"auths\": {\n\t\t" H "\n\t}}");
	puts_in("{\"auths\":null,\"a\":1}", "h", "X", "{\"auths\":{\n\t\t" H "\n\t},\"a\":1}");
	puts_in("{\"auths\":{ },\"a\":1}", "h", "X", "{\"auths\":{\n\t\t" H "\n\t},\"a\":1}");
	puts_in("{\"x\":\"\\u0041\",\"auths\":{\"g\":{" UP "} } , \"a\":1e0}\n", "h", "X",
	    "{\"x\":\"\\u0041\",\"auths\":{\"g\":{" UP "},\n\t\t" H " } , \"a\":1e0}\n");
	puts_in("{\"auths\":{\"h\":{" UP "},\"i\":{}}}", "h", "X",
	    "{\"auths\":{\"h\":{\n\t\t\t\"auth\": \"X\"\n\t\t},\"i\":{}}}");
	puts_in("{\"auths\":{\"h\":{" UP "},\"i\":{}}}", "h", "", "{\"auths\":{\"h\":{},\"i\":{}}}");
}

static const char *
path(struct pool *pool, const char *name)
{
	return pool_printf(pool, "%s/%s", top, name);
}

static void
put(const char *where, const char *text, unsigned mode)
{
	struct err e = ERR_INIT;

	if (file_write(where, span_str(text), mode, FILE_REPLACE, &e))
		succeeds(-1, &e, "write %s", where);
}

static void
finds(const char *registry, const char *want, const char *what)
{
	AUTO(dockercfg_auth) struct dockercfg_auth a = DOCKERCFG_AUTH_INIT;
	struct err e = ERR_INIT;
	char text[200];

	if (succeeds(dockercfg_find(registry, "app", &a, &e), &e, "%s", what))
		is_str(told(&a, text, sizeof(text)), want, "%s: found", what);
}

/* Which file is read. */
static void
files(struct pool *pool)
{
	static const char *const unset[] = {"DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
		"DOCKER_AUTH_CONFIG"};
	static const char *const dirs[] = {"home/.config/containers", "run/containers", "cfg/containers", "docker",
		"empty", "home/.docker"};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(unset); i++)
		unsetenv(unset[i]);
	for (size_t i = 0; i < countof(dirs); i++)
		if (file_mkdirs(path(pool, dirs[i]), 0700, &e))
			diag("mkdir failed");
	setenv("HOME", path(pool, "home"), 1);
	finds("h.io", "-   ", "no file");
	setenv("DOCKER_AUTH_CONFIG", "{\"auths\":{\"h.io\":{" UP "}}}", 1);
	finds("h.io", "-   ", "the variable without a file");
	put(path(pool, "home/.config/containers/auth.json"), "{\"auths\":{\"i.io\":{" UP "}}}", 0600);
	finds("i.io", "u p  ", "~/.config/containers");
	finds("h.io", "u p  ", "the variable beside a file");
	unsetenv("DOCKER_AUTH_CONFIG");
	setenv("XDG_CONFIG_HOME", path(pool, "cfg"), 1);
	put(path(pool, "cfg/containers/auth.json"), "{\"auths\":{\"h.io\":{" VQ "}}}", 0600);
	finds("h.io", "v q  ", "XDG_CONFIG_HOME");
	setenv("XDG_RUNTIME_DIR", path(pool, "run"), 1);
	put(path(pool, "run/containers/auth.json"), "{\"auths\":{\"h.io\":{" UP "}}}", 0600);
	finds("h.io", "u p  ", "XDG_RUNTIME_DIR");
	setenv("REGISTRY_AUTH_FILE", path(pool, "file.json"), 1);
	finds("h.io", "u p  ", "REGISTRY_AUTH_FILE that is not there");
	put(path(pool, "file.json"), "{\"auths\":{\"h.io\":{" WR "}}}", 0600);
	finds("h.io", "w r  ", "REGISTRY_AUTH_FILE");
	put(path(pool, "home/.docker/config.json"), "{\"auths\":{\"h.io\":{" VQ "}}}", 0600);
	finds("h.io", "v q  ", "~/.docker");
	setenv("DOCKER_CONFIG", path(pool, "docker"), 1);
	finds("h.io", "-   ", "DOCKER_CONFIG without a file, beside ~/.docker");
	put(path(pool, "docker/config.json"), "{\"auths\":{\"h.io\":{" UP "}}}", 0600);
	finds("h.io", "u p  ", "DOCKER_CONFIG");
}

static const char helper_script[] = "#!/bin/sh\n"
	"[ \"$1\" = store ] && exec cat > \"$STORED\"\n"
	"read -r url || :\n"
	"case $url in\n"
	"h.io) echo \"{\\\"ServerURL\\\":\\\"$url\\\",\\\"Username\\\":\\\"u\\\",\\\"Secret\\\":\\\"s${COSIGN_PASSWORD}\\\"}\";;\n"
	"t.io) echo '{\"Username\":\"<token>\",\"Secret\":\"idt\"}';;\n"
	"bad.io) echo nonsense;;\n"
	"half.io) echo '{\"Username\":\"u\"}';;\n"
	"broken.io) echo 'the vault is locked'; exit 3;;\n"
	"huge.io) yes;;\n"
	"*) echo 'credentials not found in native keychain'; exit 1;;\n"
	"esac\n";

static void
refused(const char *registry, enum reason why)
{
	AUTO(dockercfg_auth) struct dockercfg_auth a = DOCKERCFG_AUTH_INIT;
	struct err e = ERR_INIT;

	fails_with(dockercfg_find(registry, NULL, &a, &e), &e, why, "%s", registry);
	ok(dockercfg_auth_is_empty(&a), "and nothing is found");
}

static const char *
content(struct pool *pool, const char *where)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	return file_read(where, &b, &e) ? NULL : pool_str(pool, buf_span(&b));
}

static void
helpers(struct pool *pool)
{
	AUTO(secret) struct secret password = SECRET_INIT;
	AUTO(charp) char *where = NULL;
	struct err e = ERR_INIT;

	put(path(pool, "docker-credential-test"), helper_script, 0755);
	setenv("PATH", pool_printf(pool, "%s:%s", top, getenv("PATH")), 1);
	setenv("STORED", path(pool, "stored"), 1);
	setenv("COSIGN_PASSWORD", "leaked", 1);
	put(path(pool, "docker/config.json"), "{\"credsStore\":\"test\",\"credHelpers\":{\"no.io\":\"\",\"gone.io\":"
	    "\"missing\",\"odd.io\":\"../x\"},\"auths\":{\"no.io\":{" VQ "},\"file.io\":{" UP "}}}", 0600);
	finds("h.io", "u s  ", "a helper, which sees no password of ours");
	finds("t.io", "-  idt ", "an identity token");
	finds("none.io", "-   ", "a helper that has none");
	finds("no.io", "v q  ", "a helper switched off");
	finds("file.io", "-   ", "auths does not count beside a store");
	refused("bad.io", REASON_PROTOCOL);
	refused("half.io", REASON_PROTOCOL);
	refused("broken.io", REASON_HELPER);
	refused("huge.io", REASON_TOO_LARGE);
	refused("gone.io", REASON_HELPER);
	refused("odd.io", REASON_CONFIG);
	secret_copy(&password, SPAN("se\"cret"));
	if (succeeds(dockercfg_store("new.io", "me", &password, &where, &e), &e, "store by helper")) {
		is_str(content(pool, path(pool, "stored")),
		    "{\"ServerURL\":\"new.io\",\"Username\":\"me\",\"Secret\":\"se\\\"cret\"}", "the helper was told");
		ok(strstr(content(pool, where), "\"new.io\": {}"), "an empty entry stays");
		ok(!strstr(content(pool, where), "c2UiY3JldA"), "and no secret");
	}
}

static void
stores(struct pool *pool)
{
	AUTO(secret) struct secret password = SECRET_INIT;
	AUTO(charp) char *where = NULL, *again = NULL;
	const char *dir = path(pool, "fresh/dir"), *real = path(pool, "real.json");
	struct err e = ERR_INIT;
	struct stat st;

	secret_copy(&password, SPAN("p"));
	setenv("DOCKER_CONFIG", dir, 1);
	if (!succeeds(dockercfg_store("h.io", "u", &password, &where, &e), &e, "store"))
		return;
	is_str(where, pool_printf(pool, "%s/config.json", dir), "where");
	is_str(content(pool, where), "{\n\t\"auths\": {\n\t\t\"h.io\": {\n\t\t\t\"auth\": \"dTpw\"\n\t\t}\n\t}\n}", "what");
	ok(stat(where, &st) == 0 && (st.st_mode & 0777) == 0600, "0600");
	ok(stat(dir, &st) == 0 && (st.st_mode & 0777) == 0700, "in a directory of 0700");
	finds("h.io", "u p  ", "what was stored");
	if (rename(where, real) || symlink(real, where))
		diag("symlink failed");
	succeeds(dockercfg_store("index.docker.io", "u", &password, &again, &e), &e, "store for Docker Hub");
	ok(lstat(where, &st) == 0 && S_ISLNK(st.st_mode), "a link stays one");
	ok(strstr(content(pool, real), "\"https://index.docker.io/v1/\": {"), "under the Hub's key");
	finds("index.docker.io", "u p  ", "Docker Hub");
	fails_with(dockercfg_store("h.io", "a:b", &password, &again, &e), &e, REASON_USAGE, "a colon in the name");
	put(real, "{\"auths\":", 0600);
	fails_with(dockercfg_store("h.io", "u", &password, &again, &e), &e, REASON_BAD_JSON, "into a broken file");
	is_str(content(pool, real), "{\"auths\":", "which is left alone");
}

static void
sample(const char *name, struct span bytes, enum reason want, void *arg)
{
	AUTO(dockercfg_auth) struct dockercfg_auth a = DOCKERCFG_AUTH_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(dockercfg_find_in(bytes, SPAN_NONE, "h.io", "app", NULL, NULL, &a, &e), &e, want, "%s", name);
	ok(dockercfg_auth_is_empty(&a), "nothing is left of it");
}

int
main(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	char *const rm[] = {(char *)(uintptr_t)"rm", (char *)(uintptr_t)"-rf", top, NULL};
	int failed;

	looks_up();
	asks("{\"credsStore\":\"s\"}", "h.io", "ns/app", "s:h.io/ns/app s:h.io ", "-   ");
	asks("{\"credsStore\":\"s\",\"credHelpers\":{\"h.io\":\"k\"}}", "h.io", "app", "s:h.io/app k:h.io ", "-   ");
	asks("{\"credsStore\":\"s\",\"credHelpers\":{\"h.io\":\"\"},\"auths\":{\"h.io\":{" UP "}}}", "h.io", "app",
	    "s:h.io/app ", "u p  ");
	asks("{\"credHelpers\":{\"has.io\":\"k\"},\"auths\":{\"has.io\":{" UP "}}}", "has.io", "app", "k:has.io ",
	    "helped   ");
	asks("{\"credsStore\":\"s\"}", "index.docker.io", "library/a",
	    "s:index.docker.io/library/a s:https://index.docker.io/v1/ ", "-   ");
	asks("{\"credsStore\":\"s\",\"auths\":{\"h.io\":{\"registrytoken\":\"t\"}}}", "h.io", NULL, "s:h.io ", "-   t");
	variable();
	stores_text();
	ok(tap_samples("test/vectors/bad/dockercfg", sample, NULL) > 0, "bad configurations");
	if (ok(mkdtemp(top) != NULL, "a directory to work in")) {
		files(&pool);
		helpers(&pool);
		stores(&pool);
	}
	failed = tap_done();
	fflush(stdout);
	if (fork() == 0)
		execvp(rm[0], rm);
	wait(NULL);
	return failed;
}
