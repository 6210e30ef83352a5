/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/trustflags.h"

#include "base/file.h"
#include "base/log.h"
#include "cli/kvspec.h"
#include "crypto/certlist.h"
#include "sig/trustmake.h"

/* What the parts of one entry are called in messages. */
struct names { const char *file, *url, *start, *end; };

/* One entry, whichever way it was given; ptr NULL where it was not. */
struct entry {
	struct span file, url, origin;
	struct kvspec_times times;
	const struct names *names;
	bool old;
};

static const struct names spec_log = {"public-key", "url", NULL, NULL};
static const struct names spec_ca = {"certificate-chain", "url", NULL, NULL};

static struct span
item(const struct opt_list *list, size_t i)
{
	return i < list->count ? span_str(list->items[i]) : SPAN_NONE;
}

static int
wrap_entry(const char *flag, size_t i, size_t count, struct err *e)
{
	return count > 1 ? err_wrap(e, "--%s, number %zu", flag, i + 1) : err_wrap(e, "--%s", flag);
}

static int
read_named(const struct entry *in, size_t max, struct buf *out, struct pool *pool, struct err *e)
{
	buf_init(out, max);
	if (kvspec_check_text(in->url, e))
		return err_wrap(e, "%s", in->names->url);
	if (file_read(pool_str(pool, in->file), out, e))
		return err_wrap(e, "%s", in->names->file);
	return 0;
}

/* Old flags pair with the files by position: one too many means nothing. */
static int
check_pairs(const struct opt_list *list, const char *name, const struct opt_list *files,
    const char *file_name, struct err *e)
{
	if (list->count <= files->count)
		return 0;
	return err_set(e, REASON_USAGE, "%s: there are more of them than of %s", name, file_name);
}

static int
mixed(const char *flag, const char *old, struct err *e)
{
	return err_set(e, REASON_USAGE, "--%s and %s cannot be given together", flag, old);
}

/* --- logs --- */

struct log_flags {
	const char *flag;
	struct names names;	/* of the old flags */
};
static const struct log_flags rekor_flags = {"rekor",
	{"--rekor-key", "--rekor-url", "--rekor-start-time", "--rekor-end-time"}};
static const struct log_flags ctfe_flags = {"ctfe",
	{"--ctfe-key", "--ctfe-url", "--ctfe-start-time", "--ctfe-end-time"}};

static int
add_log(struct trust_logs *logs, const struct entry *in, struct pool *pool, struct err *e)
{
	AUTO(buf) struct buf pem = BUF_INIT(0);
	struct trust_log log = {.window = {0, INT64_MAX}};

	if (kvspec_window(&log.window, &in->times, e) ||
	    read_named(in, PUBKEY_FILE_MAX, &pem, pool, e))
		return -1;
	if (trustmake_log(&log, buf_span(&pem), in->origin, pool, e))
		return err_wrap(e, "%s", in->names->file);
	log.base_url = in->url;
	if (trustmake_add(logs, &log))
		log_warn("a log is given more than once; the last counts");
	return 0;
}

static int
spec_to_log(struct entry *out, const char *spec, struct err *e)
{
	static const struct kvspec_key keys[] = {{"url", true}, {"public-key", true},
		{"start-time", true}, {"end-time", false}, {"origin", false}};
	struct span v[countof(keys)];

	if (kvspec_parse(spec, keys, countof(keys), v, e))
		return -1;
	if (v[4].ptr && !v[4].len)
		return err_set(e, REASON_USAGE, "origin is empty");
	*out = (struct entry){.url = v[0], .file = v[1], .origin = v[4], .names = &spec_log,
		.times = kvspec_times(v[2], v[3])};
	return 0;
}

static struct entry
old_log(const struct trustflags_log *f, const struct log_flags *flags, size_t i)
{
	struct span origin = item(&f->keys, i), file = origin;

	/* Only Rekor's key may have an origin behind it. */
	if (flags == &rekor_flags)
		file = span_cut(&origin, ',');
	else
		origin = SPAN_NONE;
	return (struct entry){.file = file, .url = item(&f->urls, i),
		.origin = origin.len ? origin : SPAN_NONE, .names = &flags->names, .old = true,
		.times = {item(&f->starts, i), item(&f->ends, i), flags->names.start, flags->names.end}};
}

static int
check_log_flags(const struct trustflags_log *f, const struct log_flags *flags, struct err *e)
{
	const struct opt_list *const old[] = {&f->keys, &f->urls, &f->starts, &f->ends};
	const char *const names[] = {flags->names.file, flags->names.url, flags->names.start,
		flags->names.end};

	for (size_t i = 0; i < countof(old); i++) {
		if (f->specs.count && old[i]->count)
			return mixed(flags->flag, names[i], e);
		if (check_pairs(old[i], names[i], &f->keys, names[0], e))
			return -1;
	}
	return 0;
}

static int
build_logs(struct trust_logs *logs, struct trust_logs *base, const struct trustflags_log *f,
    const struct log_flags *flags, struct pool *pool, struct err *e)
{
	if (check_log_flags(f, flags, e))
		return -1;
	logs->items = pool_array(pool, base->count + f->specs.count + f->keys.count, sizeof(*logs->items));
	for (size_t i = 0; i < base->count; i++)
		logs->items[logs->count++] = base->items[i];
	base->count = 0;
	for (size_t i = 0; i < f->specs.count; i++) {
		struct entry in;

		if (spec_to_log(&in, f->specs.items[i], e) || add_log(logs, &in, pool, e))
			return wrap_entry(flags->flag, i, f->specs.count, e);
	}
	for (size_t i = 0; i < f->keys.count; i++) {
		struct entry in = old_log(f, flags, i);

		if (add_log(logs, &in, pool, e))
			return -1;
	}
	return 0;
}

/* --- authorities --- */

struct ca_flags {
	const char *flag;
	struct names names;
	enum trustmake_kind kind;
};
static const struct ca_flags fulcio_flags = {"fulcio",
	{"--certificate-chain", "--fulcio-uri", NULL, NULL}, TRUSTMAKE_CA};
static const struct ca_flags tsa_flags = {"tsa",
	{"--timestamp-certificate-chain", "--timestamp-uri", NULL, NULL}, TRUSTMAKE_TSA};

static int
add_ca(struct trust_cas *cas, enum trustmake_kind kind, const struct entry *in, struct pool *pool,
    struct err *e)
{
	AUTO(buf) struct buf pem = BUF_INIT(0);
	struct trust_ca *ca = &cas->items[cas->count];
	int64_t root_start;

	if (read_named(in, CERTLIST_FILE_MAX, &pem, pool, e))
		return -1;
	if (trustmake_authority(ca, kind, buf_span(&pem), &root_start, pool, e))
		return err_wrap(e, "%s", in->names->file);
	/* By the old flags both kinds count from the root on. */
	if (in->old)
		ca->window.start = root_start;
	if (kvspec_window(&ca->window, &in->times, e))
		return -1;
	ca->uri = in->url;
	cas->count++;
	return 0;
}

static int
spec_to_ca(struct entry *out, const char *spec, struct err *e)
{
	static const struct kvspec_key keys[] = {{"url", true}, {"certificate-chain", true},
		{"start-time", false}, {"end-time", false}};
	struct span v[countof(keys)];

	if (kvspec_parse(spec, keys, countof(keys), v, e))
		return -1;
	*out = (struct entry){.url = v[0], .file = v[1], .names = &spec_ca,
		.times = kvspec_times(v[2], v[3])};
	return 0;
}

static int
build_cas(struct trust_cas *cas, const struct trust_cas *base, const struct trustflags_ca *f,
    const struct ca_flags *flags, struct pool *pool, struct err *e)
{
	if (f->specs.count && (f->chains.count || f->urls.count))
		return mixed(flags->flag, f->chains.count ? flags->names.file : flags->names.url, e);
	if (check_pairs(&f->urls, flags->names.url, &f->chains, flags->names.file, e))
		return -1;
	cas->items = pool_array(pool, base->count + f->specs.count + f->chains.count, sizeof(*cas->items));
	for (size_t i = 0; i < base->count; i++)
		cas->items[cas->count++] = base->items[i];
	for (size_t i = 0; i < f->specs.count; i++) {
		struct entry in;

		if (spec_to_ca(&in, f->specs.items[i], e) || add_ca(cas, flags->kind, &in, pool, e))
			return wrap_entry(flags->flag, i, f->specs.count, e);
	}
	for (size_t i = 0; i < f->chains.count; i++) {
		struct entry in = {.file = item(&f->chains, i), .url = item(&f->urls, i),
			.names = &flags->names, .old = true};

		if (add_ca(cas, flags->kind, &in, pool, e))
			return -1;
	}
	return 0;
}

int
trustflags_build(const struct trustflags *f, struct trust *base, struct trust *t, struct err *e)
{
	struct trust none = TRUST_INIT;

	if (!base)
		base = &none;
	if (build_cas(&t->cas, &base->cas, &f->fulcio, &fulcio_flags, &t->pool, e) ||
	    build_logs(&t->ctlogs, &base->ctlogs, &f->ctfe, &ctfe_flags, &t->pool, e) ||
	    build_logs(&t->tlogs, &base->tlogs, &f->rekor, &rekor_flags, &t->pool, e) ||
	    build_cas(&t->tsas, &base->tsas, &f->tsa, &tsa_flags, &t->pool, e))
		return -1;
	trustmake_sort(t);
	return 0;
}
