/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/platform.h"

#include "tap.h"

#define D(n) "sha256:" n n n n n n n n
#define DESC(digest, platform) "{\"mediaType\":\"" MEDIA_OCI_MANIFEST "\",\"size\":2,\"digest\":\"" digest \
	"\",\"platform\":" platform "}"
#define P(os, arch, more) "{\"os\":\"" os "\",\"architecture\":\"" arch "\"" more "}"

static const char index_text[] = "{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_OCI_INDEX "\",\"manifests\":["
	DESC(D("00000001"), P("linux", "amd64", "")) ","
	DESC(D("00000002"), P("linux", "arm", ",\"variant\":\"v6\"")) ","
	DESC(D("00000003"), P("linux", "arm", ",\"variant\":\"v7\"")) ","
	DESC(D("00000004"), P("linux", "arm64", ",\"variant\":\"v8\"")) ","
	DESC(D("00000005"), P("windows", "amd64", ",\"os.version\":\"10.0.1\"")) ","
	DESC(D("00000006"), P("windows", "amd64", ",\"os.version\":\"10.0.2\"")) ","
	DESC(D("00000007"), P("linux", "ppc64le", "")) "," DESC(D("00000007"), P("linux", "ppc64le", "")) ","
	DESC(D("00000008"), P("unknown", "unknown", "")) ","
	DESC(D("00000009"), "null") ","
	DESC(D("0000000a"), P("linux", "mips", ",\"variant\":\"a\"")) ","
	DESC(D("0000000b"), P("linux", "mips", ",\"variant\":\"b\"")) "]}";

static const struct { const char *platform, *digest; enum reason why; } cases[] = {
	{"linux/amd64", D("00000001"), REASON_NONE},
	{"linux/amd64/v1", D("00000001"), REASON_NONE},
	{"linux/amd64/v2", NULL, REASON_NOT_FOUND},
	{"linux/arm", D("00000003"), REASON_NONE},
	{"linux/arm/v6", D("00000002"), REASON_NONE},
	{"linux/arm/v5", NULL, REASON_NOT_FOUND},
	{"linux/arm64", D("00000004"), REASON_NONE},
	{"linux/arm64/v8", D("00000004"), REASON_NONE},
	{"windows/amd64:10.0.2", D("00000006"), REASON_NONE},
	{"windows/amd64", NULL, REASON_AMBIGUOUS},
	{"linux/ppc64le", D("00000007"), REASON_NONE},
	{"linux/mips", NULL, REASON_AMBIGUOUS},
	{"linux/mips/b", D("0000000b"), REASON_NONE},
	{"linux/riscv64", NULL, REASON_NOT_FOUND},
	{"linux", NULL, REASON_USAGE},
	{"", NULL, REASON_USAGE},
	{"linux/", NULL, REASON_USAGE},
	{"/amd64", NULL, REASON_USAGE},
	{"linux/arm/", NULL, REASON_USAGE},
	{"linux/arm/v7/x", NULL, REASON_USAGE},
	{"linux/amd64:", NULL, REASON_USAGE},
	{"lin ux/amd64", NULL, REASON_USAGE},
};

static void
found(const struct manifest *index, const char *text, const char *digest, enum reason why)
{
	struct err e = ERR_INIT;
	struct platform p;
	const struct desc *d = NULL;
	int rc = platform_parse(&p, span_str(text), &e);

	if (rc == 0)
		rc = platform_find(&p, index, &d, &e);
	if (why)
		fails_with(rc, &e, why, "'%s'", text);
	else if (succeeds(rc, &e, "'%s'", text))
		is_span(d->digest, span_str(digest), "'%s'", text);
}

int
main(void)
{
	AUTO(manifest) struct manifest index = MANIFEST_INIT;
	struct err e = ERR_INIT;

	if (succeeds(manifest_parse(&index, SPAN(index_text), SPAN_NONE, &e), &e, "an index"))
		for (size_t i = 0; i < countof(cases); i++)
			found(&index, cases[i].platform, cases[i].digest, cases[i].why);
	return tap_done();
}
