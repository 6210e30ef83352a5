/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/signconf.h"

#define MEDIA_TYPE_02 "application/vnd.dev.sigstore.signingconfig.v0.2+json"

/* protobuf's ServiceSelector. */
static const char *const modes[] = {
	[SIGNCONF_UNDEFINED] = "SERVICE_SELECTOR_UNDEFINED",
	[SIGNCONF_ALL] = "ALL",
	[SIGNCONF_ANY] = "ANY",
	[SIGNCONF_EXACT] = "EXACT",
};

struct raw_service {
	struct span url, operator;
	int64_t version;
	struct node valid_for;
};
struct raw_selector { struct node mode; int64_t count; };
struct raw_signconf {
	struct span media_type;
	struct shape_objs cas, oidcs, tlogs, tsas;
	struct raw_selector tlog_selector, tsa_selector;
};

static const struct field service_fields[] = {
	FIELD_STR(struct raw_service, url, "url", 0, .max = SIGNCONF_TEXT_MAX),
	FIELD_INT(struct raw_service, version, "majorApiVersion", 0, .alias = "major_api_version"),
	FIELD_RAW(struct raw_service, valid_for, "validFor", 0, .alias = "valid_for"),
	FIELD_STR(struct raw_service, operator, "operator", 0, .max = SIGNCONF_TEXT_MAX),
	FIELD_END,
};
static const struct field selector_fields[] = {
	FIELD_RAW(struct raw_selector, mode, "selector", 0),
	FIELD_INT(struct raw_selector, count, "count", 0),
	FIELD_END,
};
static const struct field signconf_fields[] = {
	FIELD_STR(struct raw_signconf, media_type, "mediaType", FIELD_REQUIRED,
	    .alias = "media_type"),
	FIELD_OBJS(struct raw_signconf, cas, "caUrls", service_fields, struct raw_service, 0,
	    .alias = "ca_urls", .max = SIGNCONF_SERVICES_MAX),
	FIELD_OBJS(struct raw_signconf, oidcs, "oidcUrls", service_fields, struct raw_service, 0,
	    .alias = "oidc_urls", .max = SIGNCONF_SERVICES_MAX),
	FIELD_OBJS(struct raw_signconf, tlogs, "rekorTlogUrls", service_fields, struct raw_service, 0,
	    .alias = "rekor_tlog_urls", .max = SIGNCONF_SERVICES_MAX),
	FIELD_OBJ(struct raw_signconf, tlog_selector, "rekorTlogConfig", selector_fields, 0,
	    .alias = "rekor_tlog_config"),
	FIELD_OBJS(struct raw_signconf, tsas, "tsaUrls", service_fields, struct raw_service, 0,
	    .alias = "tsa_urls", .max = SIGNCONF_SERVICES_MAX),
	FIELD_OBJ(struct raw_signconf, tsa_selector, "tsaConfig", selector_fields, 0,
	    .alias = "tsa_config"),
	FIELD_END,
};

/* --- reading --- */

static int
read_service(struct signconf_service *out, const struct raw_service *raw, struct pool *pool,
    struct err *e)
{
	if (raw->url.len == 0)
		return err_set(e, REASON_CONFIG, "url: missing or empty");
	if (raw->version < 0 || raw->version > UINT32_MAX)
		return err_set(e, REASON_CONFIG, "majorApiVersion: not a 32 bit number");
	*out = (struct signconf_service){
		.url = raw->url,
		.operator = raw->operator,
		.version = (uint32_t)raw->version,
	};
	return trust_window_read(&out->window, raw->valid_for, pool, e);
}

static int
read_services(struct signconf_services *out, const struct shape_objs *raw, const char *name,
    struct pool *pool, struct err *e)
{
	const struct raw_service *items = raw->items;

	out->items = pool_array(pool, raw->count, sizeof(*out->items));
	out->count = raw->count;
	for (size_t i = 0; i < raw->count; i++)
		if (read_service(&out->items[i], &items[i], pool, e))
			return err_wrap(e, "%s[%zu]", name, i);
	return 0;
}

static int
read_selector(struct signconf_selector *out, const struct raw_selector *raw, const char *name,
    struct err *e)
{
	int64_t number;
	size_t i = 0;

	if (!raw->mode.raw.ptr || raw->mode.kind == JSON_NULL)
		number = SIGNCONF_UNDEFINED;
	else if (raw->mode.kind != JSON_NUMBER || !node_int(raw->mode, &number))
		number = -1;
	while (i < countof(modes) && number != (int64_t)i && !(raw->mode.raw.ptr && node_is(raw->mode, modes[i])))
		i++;
	if (i == countof(modes)) {
		err_set(e, REASON_CONFIG, "%s.selector: no way to choose services", name);
		err_expected(e, "ALL, ANY or EXACT");
		return err_found(e, "%.*s", SPAN_FMT(span_first(raw->mode.raw, 64)));
	}
	if (raw->count < 0 || raw->count > UINT32_MAX)
		return err_set(e, REASON_CONFIG, "%s.count: not a 32 bit number", name);
	*out = (struct signconf_selector){(enum signconf_mode)i, (uint32_t)raw->count};
	return 0;
}

static int
read_all(struct signconf *c, struct span json, struct err *e)
{
	struct raw_signconf raw = {0};
	struct pool *pool = &c->pool;

	if (shape_parse(&raw, signconf_fields, json, SHAPE_STRICT, pool, e))
		return -1;
	if (!span_is(raw.media_type, MEDIA_TYPE_02)) {
		err_set(e, REASON_CONFIG, "mediaType: not a signing config of version 0.2");
		err_expected(e, "%s", MEDIA_TYPE_02);
		return err_found(e, "%.*s", SPAN_FMT(span_first(raw.media_type, 128)));
	}
	if (read_services(&c->cas, &raw.cas, "caUrls", pool, e) ||
	    read_services(&c->oidcs, &raw.oidcs, "oidcUrls", pool, e) ||
	    read_services(&c->tlogs, &raw.tlogs, "rekorTlogUrls", pool, e) ||
	    read_services(&c->tsas, &raw.tsas, "tsaUrls", pool, e) ||
	    read_selector(&c->tlog_selector, &raw.tlog_selector, "rekorTlogConfig", e))
		return -1;
	return read_selector(&c->tsa_selector, &raw.tsa_selector, "tsaConfig", e);
}

int
signconf_parse(struct signconf *c, struct span json, struct err *e)
{
	if (json.len > SIGNCONF_MAX)
		return err_set(e, REASON_TOO_LARGE, "a signing config has at most %d bytes", SIGNCONF_MAX);
	if (read_all(c, json, e) == 0)
		return 0;
	signconf_release(c);
	if (e && e->reason != REASON_TOO_LARGE)
		e->reason = REASON_CONFIG;
	return err_wrap(e, "signing config");
}

void
signconf_release(struct signconf *c)
{
	pool_release(&c->pool);
	*c = (struct signconf)SIGNCONF_INIT;
}

/* --- writing --- */

static void
emit_service(struct emit *j, const struct signconf_service *s)
{
	struct trust_window w = s->window;

	/* The first second of the year 1. */
	if (w.start == INT64_MIN)
		w.start = INT64_C(-62135596800) * 1000;
	emit_object(j);
	emit_kspan(j, "url", s->url);
	if (s->version)
		emit_kint(j, "majorApiVersion", s->version);
	trust_window_emit(j, &w);
	if (s->operator.len)
		emit_kspan(j, "operator", s->operator);
	emit_object_end(j);
}

static void
emit_services(struct emit *j, const char *name, const struct signconf_services *s)
{
	if (s->count == 0)
		return;
	emit_key(j, name);
	emit_array(j);
	for (size_t i = 0; i < s->count; i++)
		emit_service(j, &s->items[i]);
	emit_array_end(j);
}

static void
emit_selector(struct emit *j, const char *name, const struct signconf_selector *s)
{
	emit_key(j, name);
	emit_object(j);
	if (s->mode != SIGNCONF_UNDEFINED)
		emit_kstr(j, "selector", modes[s->mode]);
	if (s->count)
		emit_kint(j, "count", s->count);
	emit_object_end(j);
}

void
signconf_emit(const struct signconf *c, struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	j.raw_html = true;
	emit_object(&j);
	emit_kstr(&j, "mediaType", MEDIA_TYPE_02);
	emit_services(&j, "caUrls", &c->cas);
	emit_services(&j, "oidcUrls", &c->oidcs);
	emit_services(&j, "rekorTlogUrls", &c->tlogs);
	emit_selector(&j, "rekorTlogConfig", &c->tlog_selector);
	emit_services(&j, "tsaUrls", &c->tsas);
	emit_selector(&j, "tsaConfig", &c->tsa_selector);
	emit_object_end(&j);
}

/* --- the flag --- */

int
signconf_selector_parse(struct signconf_selector *s, struct span text, struct err *e)
{
	struct span count = text, mode = span_cut(&count, ':');
	uint64_t n = 0;
	size_t i = SIGNCONF_ALL;

	while (i < countof(modes) && !span_eq_nocase(mode, span_str(modes[i])))
		i++;
	if (i < countof(modes) && (i == SIGNCONF_EXACT ? span_decimal(count, UINT32_MAX, &n) && n : !count.ptr)) {
		*s = (struct signconf_selector){(enum signconf_mode)i, (uint32_t)n};
		return 0;
	}
	err_set(e, REASON_USAGE, "no way to choose services");
	err_expected(e, "ANY, ALL or EXACT:N with N from 1");
	return err_found(e, "'%.*s'", SPAN_FMT(span_first(text, 64)));
}
