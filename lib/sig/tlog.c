/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/tlog.h"

#include <inttypes.h>
#include "base/date.h"
#include "codec/b64.h"
#include "codec/hex.h"
#include "sig/bundle.h"
#include "sig/note.h"

struct judging {
	const struct bundle_entry *entry;
	const struct logbody_subject *subject;
	struct trust *trust;
	const struct tlog_policy *policy;
	enum logbody_kind kind;
	struct trust_log *log;
	struct tlog_entry *out;
};

/* --- the log, and when its key counts --- */

static int
check_window(const struct trust_log *log, int64_t when, struct err *e)
{
	char text[DATE_TEXT], window[96];

	if (trust_window_has(&log->window, when))
		return 0;
	err_set(e, REASON_UNTRUSTED_LOG, "the log's key was not valid then");
	err_expected(e, "%s", trust_window_text(&log->window, window));
	return err_found(e, "%s", date_format(when, text));
}

static int
find_log(struct judging *j, const int64_t *when, struct err *e)
{
	char text[2 * TRUST_ID_MAX + 1];

	j->log = trust_find(&j->trust->tlogs, j->entry->log_id, when);
	j->out->log = j->log;
	if (j->log)
		return 0;
	err_set(e, REASON_UNTRUSTED_LOG, "the trusted root has no such transparency log");
	hex_format(text, j->entry->log_id.ptr, j->entry->log_id.len < TRUST_ID_MAX ?
	    j->entry->log_id.len : TRUST_ID_MAX);
	return err_found(e, "log id %s", text);
}

/* Without a promise the log proves no time: those of others must do. */
static int
check_times(struct judging *j, struct err *e)
{
	const struct tlog_policy *p = j->policy;

	for (size_t i = 0; i < p->time_count; i++)
		if (check_window(j->log, p->times[i], e))
			return -1;
	j->out->timed = p->time_count > 0;
	return 0;
}

/* --- the promise --- */

void
tlog_promise(const struct bundle_entry *entry, struct buf *out)
{
	buf_add_str(out, "{\"body\":\"");
	b64_encode(out, entry->body, B64_STD);
	buf_printf(out, "\",\"integratedTime\":%" PRId64 ",\"logID\":\"", entry->integrated_time);
	hex_encode(out, entry->log_id);
	buf_printf(out, "\",\"logIndex\":%" PRId64 "}", entry->log_index);
}

static int
check_promise(struct judging *j, struct err *e)
{
	AUTO(buf) struct buf signed_bytes = BUF_INIT(ENTRY_BODY_MAX * 2);

	if (j->kind == LOGBODY_V2)
		return err_set(e, REASON_BAD_LOG_ENTRY, "a log of Rekor v2 gives no promises");
	if (check_window(j->log, j->entry->integrated_time, e))
		return -1;
	if (j->log->key.type == KEY_RSA || j->log->key.type == KEY_ED25519)
		return err_set(e, REASON_BAD_LOG_ENTRY, "the log's key is not one that makes promises");
	tlog_promise(j->entry, &signed_bytes);
	if (buf_check(&signed_bytes, "the log entry", e))
		return -1;
	if (pubkey_verify(&j->log->key, HASH_SHA256, buf_span(&signed_bytes), j->entry->set, e)) {
		e->reason = REASON_BAD_LOG_ENTRY;
		return err_wrap(e, "signed entry timestamp");
	}
	j->out->promised = j->out->timed = true;
	j->out->integrated_time = j->entry->integrated_time;
	return 0;
}

/* --- the proof --- */

static int
check_inclusion(struct judging *j, const struct checkpoint *c, struct span leaf, int64_t index,
    struct err *e)
{
	unsigned char hash[MERKLE_HASH];

	merkle_leaf(leaf, hash);
	if (merkle_check_inclusion(hash, index, c->size, &j->entry->hashes,
	    span_of(c->root, MERKLE_HASH), e))
		return -1;
	j->out->proved = true;
	j->out->tree_size = c->size;
	return 0;
}

static int
check_proof_v1(struct judging *j, const struct checkpoint *c, struct err *e)
{
	const struct bundle_entry *entry = j->entry;
	struct span name = note_rekor1_name(c);

	if (!name.ptr)
		return err_set(e, REASON_BAD_CHECKPOINT,
		    "the checkpoint's origin is not that of a Rekor v1 log");
	if (note_check(&c->note, &j->log->key, name, NOTE_HASH_SHA256, e))
		return -1;
	if (entry->tree_size != c->size) {
		err_set(e, REASON_BAD_LOG_PROOF, "the proof is for a tree of another size than the checkpoint's");
		err_expected(e, "%" PRId64, c->size);
		return err_found(e, "%" PRId64, entry->tree_size);
	}
	if (!span_eq(entry->root_hash, span_of(c->root, MERKLE_HASH)))
		return err_set(e, REASON_BAD_LOG_PROOF,
		    "the proof is for a tree of another root than the checkpoint's");
	return check_inclusion(j, c, entry->body, entry->proof_index, e);
}

/* The note's key must be the one that a trusted root of version 0.2 names. */
static int
check_key_id(const struct trust_log *log, struct err *e)
{
	unsigned char hash[MERKLE_HASH];

	if (!log->checkpoint_id.ptr)
		return 0;
	note_key_hash(&log->key, log->host, hash);
	if (log->checkpoint_id.len >= NOTE_ID && log->checkpoint_id.len <= MERKLE_HASH &&
	    memcmp(hash, log->checkpoint_id.ptr, log->checkpoint_id.len) == 0)
		return 0;
	return err_set(e, REASON_UNTRUSTED_LOG,
	    "the trusted root's checkpointKeyId is not that of the log's key");
}

/* Size and root are the checkpoint's, the index the entry's own: what the proof
 * repeats of them is not looked at, nor is the body. */
static int
check_proof_v2(struct judging *j, const struct checkpoint *c, struct err *e)
{
	AUTO(buf) struct buf body = BUF_INIT(ENTRY_BODY_MAX);
	struct span host = j->log->host;

	if (note_rekor1_name(c).ptr)
		return err_set(e, REASON_BAD_CHECKPOINT,
		    "the checkpoint of a Rekor v1 log cannot vouch for an entry of Rekor v2");
	if (host.len == 0)
		return err_set(e, REASON_UNTRUSTED_LOG, "the trusted root names no host for the log");
	if (!span_eq(c->origin, host)) {
		err_set(e, REASON_BAD_CHECKPOINT, "the checkpoint is of another log");
		err_expected(e, "%.*s", SPAN_FMT(span_first(host, 256)));
		return err_found(e, "%.*s", SPAN_FMT(span_first(c->origin, 256)));
	}
	if (check_key_id(j->log, e) || note_check(&c->note, &j->log->key, host, NOTE_HASH_KEY, e) ||
	    logbody_rebuild(j->subject, &body, e))
		return -1;
	j->out->indexed = true;
	return check_inclusion(j, c, buf_span(&body), j->entry->log_index, e);
}

static int
check_proof(struct judging *j, struct err *e)
{
	AUTO(checkpoint) struct checkpoint c = CHECKPOINT_INIT;

	if (note_parse_checkpoint(&c, j->entry->checkpoint, e))
		return -1;
	return j->kind == LOGBODY_V2 ? check_proof_v2(j, &c, e) : check_proof_v1(j, &c, e);
}

/* --- one entry --- */

static int
end(struct judging *j, enum tlog_status status, const struct err *e)
{
	struct trust_log *log = j->log;

	*j->out = (struct tlog_entry){.status = status, .log = log, .why = *e};
	return -1;
}

static int
judge_known(struct judging *j, bool promised, struct err *e)
{
	if (!promised && !j->entry->has_proof)
		return err_set(e, REASON_BAD_LOG_ENTRY, "the log entry has neither promise nor proof");
	if (j->kind == LOGBODY_V2 && !j->entry->has_proof)
		return err_set(e, REASON_BAD_LOG_ENTRY, "an entry of a Rekor v2 log needs a proof");
	if (j->entry->has_proof && check_proof(j, e))
		return -1;
	return j->kind == LOGBODY_V1 ? logbody_check(j->entry, j->subject, e) : 0;
}

int
tlog_judge_entry(const struct bundle_entry *entry, const struct logbody_subject *s, struct trust *t,
    const struct tlog_policy *p, struct tlog_entry *out)
{
	struct judging j = {entry, s, t, p, LOGBODY_V1, NULL, out};
	bool promised = entry->set.ptr != NULL;
	const int64_t *when = promised ? &entry->integrated_time : p->time_count ? p->times : NULL;
	struct err e = ERR_INIT;

	*out = (struct tlog_entry){.why = ERR_INIT};
	if (logbody_kind(entry, s->legacy, &j.kind, &e))
		return end(&j, TLOG_BAD, &e);
	if (find_log(&j, when, &e) || (promised ? check_promise(&j, &e) : check_times(&j, &e)))
		return end(&j, TLOG_SKIPPED, &e);
	if (judge_known(&j, promised, &e))
		return end(&j, TLOG_BAD, &e);
	out->status = TLOG_GOOD;
	return 0;
}

/* --- all of them --- */

static int
check_twice(const struct bundle_entry *entries, size_t count, struct err *e)
{
	for (size_t i = 1; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (entries[i].log_index == entries[k].log_index &&
			    span_eq(entries[i].log_id, entries[k].log_id))
				return err_set(e, REASON_BAD_LOG_ENTRY,
				    "log entries %zu and %zu are the same", k, i);
	return 0;
}

/* One key is one log, by whatever ids a trusted root lists it. */
static bool
same_log(const struct trust_log *a, const struct trust_log *b)
{
	return span_eq(a->id, b->id) || span_eq(buf_span(&a->key.spki), buf_span(&b->key.spki));
}

static bool
is_first_of_log(const struct tlog_entry *out, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (out[k].status == TLOG_GOOD && same_log(out[k].log, out[i].log))
			return false;
	return true;
}

static int
too_few(const struct tlog_entry *out, size_t count, size_t logs, size_t want, struct err *e)
{
	for (size_t i = 0; i < count; i++)
		if (out[i].status == TLOG_SKIPPED) {
			*e = out[i].why;
			return err_wrap(e, "log entry %zu", i);
		}
	err_set(e, REASON_NOT_LOGGED, "too few transparency logs vouch for the signature");
	err_expected(e, "%zu", want);
	return err_found(e, "%zu", logs);
}

int
tlog_judge(const struct bundle_entry *entries, size_t count, const struct logbody_subject *s,
    struct trust *t, const struct tlog_policy *p, struct tlog_entry *out, size_t *logs,
    struct err *e)
{
	*logs = 0;
	for (size_t i = 0; i < count; i++)
		out[i] = (struct tlog_entry){.why = ERR_INIT};
	if (count > BUNDLE_ENTRIES_MAX)
		return err_set(e, REASON_TOO_LARGE, "a signature has at most %d log entries", BUNDLE_ENTRIES_MAX);
	if (check_twice(entries, count, e))
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (tlog_judge_entry(&entries[i], s, t, p, &out[i]) && out[i].status == TLOG_BAD) {
			*e = out[i].why;
			*logs = 0;
			return err_wrap(e, "log entry %zu", i);
		}
		if (out[i].status == TLOG_GOOD && is_first_of_log(out, i))
			++*logs;
	}
	return *logs >= p->threshold ? 0 : too_few(out, count, *logs, p->threshold, e);
}
