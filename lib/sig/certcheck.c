/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/certcheck.h"

#include "base/date.h"
#include "crypto/fulcio.h"
#include "crypto/san.h"
#include "sig/sctfile.h"

static int
read_leaf(struct job *j, struct err *e)
{
	if (material_certificates(j->m, &j->certs, e) || cert_parse_der(&j->leaf, j->certs.items[0], e))
		return -1;
	return 0;
}

int
certcheck_read(struct job *j)
{
	struct err e = ERR_INIT;

	if (read_leaf(j, &e))
		return verdict_fail(j->v, CHECK_CERTIFICATE, &e);
	return 0;
}

/* --- certificate timestamps --- */

/* One inside wins over one beside. Where keys came as files and one by one, all
 * must be good, at whatever time. */
static int
check_sct(struct job *j, struct err *e)
{
	const struct anchors *a = j->p->anchors;
	enum sct_rule rule = a->separate || j->m->sct.len ? SCT_ALL : SCT_SOME;
	AUTO(pool) struct pool pool = POOL_INIT;
	struct sct one;

	if (!j->m->sct.len || sct_is_embedded(&j->leaf))
		return sct_check_embedded(&j->leaf, chain_issuer(&j->chain), a->ctlogs, a->ctlog_count, rule,
		    job_threshold(j->p->sct_threshold), e);
	if (sctfile_parse(&one, j->m->sct, &pool, e))
		return -1;
	return sct_check_detached(&one, &j->leaf, a->ctlogs, a->ctlog_count, rule, e);
}

static int
sct_judge(struct job *j)
{
	struct err e = ERR_INIT;

	if (j->p->ignore_sct) {
		verdict_skip(j->v, CHECK_SCT);
		return 0;
	}
	if (check_sct(j, &e))
		return verdict_fail(j->v, CHECK_SCT, &e);
	verdict_pass(j->v, CHECK_SCT);
	return 0;
}

/* --- the path --- */

/* Intermediates that came along help only where they were asked to, or where
 * the authorities came as files: nobody's roots come along. */
static int
read_helpers(const struct job *j, struct certlist *helpers, struct err *e)
{
	bool asked = j->m->bundle.late_chain || (j->m->form == MATERIAL_LEGACY && j->p->anchors->own_cas);

	for (size_t i = 1; asked && i < j->certs.count; i++) {
		if (certlist_add_der(helpers, j->certs.items[i], e))
			return -1;
		if (j->m->form == MATERIAL_LEGACY)
			continue;
		if (!helpers->items[i - 1]->is_ca ||
		    span_eq(helpers->items[i - 1]->issuer, helpers->items[i - 1]->subject))
			return err_set(e, REASON_BAD_CERTIFICATE,
			    "certificate %zu of the chain is no intermediate", i);
	}
	return 0;
}

static int
path_by(struct job *j, struct anchor *a, struct certlist *extra, int64_t when, struct err *e)
{
	struct certlist *roots = &a->roots, *helpers[] = {&a->helpers, extra};
	struct chain_want want = {.roots = &roots, .root_lists = 1, .helpers = helpers, .helper_lists = countof(helpers),
	    .purpose = CERT_CODE_SIGNING, .when = when, .until = when};
	char text[DATE_TEXT], window[96];

	if (chain_build(&j->chain, &j->leaf, &want, e))
		return -1;
	if (trust_window_has(&a->window, when))
		return 0;
	err_set(e, REASON_UNTRUSTED_CERTIFICATE, "the certificate authority was not trusted then");
	err_expected(e, "%s", trust_window_text(&a->window, window));
	return err_found(e, "%s", date_format(when, text));
}

/* Any authority will do; of several refusals one that found a path says more
 * than one that did not. */
static int
path_at(struct job *j, struct certlist *extra, int64_t when, struct err *e)
{
	struct anchors *a = j->p->anchors;
	struct err why = ERR_INIT;

	for (size_t i = 0; i < a->ca_count; i++) {
		struct err one = ERR_INIT;

		if (path_by(j, &a->cas[i], extra, when, &one) == 0)
			return 0;
		if (err_is(&why, REASON_NONE) || err_is(&why, REASON_UNTRUSTED_CERTIFICATE))
			why = one;
	}
	*e = why;
	return -1;
}

static int
check_path(struct job *j, struct certlist *extra, struct err *e)
{
	const struct verdict *v = j->v;

	if (!j->p->anchors || j->p->anchors->ca_count == 0)
		return err_set(e, REASON_UNTRUSTED_CERTIFICATE, "no certificate authority is trusted");
	if (read_helpers(j, extra, e))
		return -1;
	/* Without log and timestamps nothing but the clock is left. */
	if (v->time_count == 0 && j->p->ignore_log && !j->p->stamps)
		return path_at(j, extra, j->p->now, e);
	if (v->time_count == 0)
		return err_set(e, REASON_NO_TIME, "nothing proves that the signature was made while its certificate was valid");
	for (size_t i = 0; i < v->time_count; i++)
		if (path_at(j, extra, v->times[i].when, e))
			return -1;
	return 0;
}

int
certcheck_path(struct job *j)
{
	AUTO(certlist) struct certlist extra = CERTLIST_INIT;
	struct err e = ERR_INIT;

	if (check_path(j, &extra, &e))
		return verdict_fail(j->v, CHECK_CERTIFICATE, &e);
	verdict_pass(j->v, CHECK_CERTIFICATE);
	/* While what the path borrows is there. */
	return sct_judge(j);
}

/* --- the identity --- */

static int
check_identity(struct job *j, struct err *e)
{
	enum identity_rule rule = j->m->form == MATERIAL_BUNDLE ? IDENTITY_BUNDLE : IDENTITY_LEGACY;
	struct err why = ERR_INIT;

	for (size_t i = 0; i < j->p->identity_count; i++) {
		struct err one = ERR_INIT;

		if (identity_check(j->p->identities[i], &j->leaf, rule, &one) == 0) {
			j->v->identity = i;
			return 0;
		}
		if (err_is(&why, REASON_NONE))
			why = one;
	}
	*e = why;
	if (j->p->identity_count > 1)
		return err_wrap(e, "none of %zu identities fits, the first", j->p->identity_count);
	return -1;
}

/* What is told of the signer; only of one that passed. */
static int
summarize(struct job *j, struct err *e)
{
	AUTO(san_list) struct san_list names = SAN_LIST_INIT;
	struct verdict *v = j->v;
	const struct san *one;
	struct span text;

	if (san_list_get(&names, &j->leaf, e) || fulcio_issuer(&j->leaf, &text, e))
		return -1;
	one = san_primary(&names);
	if (!one && names.count)
		one = &names.items[0];
	v->subject = one ? pool_span(&v->pool, one->text) : SPAN_NONE;
	v->issuer = text.ptr ? pool_span(&v->pool, text) : SPAN_NONE;
	for (unsigned n = FULCIO_ISSUER_V1; n <= FULCIO_REF; n++) {
		if (fulcio_get(&j->leaf, n, &text, e))
			return -1;
		v->extension[n] = text.ptr ? pool_span(&v->pool, text) : SPAN_NONE;
	}
	return 0;
}

int
certcheck_identity(struct job *j)
{
	struct err e = ERR_INIT;

	if (check_identity(j, &e) || summarize(j, &e))
		return verdict_fail(j->v, CHECK_IDENTITY, &e);
	verdict_pass(j->v, CHECK_IDENTITY);
	return 0;
}
