/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/challenge.h"

#include "tap.h"

static const struct {
	const char *what;
	const char *values[3];
	enum challenge_kind kind;
	const char *realm, *service, *scope, *error;
} good[] = {
	{"Docker Hub", {"Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\""},
	    CHALLENGE_BEARER, "https://auth.docker.io/token", "registry.docker.io", NULL, NULL},
	{"basic", {"Basic realm=\"x\""}, CHALLENGE_BASIC, "x", NULL, NULL, NULL},
	{"basic without realm", {"Basic"}, CHALLENGE_BASIC, NULL, NULL, NULL, NULL},
	{"case and blanks", {"  bEARER  ReAlM = \"r\" ,\tservice= s  "}, CHALLENGE_BEARER, "r", "s", NULL, NULL},
	{"commas inside quotes", {"Bearer realm=\"r\",scope=\"repository:a:pull,push\",error=\"insufficient_scope\""},
	    CHALLENGE_BEARER, "r", NULL, "repository:a:pull,push", "insufficient_scope"},
	{"escapes", {"Bearer realm=\"a\\\"b\\\\c\""}, CHALLENGE_BEARER, "a\"b\\c", NULL, NULL, NULL},
	{"after a foreign scheme", {"Negotiate YIIabc==, Bearer realm=\"r\""}, CHALLENGE_BEARER, "r", NULL, NULL, NULL},
	{"after a bare foreign scheme", {"Negotiate, Basic realm=\"r\""}, CHALLENGE_BASIC, "r", NULL, NULL, NULL},
	{"after foreign parameters", {"Digest realm=\"d\", nonce=\"n\", Basic realm=\"r\""}, CHALLENGE_BASIC, "r", NULL, NULL, NULL},
	{"in the second header", {"Negotiate", "Bearer realm=\"r\""}, CHALLENGE_BEARER, "r", NULL, NULL, NULL},
	{"the first of two", {"Basic realm=\"b\", Bearer realm=\"r\""}, CHALLENGE_BASIC, "b", NULL, NULL, NULL},
	{"empty list members", {", ,Bearer realm=\"r\",,service=s,"}, CHALLENGE_BEARER, "r", "s", NULL, NULL},
};

static void
check_field(struct span got, const char *want, const char *what, const char *field)
{
	ok(want ? span_is(got, want) : got.ptr == NULL, "%s: %s", what, field);
}

static void
test_good(void)
{
	for (size_t i = 0; i < countof(good); i++) {
		AUTO(pool) struct pool pool = POOL_INIT;
		struct span values[3];
		struct challenge c;
		struct err e = ERR_INIT;
		size_t n = 0;

		for (; n < 3 && good[i].values[n]; n++)
			values[n] = span_str(good[i].values[n]);
		succeeds(challenge_parse(&c, values, n, &pool, &e), &e, "%s", good[i].what);
		is_int(c.kind, good[i].kind, "%s: kind", good[i].what);
		check_field(c.realm, good[i].realm, good[i].what, "realm");
		check_field(c.service, good[i].service, good[i].what, "service");
		check_field(c.scope, good[i].scope, good[i].what, "scope");
		check_field(c.error, good[i].error, good[i].what, "error");
	}
}

static void
try_sample(const char *path, struct span bytes, enum reason want, void *arg UNUSED)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span value = span_trim(bytes);
	struct err e = ERR_INIT;
	struct challenge c;

	fails_with(challenge_parse(&c, &value, 1, &pool, &e), &e, want, "%s", path);
}

int
main(void)
{
	struct err e = ERR_INIT;
	struct challenge c;

	test_good();
	fails_with(challenge_parse(&c, NULL, 0, NULL, &e), &e, REASON_BAD_CHALLENGE, "no header at all");
	tap_samples("test/vectors/bad/challenge", try_sample, NULL);
	return tap_done();
}
