/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/timecheck.h"

#include "base/date.h"
#include "crypto/tspcheck.h"
#include "sig/logset.h"
#include "sig/stampfile.h"
#include "sig/tlog.h"

static void
prove(struct job *j, int64_t when, bool log)
{
	struct verdict *v = j->v;

	if (v->time_count < countof(v->times))
		v->times[v->time_count++] = (struct verdict_time){when, log};
}

/* --- timestamps --- */

/* Rekor v2 proves no time: with a certificate an authority must. One entry that
 * has a time will do (bundle.md 4.5). */
static bool
logs_are_timeless(const struct job *j)
{
	const struct bundle *b = &j->m->bundle;

	for (size_t i = 0; i < b->entry_count; i++)
		if (b->entries[i].integrated_time != 0)
			return false;
	return b->entry_count > 0;
}

static bool
stamps_are_needed(const struct job *j)
{
	bool timeless = j->m->form == MATERIAL_BUNDLE && logs_are_timeless(j);

	if (j->p->stamps)
		return true;
	if (j->p->max_age && (j->p->ignore_log || timeless))
		return j->m->bundle.timestamps.count || j->m->stamp.len;
	return j->by_cert && timeless && !j->p->ignore_log;
}

static bool
same_authority(const struct anchor *a, const struct anchor *b)
{
	return a == b || (a->uri.len && span_eq(a->uri, b->uri));
}

static int
check_by(const struct anchor *a, const struct tsp *t, struct span stamped, struct span nonce, struct err *e)
{
	struct certlist roots = a->roots, helpers = a->helpers;
	struct certlist *root = &roots, *helper = &helpers;
	struct tsp_want want = {.message = stamped, .roots = &root, .root_lists = 1, .helpers = &helper,
	    .helper_lists = 1, .leaf = a->leaf.count ? a->leaf.items[0] : NULL, .nonce = nonce};
	char text[DATE_TEXT], window[96];
	int64_t ms = t->time.seconds * 1000 + (t->time.nanos + 999999) / 1000000;

	if (tspcheck(t, &want, e))
		return -1;
	if (trust_window_has(&a->window, t->time.seconds) && trust_window_has_ms(&a->window, ms))
		return 0;
	err_set(e, REASON_BAD_TIMESTAMP, "the timestamp authority was not trusted then");
	err_expected(e, "%s", trust_window_text(&a->window, window));
	return err_found(e, "%s", date_format(t->time.seconds, text));
}

/* Upstream stamps the signature of a legacy attestation, and verifies as if it
 * had stamped the envelope: both may be meant (tsa.md 8.1). */
static bool
legacy_envelope(const struct job *j)
{
	return j->m->form == MATERIAL_LEGACY && j->m->content == BUNDLE_DSSE;
}

/* The authority that vouches for one token, or NULL with the reason of the
 * last. also, unless ptr NULL, may be what was stamped instead. */
static const struct anchor *
find_authority(const struct anchors *a, struct span der, struct span stamped, struct span also, struct span nonce,
    int64_t *when, struct err *e)
{
	AUTO(tsp) struct tsp t = TSP_INIT;

	if (tsp_parse_response(&t, der, e))
		return NULL;
	if (!a || a->tsa_count == 0) {
		err_set(e, REASON_BAD_TIMESTAMP, "no timestamp authority is trusted");
		return NULL;
	}
	for (size_t i = 0; i < a->tsa_count; i++)
		if (check_by(&a->tsas[i], &t, stamped, nonce, e) == 0 ||
		    (also.ptr && check_by(&a->tsas[i], &t, also, nonce, NULL) == 0)) {
			*when = t.time.seconds;
			return &a->tsas[i];
		}
	return NULL;
}

int
timecheck_token(const struct anchors *a, struct span der, struct span stamped, struct span nonce, int64_t *when,
    struct err *e)
{
	struct err why = ERR_INIT;

	if (find_authority(a, der, stamped, SPAN_NONE, nonce, when, &why))
		return 0;
	if (e)
		*e = why;
	return -1;
}

/* Bad ones do not count, and do no harm (bundle.md 4.5 step 3). */
static size_t
count_stamps(struct job *j, const struct shape_strs *stamps, struct err *e)
{
	const struct anchor *seen[BUNDLE_TIMESTAMPS_MAX];
	size_t distinct = 0;

	for (size_t i = 0; i < stamps->count && i < countof(seen); i++) {
		struct err why = ERR_INIT;
		int64_t when;
		const struct anchor *a = find_authority(j->p->anchors, stamps->items[i], j->m->sig,
		    legacy_envelope(j) ? j->m->message : SPAN_NONE, SPAN_NONE, &when, &why);
		bool known = false;

		if (!a && err_is(e, REASON_NONE))
			*e = why;
		if (!a)
			continue;
		for (size_t k = 0; k < distinct; k++)
			known |= same_authority(a, seen[k]);
		if (known)
			continue;
		seen[distinct++] = a;
		prove(j, when, false);
	}
	return distinct;
}

static int
list_stamps(struct job *j, struct span *one, struct shape_strs *out, struct err *e)
{
	if (j->m->form == MATERIAL_BUNDLE) {
		*out = j->m->bundle.timestamps;
		return 0;
	}
	if (!j->m->stamp.len)
		return 0;
	if (stampfile_parse(one, j->m->stamp, &j->m->pool, e))
		return -1;
	*out = (struct shape_strs){one, 1};
	return 0;
}

static int
need_stamps(struct job *j, struct err *e)
{
	size_t want = job_threshold(j->p->stamp_threshold), got;
	struct shape_strs stamps = {NULL, 0};
	struct span one = SPAN_NONE;

	if (list_stamps(j, &one, &stamps, e))
		return -1;
	got = count_stamps(j, &stamps, e);
	if (got >= want) {
		j->v->stamps = got;
		return 0;
	}
	if (!err_is(e, REASON_NONE))
		return err_wrap(e, "signed timestamp");
	err_set(e, REASON_BAD_TIMESTAMP, stamps.count ? "too few timestamp authorities vouch for the signature" :
	    "the signature has no signed timestamp");
	err_expected(e, "%zu", want);
	return err_found(e, "%zu", got);
}

int
timecheck_stamps(struct job *j)
{
	struct err e = ERR_INIT;

	if (!stamps_are_needed(j)) {
		verdict_skip(j->v, CHECK_TIMESTAMP);
		return 0;
	}
	if (need_stamps(j, &e))
		return verdict_fail(j->v, CHECK_TIMESTAMP, &e);
	verdict_pass(j->v, CHECK_TIMESTAMP);
	return 0;
}

/* --- logs --- */

static int
list_entries(struct job *j, struct bundle_entry *one, const struct bundle_entry **entries, size_t *count,
    struct err *e)
{
	*entries = j->m->bundle.entries;
	*count = j->m->bundle.entry_count;
	if (j->m->form == MATERIAL_BUNDLE || !j->m->log.len)
		return 0;
	*entries = one;
	*count = 1;
	return logset_parse(one, j->m->log, &j->m->pool, e);
}

/* What the log should have recorded. */
static void
describe(const struct job *j, struct logbody_subject *s, unsigned char digest[HASH_SIZE_MAX])
{
	const struct bundle *b = &j->m->bundle;

	*s = (struct logbody_subject){.key = j->key, .sig = j->m->sig, .legacy = j->m->form == MATERIAL_LEGACY,
	    .dsse = j->m->content == BUNDLE_DSSE, .payload_type = b->payload_type, .payload = b->payload,
	    .cert = j->by_cert ? j->certs.items[0] : SPAN_NONE, .hash = HASH_SHA256};
	if (s->dsse && !s->legacy)
		return;
	if (j->m->message.ptr) {
		digest_of(HASH_SHA256, j->m->message, digest);
		s->digest = span_of(digest, hash_size(HASH_SHA256));
	} else {
		s->hash = s->legacy ? HASH_SHA256 : j->hash;
		s->digest = j->t->digest[s->hash];
	}
}

/* What an entry says of its time binds the certificate, proved or not. */
static int
check_leaf(const struct job *j, const struct bundle_entry *entry, struct err *e)
{
	char at[DATE_TEXT], from[DATE_TEXT], to[DATE_TEXT];

	if (!j->by_cert || entry->integrated_time == 0 || cert_valid_at(&j->leaf, entry->integrated_time))
		return 0;
	err_set(e, REASON_EXPIRED_CERTIFICATE, "the log took the entry when the certificate was not valid");
	err_expected(e, "from %s to %s", date_format(j->leaf.not_before, from), date_format(j->leaf.not_after, to));
	return err_found(e, "%s", date_format(entry->integrated_time, at));
}

/* Each log proves one time, and only by a promise. */
static int
take_times(struct job *j, const struct bundle_entry *entries, const struct tlog_entry *results, size_t count,
    struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		bool known = false;

		if (results[i].status != TLOG_GOOD)
			continue;
		if (check_leaf(j, &entries[i], e))
			return err_wrap(e, "log entry %zu", i);
		for (size_t k = 0; k < i; k++)
			known |= results[k].status == TLOG_GOOD && results[k].promised && results[k].log == results[i].log;
		if (results[i].promised && !known)
			prove(j, results[i].integrated_time, true);
	}
	return 0;
}

/* The first that counts, and of it what the log vouched for: without a promise
 * that is no time, and of Rekor v1 no index either. */
static void
keep_entry(struct job *j, const struct bundle_entry *entries, const struct tlog_entry *results, size_t count)
{
	struct bundle_entry told;
	size_t i = 0;

	while (i < count && results[i].status != TLOG_GOOD)
		i++;
	if (i == count)
		return;
	told = entries[i];
	if (!results[i].promised) {
		told.integrated_time = 0;
		told.log_index = results[i].indexed ? told.log_index : -1;
	}
	verdict_keep_entry(j->v, &told);
}

static int
no_entry(struct job *j, struct err *e)
{
	err_set(e, REASON_NOT_LOGGED, "the signature comes with no transparency log entry");
	err_expected(e, "%zu", job_threshold(j->p->log_threshold));
	err_found(e, "0");
	return err_hint(e, "--insecure-ignore-tlog=true does without");
}

static int
need_logs(struct job *j, struct err *e)
{
	unsigned char digest[HASH_SIZE_MAX];
	int64_t times[BUNDLE_TIMESTAMPS_MAX];
	struct tlog_policy p = {.threshold = job_threshold(j->p->log_threshold), .times = times};
	struct tlog_entry results[BUNDLE_ENTRIES_MAX] = {0};
	const struct bundle_entry *entries;
	struct logbody_subject s;
	struct bundle_entry one;
	size_t count;

	if (!j->p->anchors)
		return err_set(e, REASON_NOT_LOGGED, "no transparency log is trusted");
	if (list_entries(j, &one, &entries, &count, e))
		return -1;
	if (count == 0)
		return no_entry(j, e);
	for (; p.time_count < j->v->time_count && p.time_count < countof(times); p.time_count++)
		times[p.time_count] = j->v->times[p.time_count].when;
	describe(j, &s, digest);
	if (tlog_judge(entries, count, &s, &j->p->anchors->trust, &p, results, &j->v->logs, e) ||
	    take_times(j, entries, results, count, e))
		return -1;
	keep_entry(j, entries, results, count);
	return 0;
}

int
timecheck_log(struct job *j)
{
	struct err e = ERR_INIT;

	if (j->p->ignore_log) {
		verdict_skip(j->v, CHECK_LOG);
		return 0;
	}
	if (need_logs(j, &e))
		return verdict_fail(j->v, CHECK_LOG, &e);
	verdict_pass(j->v, CHECK_LOG);
	return 0;
}

/* --- age --- */

int
timecheck_age(struct job *j)
{
	char oldest[DATE_TEXT], limit[DATE_TEXT];
	struct err e = ERR_INIT;
	int64_t since;

	if (!j->p->max_age) {
		verdict_skip(j->v, CHECK_AGE);
		return 0;
	}
	if (__builtin_sub_overflow(j->p->now, j->p->max_age, &since))
		since = INT64_MIN;
	if (j->v->time_count == 0) {
		err_set(&e, REASON_TOO_OLD, "nothing proves when the signature was made");
		err_expected(&e, "%s or later", date_format(since, limit));
		return verdict_fail(j->v, CHECK_AGE, &e);
	}
	for (size_t i = 0; i < j->v->time_count; i++) {
		if (j->v->times[i].when >= since)
			continue;
		err_set(&e, REASON_TOO_OLD, "the signature is older than asked for");
		err_expected(&e, "%s or later", date_format(since, limit));
		err_found(&e, "%s", date_format(j->v->times[i].when, oldest));
		return verdict_fail(j->v, CHECK_AGE, &e);
	}
	verdict_pass(j->v, CHECK_AGE);
	return 0;
}
