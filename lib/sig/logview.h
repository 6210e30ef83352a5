/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_LOGVIEW_H
#define SIG_LOGVIEW_H
/*
 * The judgement of a bundle's log entries step by step, for people who want to
 * see why an entry counts. tlog.h judges; here the way it takes is written down.
 */
#include "crypto/cert.h"
#include "sig/bundle.h"
#include "sig/note.h"
#include "sig/tlog.h"

/* Who signed what, as a bundle says it: its certificate's key, or for bundles
 * without one the key given. leaf is CERT_INIT and keeps what the subject
 * borrows. REASON_BAD_CERTIFICATE; REASON_WRONG_KEY when there is a certificate
 * and a key, or neither. */
int	logview_subject(struct logbody_subject *out, const struct bundle *b, struct cert *leaf,
	    struct pubkey *key, struct err *e) MUST_CHECK;

/* One entry. What could not be worked out, because of what why says, is zero. */
struct logview {
	struct tlog_entry judged;
	const struct bundle_entry *entry;
	struct checkpoint checkpoint;	/* size 0 when there is none */
	bool hashed;			/* leaf and what follows are known */
	unsigned char leaf[MERKLE_HASH], root[MERKLE_HASH];
	int64_t index, size;
	struct merkle_path path;
	struct span signer;		/* the name in the note's signature */
	unsigned char key_id[NOTE_ID];	/* of the trusted log's key */
};
#define LOGVIEW_INIT {.judged = {.why = ERR_INIT}, .checkpoint = CHECKPOINT_INIT}
static inline void logview_cleanup(struct logview *v) { checkpoint_cleanup(&v->checkpoint); }

/* Judges and works out; borrows all. -1 unless it counts, and v->judged has why. */
int	logview_make(struct logview *v, const struct bundle_entry *entry, const struct logbody_subject *s,
	    struct trust *t) MUST_CHECK;

/* Lines of "NAME: VALUE", the first "entry: N". */
void	logview_text(const struct logview *v, size_t number, struct buf *out);
/* The cosign.log/1 record, a line. */
void	logview_emit(const struct logview *v, size_t number, struct buf *out);
#endif
