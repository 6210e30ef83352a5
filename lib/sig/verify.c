/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/verify.h"

#include "sig/certcheck.h"
#include "sig/contentcheck.h"
#include "sig/logset.h"
#include "sig/stampfile.h"
#include "sig/timecheck.h"

enum { IMAGE_BUNDLE_MINOR = 3 };	/* older ones are never images' (oci-storage 2.4) */

static int
fail(struct job *j, enum check c, enum reason r, const char *what)
{
	struct err e = ERR_INIT;

	err_set(&e, r, "%s", what);
	return verdict_fail(j->v, c, &e);
}

/* --- what is asked for, against what there is --- */

static int
check_form(struct job *j)
{
	struct err e = ERR_INIT;

	if (j->m->form != MATERIAL_LEGACY && j->m->form != MATERIAL_BUNDLE)
		return fail(j, CHECK_FORMAT, REASON_UNSUPPORTED, "no such form of signature");
	if (j->m->form == MATERIAL_LEGACY) {
		/* An image's payload is read once somebody known has signed it. */
		if (!j->m->message.ptr || j->m->content == BUNDLE_DSSE)
			verdict_pass(j->v, CHECK_FORMAT);
		return 0;
	}
	if (j->t->image.len && j->m->bundle.minor < IMAGE_BUNDLE_MINOR) {
		err_set(&e, REASON_BAD_BUNDLE, "bundle: version 0.%d is not used for images", j->m->bundle.minor);
		err_expected(&e, "version 0.%d", IMAGE_BUNDLE_MINOR);
		return verdict_fail(j->v, CHECK_FORMAT, &e);
	}
	verdict_pass(j->v, CHECK_FORMAT);
	if (j->t->image.len && j->m->content != BUNDLE_DSSE) {
		err_set(&e, REASON_WRONG_TYPE, "the bundle signs a plain message, not a statement");
		err_expected(&e, "dsseEnvelope");
		err_found(&e, "messageSignature");
		return verdict_fail(j->v, CHECK_TYPE, &e);
	}
	return 0;
}

/* Keys are for signatures of keys, identities for those of certificates; a
 * legacy signature may come with a certificate that nobody asks about. */
static int
check_credential(struct job *j)
{
	bool cert = material_has_certificate(j->m), legacy = j->m->form == MATERIAL_LEGACY;
	struct err e = ERR_INIT;

	if (!j->p->key_count && legacy && !cert)
		return fail(j, CHECK_CERTIFICATE, REASON_NO_CERTIFICATE,
		    "no key was given, and the signature has no certificate");
	if (!j->p->key_count && !j->p->identity_count)
		return fail(j, CHECK_KEY, REASON_WRONG_KEY, "neither a key nor an identity is asked for");
	j->by_cert = j->p->identity_count && (cert || !j->p->key_count);
	if (j->by_cert == cert || (legacy && !j->by_cert)) {
		verdict_pass(j->v, CHECK_KEY);
		return 0;
	}
	err_set(&e, REASON_WRONG_KEY, cert ? "the signature was made with a certificate, not with a key" :
	    "the signature was made with a key, not with a certificate");
	err_expected(&e, cert ? "publicKey" : "certificate");
	err_found(&e, cert ? "certificate" : "publicKey");
	return verdict_fail(j->v, CHECK_KEY, &e);
}

/* --- who signed --- */

static void
keep_signer(struct job *j)
{
	struct verdict *v = j->v;
	unsigned char id[HASH_SIZE_MAX];

	v->by_cert = j->by_cert;
	if (j->by_cert) {
		v->signer = span_str(pool_printf(&v->pool, "certificate %.*s %.*s", SPAN_FMT(v->issuer),
		    SPAN_FMT(v->subject)));
		return;
	}
	digest_of(HASH_SHA256, buf_span(&j->key->spki), id);
	v->signer = pool_span(&v->pool, span_of(id, hash_size(HASH_SHA256)));
}

static int
judge_certificate(struct job *j)
{
	if (j->by_cert)
		return certcheck_path(j) || certcheck_identity(j) ? -1 : 0;
	verdict_skip(j->v, CHECK_CERTIFICATE);
	verdict_skip(j->v, CHECK_SCT);
	verdict_skip(j->v, CHECK_IDENTITY);
	return 0;
}

/* What a bundle says of a file needs no key to be compared, and says more to
 * people than a signature that does not fit. */
static int
judge_content(struct job *j, int read, const struct err *bad)
{
	bool early = j->m->form == MATERIAL_BUNDLE && j->m->content == BUNDLE_MESSAGE;

	if (early && contentcheck_subject(j))
		return -1;
	if (contentcheck_signature(j) || contentcheck_type(j, read, bad))
		return -1;
	if (!early && contentcheck_subject(j))
		return -1;
	return contentcheck_annotations(j);
}

static int
judge(struct job *j)
{
	struct err bad = ERR_INIT;
	int read = 0;

	j->v->legacy = j->m->form == MATERIAL_LEGACY;
	if (check_form(j))
		return -1;
	if (j->m->content == BUNDLE_DSSE)
		read = contentcheck_read(j, &bad);
	if (check_credential(j) || (j->by_cert && certcheck_read(j)) || judge_content(j, read, &bad) ||
	    timecheck_stamps(j) || timecheck_log(j) || judge_certificate(j) || timecheck_age(j))
		return -1;
	verdict_skip(j->v, CHECK_POLICY);
	keep_signer(j);
	return 0;
}

/* What is not asked for may be junk: then it is not told. */
static void
keep_what_came(struct material *m, struct verdict *v)
{
	struct bundle_entry entry;
	struct span stamp;

	if (m->log.len && !m->log_sought && logset_parse(&entry, m->log, &v->pool, NULL) == 0)
		v->came = entry;
	if (m->stamp.len && stampfile_parse(&stamp, m->stamp, &v->pool, NULL) == 0)
		v->came_stamp = stamp;
}

void
verify_material(struct material *m, const struct target *t, const struct policy *p, struct verdict *out)
{
	struct job j = JOB_INIT;

	j.m = m;
	j.t = t;
	j.p = p;
	j.v = out;
	out->ok = judge(&j) == 0;
	if (out->ok && m->form == MATERIAL_LEGACY)
		keep_what_came(m, out);
	statement_release(&j.statement);
	cert_release(&j.leaf);
}

/* --- what must be known of a file --- */

static unsigned
statement_hashes(const struct material *m)
{
	AUTO(statement) struct statement s = STATEMENT_INIT;
	unsigned bits = 0;

	if (statement_parse(&s, m->bundle.payload, NULL))
		return 1u << HASH_SHA256;
	for (size_t i = 0; i < s.subject_count; i++)
		for (int h = HASH_SHA256; h <= HASH_SHA512; h++)
			if (shape_map_get(&s.subjects[i].digests, hash_name((enum hash)h)).ptr)
				bits |= 1u << h;
	return bits;
}

static unsigned
key_needs(struct material *m, struct pubkey *const *keys, size_t count, enum hash asked)
{
	unsigned bits = contentcheck_hashes(m, keys, count, asked);

	for (size_t i = 0; i < count; i++)
		if (keys[i]->type == KEY_ED25519)
			bits |= VERIFY_NEEDS_BYTES;
	return bits;
}

unsigned
verify_needs(struct material *m, const struct policy *p)
{
	unsigned bits = m->form == MATERIAL_LEGACY ? 1u << HASH_SHA256 : 0;	/* as its log entries have it */
	AUTO(cert) struct cert leaf = CERT_INIT;
	struct shape_strs certs = {NULL, 0};
	struct pubkey *own;

	if (m->content == BUNDLE_DSSE)
		return bits | statement_hashes(m);
	bits |= key_needs(m, p->keys, p->key_count, p->hash);
	if (!p->identity_count || !material_has_certificate(m) || material_certificates(m, &certs, NULL) ||
	    cert_parse_der(&leaf, certs.items[0], NULL))
		return bits;
	own = cert_key(&leaf, NULL);
	return own ? bits | key_needs(m, &own, 1, p->hash) : bits;
}
