/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_TLOG_H
#define SIG_TLOG_H
/*
 * The judgement of transparency log evidence (bundle.md 4.5 step 2, 4.6;
 * transparency.md 5.2, 5.3): whether logs of the trusted root vouch for a
 * signature, and which time they prove. Offline and pure.
 *
 * Stricter than upstream: a body counts under a checkpoint of its own version of
 * Rekor alone; that of v1 says by its origin who signs it, and must have the
 * proof's size; and a log that gave no promise must have been valid at every
 * time that others proved.
 */
#include "sig/logbody.h"
#include "sig/trust.h"

struct tlog_policy {
	size_t threshold;		/* of distinct logs */
	const int64_t *times;		/* seconds, proved by others: timestamp authorities */
	size_t time_count;
};

enum tlog_status {
	TLOG_NOT_JUDGED,	/* another entry was bad */
	TLOG_GOOD,
	TLOG_SKIPPED,		/* does not count, and does no harm: see why */
	TLOG_BAD,
};

struct tlog_entry {
	enum tlog_status status;
	const struct trust_log *log;	/* NULL when the trusted root has none of this id */
	bool promised;			/* the signed entry timestamp is good, so */
	int64_t integrated_time;	/* is proved; 0 otherwise, whatever the entry says */
	bool indexed;			/* and by the proof of Rekor v2 so is its log_index */
	bool proved;			/* it is in the tree that a checkpoint signs: */
	int64_t tree_size;
	bool timed;			/* the log's window was held against a proved time */
	struct err why;			/* of SKIPPED and BAD */
};

/* The bytes that a signed entry timestamp signs, canonical JSON. */
void	tlog_promise(const struct bundle_entry *entry, struct buf *out);

/* One entry; out says how it ended, -1 when it is TLOG_BAD or TLOG_SKIPPED. */
int	tlog_judge_entry(const struct bundle_entry *entry, const struct logbody_subject *s,
	    struct trust *t, const struct tlog_policy *p, struct tlog_entry *out) MUST_CHECK;

/* All entries of one signature; out has room for count. 0 when none is bad, none
 * is there twice, and enough distinct logs vouch; their number in *logs.
 * REASON_NOT_LOGGED, or why an entry was refused. */
int	tlog_judge(const struct bundle_entry *entries, size_t count, const struct logbody_subject *s,
	    struct trust *t, const struct tlog_policy *p, struct tlog_entry *out, size_t *logs,
	    struct err *e) MUST_CHECK;
#endif
