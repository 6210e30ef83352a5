/* SPDX-License-Identifier: Apache-2.0 */
#include "step/witness.h"

#include <inttypes.h>
#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "client/rekor.h"
#include "client/rekor2.h"
#include "client/tsa.h"
#include "crypto/fulcio.h"
#include "crypto/san.h"
#include "net/task.h"
#include "sig/note.h"
#include "sig/timecheck.h"
#include "sig/tlog.h"

/* A log keeps what it is given for good. So authorities are asked a little before
 * it, and where one refuses, or its answer does not hold, the log is not asked.
 * One that is slow is not waited for longer than this, in ms. */
enum { HEAD_START = 100 };

struct call;

/* One request on its way. */
struct asking {
	struct call *call;
	const struct witness_plan *plan;
	const struct witness_content *content;
	struct service service;
	uint32_t version;
	struct tsa_request request;
	struct buf stamp;
	struct bundle_entry entry;
	struct pool *pool;
	struct err err;
	bool failed;
};

/* Everything of one call, too large for a task's stack. */
struct call {
	const struct witness_plan *plan;
	const struct witness_content *content;
	struct asking stampers[WITNESS_MAX], logs[WITNESS_MAX];
	int64_t times[WITNESS_MAX];
	size_t time_count;
};

static void
ask_log(void *arg)
{
	struct asking *a = arg;
	struct rekor_proposal p = {.what = &a->content->what, .envelope = a->content->envelope,
	    .intoto = a->plan->intoto ? 2 : 0};

	if (a->version == 2)
		a->failed = rekor2_add(&a->service, p.what, &a->entry, a->pool, &a->err) != 0;
	else
		a->failed = rekor_add(&a->service, &p, &a->entry, a->pool, &a->err) != 0;
}

/* Where a trusted root does not have the authority's own certificate, the token
 * must bring it. */
static bool
wants_certificates(const struct anchors *a)
{
	for (size_t i = 0; i < a->tsa_count; i++)
		if (a->tsas[i].leaf.count == 0)
			return true;
	return false;
}

/* --- judging --- */

static int
check_leaf_time(const struct call *c, int64_t when, struct err *e)
{
	AUTO(cert) struct cert leaf = CERT_INIT;
	char at[DATE_TEXT], from[DATE_TEXT], to[DATE_TEXT];

	if (!c->content->what.cert.ptr)
		return 0;
	if (cert_parse_der(&leaf, c->content->what.cert, e))
		return -1;
	if (cert_valid_at(&leaf, when))
		return 0;
	err_set(e, REASON_EXPIRED_CERTIFICATE, "the time it gives is not within the certificate's validity");
	err_expected(e, "from %s to %s", date_format(leaf.not_before, from), date_format(leaf.not_after, to));
	return err_found(e, "%s", date_format(when, at));
}

static int
judge_stamp(struct call *c, struct asking *a, struct err *e)
{
	int64_t when;

	if (timecheck_token(c->plan->anchors, buf_span(&a->stamp), c->content->what.sig, tsa_request_nonce(&a->request),
	    &when, e) || check_leaf_time(c, when, e))
		return service_wrap(&a->service, e);
	c->times[c->time_count++] = when;
	return 0;
}

static bool
signed_by(const struct checkpoint *c, const struct trust_log *log)
{
	unsigned char hash[MERKLE_HASH];

	if (!log->host.len || !span_eq(log->host, c->origin))
		return false;
	note_key_hash(&log->key, log->host, hash);
	for (size_t i = 0; i < c->note.count; i++)
		if (memcmp(c->note.signatures[i].id, hash, NOTE_ID) == 0)
			return true;
	return false;
}

/* The log that an entry made of tiles is of: by the name and key id on its
 * checkpoint. */
static void
name_log(const struct call *c, struct bundle_entry *entry)
{
	const struct trust_logs *logs = &c->plan->anchors->trust.tlogs;
	AUTO(checkpoint) struct checkpoint note = CHECKPOINT_INIT;

	if (entry->log_id.len || note_parse_checkpoint(&note, entry->checkpoint, NULL))
		return;
	for (size_t i = 0; !entry->log_id.len && i < logs->count; i++)
		if (signed_by(&note, &logs->items[i]))
			entry->log_id = logs->items[i].id;
}

/* What a verifier will ask of it: of Rekor v1 the promise, and in bundles the
 * proof. */
static int
check_complete(const struct asking *a, const struct tlog_entry *judged, struct err *e)
{
	if (a->version == 1 && !judged->promised)
		return err_set(e, REASON_BAD_LOG_ENTRY, "the log gave no promise");
	if (!judged->proved && !a->content->what.legacy)
		return err_set(e, REASON_BAD_LOG_ENTRY, "the log gave no proof of inclusion");
	return 0;
}

static int
judge_entry(struct call *c, struct asking *a, struct err *e)
{
	struct tlog_policy p = {.threshold = 1, .times = c->times, .time_count = c->time_count};
	struct tlog_entry judged;

	name_log(c, &a->entry);
	if (tlog_judge_entry(&a->entry, &a->content->what, &c->plan->anchors->trust, &p, &judged)) {
		*e = judged.why;
		return service_wrap(&a->service, e);
	}
	if (check_complete(a, &judged, e) || (judged.promised && check_leaf_time(c, judged.integrated_time, e)))
		return service_wrap(&a->service, e);
	return 0;
}

/* --- asking --- */

static void
ask_stamper(void *arg)
{
	struct asking *a = arg;

	a->failed = tsa_ask(&a->service, &a->request, &a->stamp, &a->err) != 0 || judge_stamp(a->call, a, &a->err) != 0;
}

static void
ask_stampers(struct call *c, struct task_group *group, struct pool *pool)
{
	const struct witness_plan *p = c->plan;

	for (size_t i = 0; i < p->stamper_count; i++) {
		struct asking *a = &c->stampers[i];

		*a = (struct asking){.call = c, .plan = p, .content = c->content, .stamp = BUF_INIT(TSP_MAX), .pool = pool,
		    .service = {"timestamp authority", p->stampers[i], &p->stamper_peer}, .err = ERR_INIT};
		tsa_request_init(&a->request, c->content->what.sig, wants_certificates(p->anchors));
		task_start(group, ask_stamper, a);
	}
}

static void
ask_logs(struct call *c, struct task_group *group, struct pool *pool)
{
	const struct witness_plan *p = c->plan;

	for (size_t i = 0; i < p->log_count; i++) {
		c->logs[i] = (struct asking){.call = c, .plan = p, .content = c->content, .version = p->logs[i].version,
		    .service = {"transparency log", p->logs[i].url, NULL}, .pool = pool, .err = ERR_INIT};
		task_start(group, ask_log, &c->logs[i]);
	}
}

static bool
is_refused(const struct call *c)
{
	for (size_t i = 0; i < c->plan->stamper_count; i++)
		if (c->stampers[i].failed)
			return true;
	return false;
}

static void
ask_all(struct call *c, struct pool *pool)
{
	struct task_group stampers, logs;

	task_group_init(&stampers, WITNESS_MAX);
	task_group_init(&logs, WITNESS_MAX);
	ask_stampers(c, &stampers, pool);
	if (c->plan->stamper_count && c->plan->log_count)
		(void)task_wait_for(&stampers, HEAD_START);
	if (!is_refused(c))
		ask_logs(c, &logs, pool);
	task_wait(&stampers);
	task_wait(&logs);
}

/* --- keeping --- */

static bool
is_known(const struct witness *w, const struct bundle_entry *entry)
{
	for (size_t i = 0; i < w->entry_count; i++)
		if (span_eq(w->entries[i].log_id, entry->log_id))
			return true;
	return false;
}

static void
keep_entry(const struct call *c, struct witness *out, const struct bundle_entry *entry)
{
	if (is_known(out, entry))
		return;
	out->entries[out->entry_count++] = *entry;
	if (!c->plan->quiet)
		log_say("tlog entry created with index: %" PRId64, entry->log_index);
}

static int
judge_all(struct call *c, struct witness *out, struct pool *pool, struct err *e)
{
	const struct witness_plan *p = c->plan;

	for (size_t i = 0; i < p->stamper_count; i++)
		if (c->stampers[i].failed) {
			*e = c->stampers[i].err;
			return -1;
		}
	for (size_t i = 0; i < p->log_count; i++)
		if (c->logs[i].failed || judge_entry(c, &c->logs[i], &c->logs[i].err)) {
			*e = c->logs[i].err;
			return -1;
		}
	for (size_t i = 0; i < p->stamper_count; i++)
		out->stamps[out->stamp_count++] = pool_span(pool, buf_span(&c->stampers[i].stamp));
	for (size_t i = 0; i < p->log_count; i++)
		keep_entry(c, out, &c->logs[i].entry);
	return 0;
}

static int
check_now(const struct witness_content *c, struct err *e)
{
	AUTO(cert) struct cert leaf = CERT_INIT;
	char text[DATE_TEXT];

	if (!c->what.cert.ptr)
		return 0;
	if (cert_parse_der(&leaf, c->what.cert, e))
		return -1;
	/* Whether it has begun the services tell, whose clocks count. */
	if (date_now() <= leaf.not_after)
		return 0;
	err_set(e, REASON_EXPIRED_CERTIFICATE, "the certificate is valid no more, and nobody may vouch for it");
	return err_expected(e, "before %s", date_format(leaf.not_after, text));
}

int
witness_ask(const struct witness_plan *p, const struct witness_content *c, struct witness *out, struct pool *pool,
    struct err *e)
{
	struct call *call;
	int rc;

	if (!witness_plan_asks(p))
		return 0;
	if (!p->anchors)
		BUG("nobody is trusted to vouch");
	if (out->entry_count + p->log_count > WITNESS_MAX || out->stamp_count + p->stamper_count > WITNESS_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d services vouch for one signature", WITNESS_MAX);
	if (check_now(c, e))
		return -1;
	call = xcalloc(1, sizeof(*call));
	call->plan = p;
	call->content = c;
	ask_all(call, pool);
	rc = judge_all(call, out, pool, e);
	for (size_t i = 0; i < p->stamper_count; i++)
		buf_release(&call->stampers[i].stamp);
	free(call);
	return rc;
}

/* --- in and out of bundles --- */

void
witness_put(const struct witness *w, struct bundle *b)
{
	if (w->cert.len) {
		b->key = BUNDLE_KEY_CERT;
		b->certs = (struct shape_strs){(struct span *)(uintptr_t)&w->cert, 1};
	}
	b->entries = (struct bundle_entry *)(uintptr_t)w->entries;
	b->entry_count = w->entry_count;
	b->timestamps = (struct shape_strs){(struct span *)(uintptr_t)w->stamps, w->stamp_count};
}

int
witness_take(struct witness *w, const struct bundle *b, struct err *e)
{
	if (b->entry_count > WITNESS_MAX || b->timestamps.count > WITNESS_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d services vouch for one signature", WITNESS_MAX);
	*w = (struct witness){.entry_count = b->entry_count, .stamp_count = b->timestamps.count};
	if (b->key == BUNDLE_KEY_CERT && b->certs.count)
		w->cert = b->certs.items[0];
	for (size_t i = 0; i < b->entry_count; i++)
		w->entries[i] = b->entries[i];
	for (size_t i = 0; i < b->timestamps.count; i++)
		w->stamps[i] = b->timestamps.items[i];
	return 0;
}

/* --- the whole --- */

/* Whoever the certificate names: that it is the right one was checked when it was
 * issued. One that a user brought may name nobody whom a verifier could ask for,
 * and is none of our business. */
static int
check_certified(struct policy *policy, struct material *m, const struct target *t, struct verdict *v, struct err *e)
{
	AUTO(identity) struct identity id = IDENTITY_INIT;
	AUTO(san_list) struct san_list names = SAN_LIST_INIT;
	AUTO(cert) struct cert leaf = CERT_INIT;
	struct identity *ids[] = {&id};
	const struct san *who;
	struct shape_strs certs;
	struct span issuer;

	v->ok = true;
	if (material_certificates(m, &certs, e) || cert_parse_der(&leaf, certs.items[0], e) ||
	    fulcio_issuer(&leaf, &issuer, e) || san_list_get(&names, &leaf, e))
		return -1;
	who = san_primary(&names);
	if (!who || !issuer.len)
		return 0;
	if (identity_init(&id, issuer, SPAN_NONE, who->text, SPAN_NONE, e))
		return -1;
	policy->identities = ids;
	policy->identity_count = 1;
	verify_material(m, t, policy, v);
	return 0;
}

int
witness_check(const struct witness_plan *p, struct material *m, const struct target *t, struct pubkey *key,
    struct err *e)
{
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	struct policy policy = {.anchors = p->anchors, .ignore_log = p->log_count == 0, .stamps = p->stamper_count > 0,
	    .now = date_now(), .any_subject = true, .text_predicates = true, .keys = &key, .key_count = 1,
	    .ignore_sct = true};

	if (!witness_plan_asks(p))
		return 0;
	if (material_has_certificate(m)) {
		policy.key_count = 0;
		if (check_certified(&policy, m, t, &v, e))
			return -1;
	} else {
		verify_material(m, t, &policy, &v);
	}
	if (v.ok)
		return 0;
	*e = v.why;
	return err_wrap(e, "what the services answered does not hold together");
}
