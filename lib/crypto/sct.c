/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/sct.h"

#include "base/date.h"
#include "codec/der.h"
#include "codec/hex.h"

enum { X509_ENTRY, PRECERT_ENTRY };
enum { HASH_ALGORITHM_SHA256 = 4, SIGNATURE_RSA = 1, SIGNATURE_ECDSA = 3 };

/* 1.3.6.1.4.1.11129.2.4.2 */
#define SCT_LIST_OID SPAN("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02")

void
sct_log_init(struct sct_log *log, struct pubkey *key)
{
	digest_of(HASH_SHA256, buf_span(&key->spki), log->id);
	log->key = key;
	log->start_ms = INT64_MIN;
	log->end_ms = INT64_MAX;
}

static int
bad(struct err *e, const char *what)
{
	return err_set(e, REASON_BAD_SCT, "the certificate's SCT list is malformed: %s", what);
}

/* Numbers of TLS's presentation language. */
static bool
take_number(struct span *rest, size_t bytes, uint64_t *value)
{
	if (rest->len < bytes)
		return false;
	*value = 0;
	for (size_t i = 0; i < bytes; i++)
		*value = *value << 8 | (unsigned char)rest->ptr[i];
	*rest = span_from(*rest, bytes);
	return true;
}

static bool
take_vector(struct span *rest, struct span *bytes)
{
	uint64_t len;

	if (!take_number(rest, 2, &len) || len > rest->len)
		return false;
	*bytes = span_first(*rest, len);
	*rest = span_from(*rest, len);
	return true;
}

/* RFC 6962 section 3.2. */
static bool
parse(struct sct *sct, struct span bytes)
{
	uint64_t version;

	if (!take_number(&bytes, 1, &version) || version != 0 || bytes.len < SCT_ID)
		return false;
	sct->version = 0;
	memcpy(sct->id, bytes.ptr, SCT_ID);
	bytes = span_from(bytes, SCT_ID);
	if (!take_number(&bytes, 8, &sct->time) || !take_vector(&bytes, &sct->extensions))
		return false;
	sct->signature = bytes;
	return true;
}

bool
sct_is_embedded(const struct cert *c)
{
	return cert_find(c, SCT_LIST_OID) != NULL;
}

int
sct_list_get(struct sct_list *l, const struct cert *c, struct err *e)
{
	const struct cert_extension *x = cert_find(c, SCT_LIST_OID);
	struct span rest, tls, list, one;

	l->count = 0;
	if (!x)
		return err_set(e, REASON_BAD_SCT, "the certificate has no SCT: no log vouches for it");
	rest = x->value;
	if (!der_get(&rest, DER_OCTETS, &tls) || rest.len || !take_vector(&tls, &list) || tls.len || list.len == 0)
		return bad(e, "its lengths");
	while (list.len) {
		if (l->count == SCT_MAX)
			return err_set(e, REASON_BAD_SCT, "a certificate has at most %d SCTs", SCT_MAX);
		if (!take_vector(&list, &one))
			return bad(e, "its lengths");
		if (!parse(&l->items[l->count++], one))
			return bad(e, "an SCT");
	}
	return 0;
}

static void
put_number(struct buf *out, size_t bytes, uint64_t value)
{
	while (bytes--)
		buf_add_char(out, (char)(value >> 8 * bytes & 0xff));
}

static void
begin(const struct sct *sct, unsigned entry, struct buf *out)
{
	put_number(out, 1, 0);	/* v1 */
	put_number(out, 1, 0);	/* certificate_timestamp */
	put_number(out, 8, sct->time);
	put_number(out, 2, entry);
}

static int
finish(const struct sct *sct, struct span entry, struct buf *out, struct err *e)
{
	if (sct->extensions.len > UINT16_MAX || entry.len >= 1U << 24)
		return err_set(e, REASON_BAD_SCT, "the SCT's extensions are too long");
	put_number(out, 3, entry.len);
	buf_add_span(out, entry);
	put_number(out, 2, sct->extensions.len);
	buf_add_span(out, sct->extensions);
	return buf_check(out, "what a certificate transparency log signs", e);
}

/* TBSCertificate without the list: lengths in the fewest bytes, all else as it
 * stands. room is as large as the certificate, which was larger. */
static struct span
without_list(const struct cert *c, struct der_out *o)
{
	for (size_t i = c->extensions; i-- > 0;)
		if (!span_eq(c->extension[i].oid, SCT_LIST_OID))
			der_put(o, c->extension[i].element);
	if (der_mark(o) != o->size) {
		der_wrap(o, DER_SEQUENCE, o->size);
		der_wrap(o, DER_CONTEXT_3, o->size);
	}
	der_put(o, c->tbs_front);
	der_wrap(o, DER_SEQUENCE, o->size);
	return der_out_span(o);
}

int
sct_signed_bytes(const struct sct *sct, const struct cert *leaf, const struct cert *issuer, struct buf *out,
    struct err *e)
{
	unsigned char value[HASH_SIZE_MAX];
	AUTO(buf) struct buf room = BUF_INIT(CERT_MAX);
	struct der_out o;
	char *at = buf_room(&room, leaf->der.len);

	if (!at)
		return buf_check(&room, "the certificate", e);
	der_out_init(&o, at, leaf->der.len);
	begin(sct, PRECERT_ENTRY, out);
	digest_of(HASH_SHA256, issuer->spki, value);
	buf_add(out, value, hash_size(HASH_SHA256));
	return finish(sct, without_list(leaf, &o), out, e);
}

static bool
in_window(const struct sct *sct, const struct sct_log *log)
{
	return sct->time <= INT64_MAX && (int64_t)sct->time >= log->start_ms && (int64_t)sct->time <= log->end_ms;
}

/* Of several entries for one log, one that is valid at the time. */
static const struct sct_log *
find_log(const struct sct *sct, const struct sct_log *logs, size_t count)
{
	const struct sct_log *found = NULL;

	for (size_t i = 0; i < count; i++)
		if (memcmp(logs[i].id, sct->id, SCT_ID) == 0 && (!found || in_window(sct, &logs[i])))
			found = &logs[i];
	return found;
}

/* RFC 5246 section 4.7: which algorithm, then the signature. */
static int
check_signature(const struct sct *sct, struct pubkey *key, struct span message, struct err *e)
{
	struct span rest = sct->signature, sig;
	uint64_t hash, algorithm;

	if (!take_number(&rest, 1, &hash) || !take_number(&rest, 1, &algorithm) || !take_vector(&rest, &sig) || rest.len)
		return err_set(e, REASON_BAD_SCT, "the SCT's signature is malformed");
	if (hash != HASH_ALGORITHM_SHA256 || key->type == KEY_ED25519 ||
	    algorithm != (key->type == KEY_RSA ? SIGNATURE_RSA : SIGNATURE_ECDSA)) {
		err_set(e, REASON_BAD_SCT, "the SCT's signature is of another algorithm than the log's key");
		return err_found(e, "hash %d, signature %d", (int)hash, (int)algorithm);
	}
	if (pubkey_verify(key, HASH_SHA256, message, sig, e) == 0)
		return 0;
	if (e)
		e->reason = REASON_BAD_SCT;
	return err_wrap(e, "the SCT");
}

/* Whose SCT it is; NULL and *e when nobody's that counts. */
static const struct sct_log *
choose(const struct sct *sct, const struct sct_log *logs, size_t count, enum sct_rule rule, struct err *e)
{
	const struct sct_log *log = find_log(sct, logs, count);
	char text[2 * SCT_ID + 1], when[DATE_TEXT];

	hex_format(text, sct->id, SCT_ID);
	if (sct->version != 0) {
		err_set(e, REASON_BAD_SCT, "the SCT is of version %u; only version 0 is known", sct->version);
		return NULL;
	}
	if (!log) {
		err_set(e, REASON_BAD_SCT, "the SCT is of an unknown certificate transparency log");
		err_found(e, "%s", text);
		return NULL;
	}
	if (rule == SCT_SOME && !in_window(sct, log)) {
		err_set(e, REASON_BAD_SCT, "the SCT's time is outside the validity of its log %s", text);
		err_found(e, "%s", date_format(sct->time > INT64_MAX ? INT64_MAX : (int64_t)(sct->time / 1000), when));
		return NULL;
	}
	return log;
}

static const struct sct_log *
check_one(const struct sct *sct, const struct cert *leaf, const struct cert *issuer, const struct sct_log *logs,
    size_t count, enum sct_rule rule, struct err *e)
{
	const struct sct_log *log = choose(sct, logs, count, rule, e);
	AUTO(buf) struct buf message = BUF_INIT(CERT_MAX + UINT16_MAX + 64);

	if (!log || sct_signed_bytes(sct, leaf, issuer, &message, e) ||
	    check_signature(sct, log->key, buf_span(&message), e))
		return NULL;
	return log;
}

int
sct_check_embedded(const struct cert *leaf, const struct cert *issuer, const struct sct_log *logs, size_t count,
    enum sct_rule rule, size_t threshold, struct err *e)
{
	struct sct_list list;
	const unsigned char *seen[SCT_MAX];
	struct err why = ERR_INIT, first = ERR_INIT;
	size_t good = 0, known;

	if (sct_list_get(&list, leaf, e))
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		const struct sct_log *log = check_one(&list.items[i], leaf, issuer, logs, count, rule, &why);

		if (!log && first.reason == REASON_NONE)
			first = why;
		for (known = 0; log && known < good && memcmp(seen[known], log->id, SCT_ID) != 0;)
			known++;
		if (log && known == good)
			seen[good++] = log->id;
	}
	if (threshold == 0)
		threshold = 1;
	if (good >= threshold && (rule == SCT_SOME || first.reason == REASON_NONE))
		return 0;
	if (first.reason == REASON_NONE) {
		err_set(&first, REASON_BAD_SCT, "too few certificate transparency logs vouch for the certificate");
		err_expected(&first, "%zu", threshold);
		err_found(&first, "%zu", good);
	}
	if (e)
		*e = first;
	return -1;
}

int
sct_check_detached(const struct sct *sct, const struct cert *leaf, const struct sct_log *logs, size_t count,
    enum sct_rule rule, struct err *e)
{
	const struct sct_log *log = choose(sct, logs, count, rule, e);
	AUTO(buf) struct buf message = BUF_INIT(CERT_MAX + UINT16_MAX + 64);

	if (!log)
		return -1;
	begin(sct, X509_ENTRY, &message);
	if (finish(sct, buf_span(&leaf->der), &message, e))
		return -1;
	return check_signature(sct, log->key, buf_span(&message), e);
}
