/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/kvspec.h"
#include "client/trustget.h"
#include "codec/url.h"
#include "sig/signconf.h"

struct create {
	struct opt_list fulcio, rekor, oidc, tsa;
	const char *rekor_config, *tsa_config, *base, *out;
	bool with_default_services, with_default_rekor_v2;
	bool no_default_fulcio, no_default_rekor, no_default_oidc, no_default_tsa;
};

#define SERVICE_HELP ": url=URL,api-version=N,start-time=TIME,operator=NAME[,end-time=TIME]"

static const struct opt create_opts[] = {
	OPT_LIST(struct create, 0, "fulcio", "SPEC", fulcio, .help = "a certificate authority" SERVICE_HELP),
	OPT_LIST(struct create, 0, "rekor", "SPEC", rekor, .help = "a transparency log" SERVICE_HELP),
	OPT_LIST(struct create, 0, "oidc-provider", "SPEC", oidc, .help = "an identity provider" SERVICE_HELP),
	OPT_LIST(struct create, 0, "tsa", "SPEC", tsa, .help = "a timestamp authority" SERVICE_HELP),
	OPT_STR(struct create, 0, "rekor-config", "MODE", rekor_config,
	    .help = "how many of the logs are used: ANY, ALL or EXACT:N; --rekor needs it", .hints = "ANY|ALL|EXACT:1"),
	OPT_STR(struct create, 0, "tsa-config", "MODE", tsa_config,
	    .help = "how many of the timestamp authorities are used; --tsa needs it", .hints = "ANY|ALL|EXACT:1"),
	OPT_STR(struct create, 0, "base-config", "FILE", base,
	    .help = "start from this signing config; services given by a flag replace its own of that kind",
	    .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct create, 0, "no-default-fulcio", no_default_fulcio,
	    .help = "without the base's certificate authorities"),
	OPT_FLAG(struct create, 0, "no-default-rekor", no_default_rekor,
	    .help = "without the base's transparency logs"),
	OPT_FLAG(struct create, 0, "no-default-oidc", no_default_oidc,
	    .help = "without the base's identity providers"),
	OPT_FLAG(struct create, 0, "no-default-tsa", no_default_tsa,
	    .help = "without the base's timestamp authorities"),
	OPT_STR(struct create, 0, "out", "FILE", out, .help = "write there, not to standard output",
	    .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct create, 0, "with-default-services", with_default_services,
	    .help = "start from the signing config of the TUF repository; services given by a flag are added to it",
	    .excludes = "base-config"),
	OPT_FLAG(struct create, 0, "with-default-rekor-v2", with_default_rekor_v2,
	    .help = "the same with the one that has the second version of the log", .excludes = "base-config"),
	OPT_END
};

static int
read_spec(struct signconf_service *out, const char *spec, struct err *e)
{
	static const struct kvspec_key keys[] = {{"url", true}, {"api-version", true},
		{"start-time", true}, {"operator", true}, {"end-time", false}};
	struct span v[countof(keys)];
	struct kvspec_times times;
	struct url url;
	uint64_t version;

	if (kvspec_parse(spec, keys, countof(keys), v, e))
		return -1;
	if (url_parse(&url, v[0], e)) {
		e->reason = REASON_USAGE;
		return err_wrap(e, "url");
	}
	if (!span_decimal(v[1], UINT32_MAX, &version) || version == 0)
		return err_set(e, REASON_USAGE, "api-version: expected a number from 1, found '%.*s'",
		    SPAN_FMT(span_first(v[1], 64)));
	*out = (struct signconf_service){.url = v[0], .version = (uint32_t)version, .operator = v[3],
		.window = {INT64_MIN, INT64_MAX}};
	times = kvspec_times(v[2], v[4]);
	return kvspec_window(&out->window, &times, e);
}

/* A kind of service in the base: it stays, goes, or others are added to it. */
enum keep { KEEP_UNLESS_GIVEN, KEEP_ALL, KEEP_NONE };

static enum keep
how(const struct create *c, bool drop)
{
	if (drop)
		return KEEP_NONE;
	return c->with_default_services || c->with_default_rekor_v2 ? KEEP_ALL : KEEP_UNLESS_GIVEN;
}

static int
replace(struct signconf_services *s, const char *flag, const struct opt_list *specs, enum keep keep,
    struct pool *pool, struct err *e)
{
	struct signconf_services was = *s;

	if (keep == KEEP_NONE || (keep == KEEP_UNLESS_GIVEN && specs->count))
		was.count = 0;
	*s = (struct signconf_services){pool_array(pool, was.count + specs->count, sizeof(*s->items)), 0};
	while (s->count < was.count) {
		s->items[s->count] = was.items[s->count];
		s->count++;
	}
	for (size_t i = 0; i < specs->count; i++) {
		if (read_spec(&s->items[s->count], specs->items[i], e))
			return specs->count > 1 ? err_wrap(e, "--%s, number %zu", flag, i + 1) :
			    err_wrap(e, "--%s", flag);
		s->count++;
	}
	return 0;
}

/* A kind of service of which several can be used together. */
static int
replace_several(struct signconf_services *s, struct signconf_selector *selector, const char *flag,
    const struct opt_list *specs, const char *config, enum keep keep, struct pool *pool, struct err *e)
{
	bool given = config && *config, kept = keep == KEEP_ALL && s->count;

	if (specs->count && !given && !kept)
		return err_set(e, REASON_USAGE, "--%s needs --%s-config", flag, flag);
	if (keep == KEEP_NONE || (specs->count && !kept))
		*selector = (struct signconf_selector){SIGNCONF_UNDEFINED, 0};
	if (given && signconf_selector_parse(selector, span_str(config), e))
		return err_wrap(e, "--%s-config", flag);
	return replace(s, flag, specs, keep, pool, e);
}

static int
read_base(const struct create *c, const struct buf *fetched, struct signconf *conf, struct err *e)
{
	AUTO(buf) struct buf json = BUF_INIT(SIGNCONF_MAX);

	if (fetched->len)
		return signconf_parse(conf, buf_span(fetched), e) ? err_wrap(e, "of the TUF repository") : 0;
	if (!c->base || !*c->base)
		return 0;
	if (file_read(c->base, &json, e) || signconf_parse(conf, buf_span(&json), e))
		return err_wrap(e, "--base-config %s", c->base);
	return 0;
}

static int
build(const struct create *c, const struct buf *fetched, struct signconf *conf, struct err *e)
{
	struct pool *pool = &conf->pool;

	if (read_base(c, fetched, conf, e) ||
	    replace_several(&conf->tlogs, &conf->tlog_selector, "rekor", &c->rekor, c->rekor_config,
	    how(c, c->no_default_rekor), pool, e) ||
	    replace_several(&conf->tsas, &conf->tsa_selector, "tsa", &c->tsa, c->tsa_config,
	    how(c, c->no_default_tsa), pool, e) ||
	    replace(&conf->cas, "fulcio", &c->fulcio, how(c, c->no_default_fulcio), pool, e))
		return -1;
	return replace(&conf->oidcs, "oidc-provider", &c->oidc, how(c, c->no_default_oidc), pool, e);
}

/* Nothing is written that this suite would not read. */
static int
write_config(const struct signconf *conf, struct buf *out, struct err *e)
{
	AUTO(signconf) struct signconf back = SIGNCONF_INIT;

	signconf_emit(conf, out);
	if (buf_check(out, "the signing config", e) || signconf_parse(&back, buf_span(out), e))
		return err_wrap(e, "what would be written");
	buf_add_char(out, '\n');
	return 0;
}

static int
run_create(void *args, struct err *e)
{
	const struct create *c = args;
	AUTO(signconf) struct signconf conf = SIGNCONF_INIT;
	AUTO(buf) struct buf out = BUF_INIT(SIGNCONF_MAX + 1), fetched = BUF_INIT(SIGNCONF_MAX);
	const char *target = c->with_default_rekor_v2 ? TRUSTGET_CONFIG_REKOR2 :
	    c->with_default_services ? TRUSTGET_CONFIG : NULL;

	if (target && trustget_fetch(target, &fetched, e))
		return -1;
	(void)sandbox_enter(SANDBOX_READ | SANDBOX_WRITE, NULL, 0);
	if (build(c, &fetched, &conf, e) || write_config(&conf, &out, e))
		return -1;
	if (c->out && *c->out && strcmp(c->out, "-") != 0)
		return file_write(c->out, buf_span(&out), 0600, FILE_REPLACE, e);
	fwrite(out.ptr, 1, out.len, stdout);
	return 0;
}

static const char examples[] =
	"# sign with services of one's own\n"
	"$ cosign signing-config create"
	" --fulcio url=https://fulcio.example.com,api-version=1,start-time=2026-01-01T00:00:00Z,operator=example.com"
	" --oidc-provider url=https://login.example.com,api-version=1,start-time=2026-01-01T00:00:00Z,operator=example.com"
	" --rekor url=https://rekor.example.com,api-version=2,start-time=2026-01-01T00:00:00Z,operator=example.com"
	" --rekor-config ANY --out signing_config.json\n"
	"# the same without a log, with timestamps instead\n"
	"$ cosign signing-config create --base-config signing_config.json --no-default-rekor"
	" --tsa url=https://tsa.example.com/api/v1/timestamp,api-version=1,start-time=2026-01-01T00:00:00Z,operator=example.com"
	" --tsa-config ANY\n";

static const struct command create = {
	.name = "create",
	.brief = "Make a signing config",
	.about = "Each service is a flag of its own, which can be repeated: pairs KEY=VALUE with commas between "
	    "them and none inside. TIME is RFC 3339. Of the services of one kind and operator the newest is used.",
	.examples = examples,
	.opts = create_opts,
	.size = sizeof(struct create),
	.run = run_create,
	.no_env = true,
};

static const struct opt opts[] = {OPT_END};
static const struct command *const verbs[] = {&create, NULL};

static const struct command signing_config = {
	.name = "signing-config",
	.brief = "Make signing configs",
	.about = "A signing config says which services are asked when something is signed.",
	.opts = opts,
	.verbs = verbs,
	.no_env = true,
};
COMMAND_MAIN(signing_config)
