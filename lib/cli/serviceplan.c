/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/serviceplan.h"

#include <sodium.h>
#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/privacy.h"
#include "cli/trustopt.h"
#include "client/tokenbroker.h"
#include "client/trustget.h"
#include "codec/pem.h"
#include "sig/selection.h"

static bool
given(const char *text)
{
	return text && *text;
}

static bool
named(const char *text, const char *usual)
{
	return given(text) && strcmp(text, usual) != 0;
}

/* --- whom to believe --- */

/* What was named: a trusted root, or files of before. */
static int
load_named(struct serviceplan *p, const struct serviceplan_args *a, struct err *e)
{
	struct trustopt_args t = {given(a->config->trusted_root) ? a->config->trusted_root : NULL};
	struct services_identity none = {.trigger = NULL};

	p->plan.anchors = &p->anchors;
	return trustopt_make(&p->anchors, &p->trusted, &t, &none, e);
}

static int
load_fetched(struct serviceplan *p, struct span root, struct err *e)
{
	if (anchors_load(&p->anchors, root, e))
		return err_wrap(e, TRUSTGET_ROOT " of the TUF repository");
	p->trusted = true;
	return 0;
}

static int
load_trust(struct serviceplan *p, const struct serviceplan_args *a, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(TRUST_MAX);

	if (p->trusted)
		return 0;
	if (load_named(p, a, e))
		return -1;
	if (p->trusted || (trustget_fetch(TRUSTGET_ROOT, &text, e) == 0 && load_fetched(p, buf_span(&text), e) == 0))
		return 0;
	err_wrap(e, "what the services answer cannot be checked");
	return err_get_hint(e) ? -1 : err_hint(e, "pass --trusted-root FILE");
}

/* The public signing config, and with it the trusted root where nobody named
 * another. */
static int
fetch_config(struct serviceplan *p, struct buf *config, struct err *e)
{
	static const char *const targets[2] = {TRUSTGET_CONFIG, TRUSTGET_ROOT};
	AUTO(buf) struct buf root = BUF_INIT(TRUST_MAX);
	struct buf *const outs[2] = {config, &root};

	if (p->trusted)
		return trustget_fetch(TRUSTGET_CONFIG, config, e);
	return trustget_fetch_both(targets, outs, e) || load_fetched(p, buf_span(&root), e) ? -1 : 0;
}

/* --- with or without a signing config --- */

static const char *
named_service(const struct serviceplan_args *a)
{
	return named(a->urls->fulcio, SERVICES_FULCIO) ? "--fulcio-url" : named(a->urls->rekor, SERVICES_REKOR) ? "--rekor-url" :
	    named(a->urls->oidc_issuer, TOKENOPT_ISSUER) ? "--oidc-issuer" : given(a->tsa->url) ? "--timestamp-server-url" :
	    a->config->tlog_given && !a->config->tlog_upload ? "--tlog-upload=false" : NULL;
}

/* Whether a signing config is used; what contradicts it is an error when it was
 * asked for by name. */
static int
use_config(const struct serviceplan_args *a, bool *use, struct err *e)
{
	const char *by = given(a->config->signing_config) ? "--signing-config" :
	    a->config->use_given && a->config->use_signing_config ? "--use-signing-config" : NULL;
	const char *service = named_service(a);

	*use = by || (a->config->use_signing_config && !service);
	if (!by || !service)
		return 0;
	err_set(e, REASON_USAGE, "%s and %s exclude each other", service, by);
	return err_hint(e, "put the services into the signing config (cosign signing-config create)");
}

static size_t
chance(void *ctx, size_t n)
{
	(void)ctx;
	return randombytes_uniform((uint32_t)n);
}

static const char *
keep_url(struct serviceplan *p, const struct signconf_service *s)
{
	return pool_str(&p->pool, s->url);
}

static int
too_many(struct err *e, const char *what)
{
	err_set(e, REASON_CONFIG, "the signing config asks for too many %s", what);
	return err_expected(e, "at most %d", WITNESS_MAX);
}

/* The legacy form has no place in logs of Rekor v2: where there are others, they
 * are asked. */
static int
select_logs(struct selection *out, const struct signconf *c, bool legacy, int64_t now, struct pool *pool, struct err *e)
{
	const struct selection_chance dice = {chance, NULL};

	if (legacy && selection_several(out, &c->tlogs, &c->tlog_selector, 1, now, &dice, pool, NULL) == 0)
		return 0;
	return selection_several(out, &c->tlogs, &c->tlog_selector, SELECTION_TLOG_VERSION, now, &dice, pool, e);
}

static int
choose_logs(struct serviceplan *p, const struct signconf *c, bool legacy, int64_t now, struct err *e)
{
	struct selection chosen;

	if (!c->tlogs.count)
		return 0;
	if (select_logs(&chosen, c, legacy, now, &p->pool, e))
		return err_wrap(e, "rekorTlogUrls");
	if (chosen.count > WITNESS_MAX)
		return too_many(e, "logs");
	for (size_t i = 0; i < chosen.count; i++)
		p->plan.logs[p->plan.log_count++] =
		    (struct witness_log){keep_url(p, chosen.items[i]), chosen.items[i]->version};
	return 0;
}

static int
choose_stampers(struct serviceplan *p, const struct signconf *c, int64_t now, struct err *e)
{
	const struct selection_chance dice = {chance, NULL};
	struct selection chosen;

	if (!c->tsas.count)
		return 0;
	if (selection_several(&chosen, &c->tsas, &c->tsa_selector, SELECTION_TSA_VERSION, now, &dice, &p->pool, e))
		return err_wrap(e, "tsaUrls");
	if (chosen.count > WITNESS_MAX)
		return too_many(e, "timestamp authorities");
	for (size_t i = 0; i < chosen.count; i++)
		p->plan.stampers[p->plan.stamper_count++] = keep_url(p, chosen.items[i]);
	return 0;
}

static int
choose_single(struct serviceplan *p, const struct signconf *c, int64_t now, struct err *e)
{
	const struct signconf_service *s;

	if (!p->certificate)
		return 0;
	if (!(s = selection_one(&c->cas, SELECTION_CA_VERSION, now, e)))
		return err_wrap(e, "caUrls");
	p->plan.ca = keep_url(p, s);
	if (c->oidcs.count && !(s = selection_one(&c->oidcs, SELECTION_OIDC_VERSION, now, e)))
		return err_wrap(e, "oidcUrls");
	p->issuer = c->oidcs.count ? keep_url(p, s) : NULL;
	return 0;
}

static int
plan_by_config(struct serviceplan *p, const struct serviceplan_args *a, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(SIGNCONF_MAX);
	AUTO(signconf) struct signconf c = SIGNCONF_INIT;
	const char *path = a->config->signing_config;
	int64_t now = date_now();
	int rc;

	p->configured = true;
	if (!given(path) && load_named(p, a, e))
		return -1;
	rc = given(path) ? file_read(path, &text, e) : fetch_config(p, &text, e);
	if (rc == 0 && signconf_parse(&c, buf_span(&text), e) == 0 && choose_logs(p, &c, a->legacy, now, e) == 0 &&
	    choose_stampers(p, &c, now, e) == 0 && choose_single(p, &c, now, e) == 0)
		return 0;
	err_wrap(e, "signing config%s%s", given(path) ? " " : "", given(path) ? path : "");
	return err_get_hint(e) || given(path) ? -1 :
	    err_hint(e, "or sign without one: --use-signing-config=false, --tlog-upload=false");
}

/* --- by addresses --- */

static void
plan_by_flags(struct serviceplan *p, const struct serviceplan_args *a)
{
	if (p->certificate) {
		p->plan.ca = given(a->urls->fulcio) ? a->urls->fulcio : SERVICES_FULCIO;
		p->issuer = given(a->urls->oidc_issuer) ? a->urls->oidc_issuer : NULL;
	}
	if (a->config->tlog_upload)
		p->plan.logs[p->plan.log_count++] =
		    (struct witness_log){given(a->urls->rekor) ? a->urls->rekor : SERVICES_REKOR, 1};
	if (given(a->tsa->url))
		p->plan.stampers[p->plan.stamper_count++] = a->tsa->url;
}

/* --- what cannot work is known before anybody is asked --- */

static bool
has_timed_log(const struct witness_plan *p)
{
	for (size_t i = 0; i < p->log_count; i++)
		if (p->logs[i].version == 1)
			return true;
	return false;
}

/* A certificate lives for minutes: somebody must say that it lived. */
static int
check_times(const struct serviceplan *p, const struct serviceplan_args *a, struct err *e)
{
	if (!p->certificate || a->part != SERVICEPLAN_ALL || a->legacy || p->plan.stamper_count ||
	    has_timed_log(&p->plan))
		return 0;
	err_set(e, p->configured ? REASON_CONFIG : REASON_USAGE,
	    "nobody would prove that the signature was made while its certificate was valid");
	return err_hint(e, "add a timestamp authority (tsaUrls, --timestamp-server-url), or a log of Rekor v1");
}

static int
check_legacy(const struct serviceplan *p, const struct serviceplan_args *a, struct err *e)
{
	for (size_t i = 0; a->legacy && i < p->plan.log_count; i++)
		if (p->plan.logs[i].version != 1) {
			err_set(e, REASON_CONFIG, "signatures of the legacy form cannot be in a log of Rekor v2: %s",
			    p->plan.logs[i].url);
			return err_hint(e, "make Sigstore bundles (for files: --bundle FILE, without --new-bundle-format=false), "
			    "or name a log of Rekor v1 by --rekor-url");
		}
	return 0;
}

static int
check_flags(const struct serviceplan_args *a, struct err *e)
{
	if (!given(a->tsa->cert) != !given(a->tsa->key))
		return err_set(e, REASON_USAGE, "--timestamp-client-cert and --timestamp-client-key go together");
	if (given(a->keyless->certificate) && (!given(a->key) || a->keyless->issue_certificate))
		return err_set(e, REASON_USAGE, given(a->key) ? "--certificate and --issue-certificate exclude each other" :
		    "--certificate is of a key: it goes with --key");
	if (given(a->keyless->certificate_chain) && !given(a->keyless->certificate))
		return err_set(e, REASON_USAGE, "--certificate-chain is of use with --certificate alone");
	return 0;
}

/* --- consent --- */

static int
ask_consent(const struct serviceplan *p, bool yes, struct err *e)
{
	if (p->configured || p->plan.log_count == 0)
		return 0;
	return privacy_ask(yes, e);
}

/* --- token, certificate --- */

static int
get_token(struct serviceplan *p, const struct serviceplan_args *a, struct err *e)
{
	struct tokenget how = a->keyless->token;

	how.issuer = p->issuer;
	how.client_id = a->urls->oidc_client;
	how.stdin_is_taken = a->stdin_is_taken;
	how.notice = p->configured || p->plan.log_count == 0;
	how.yes = a->yes;
	if (!p->certificate)
		return 0;
	if (tokenget(&how, &p->keyless.token, NULL, e))
		return err_wrap(e, "identity token");
	p->keyless.fetch = tokenbroker_ask;
	how.notice = false;
	return tokenbroker_start(&how, e);
}

/* PEM or DER. */
static int
read_own(struct serviceplan *p, const struct services_keyless *k, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(CERTLIST_FILE_MAX), chain = BUF_INIT(CERTLIST_FILE_MAX);
	AUTO(certlist) struct certlist list = CERTLIST_INIT;
	AUTO(cert) struct cert leaf = CERT_INIT;
	bool pem;

	if (!given(k->certificate))
		return 0;
	if (file_read(k->certificate, &text, e))
		return -1;
	pem = span_starts(buf_span(&text), "-----");
	if (pem ? cert_parse_pem(&leaf, buf_span(&text), NULL, e) : cert_parse_der(&leaf, buf_span(&text), e))
		return err_wrap(e, "--certificate %s", k->certificate);
	p->own_cert = pool_span(&p->pool, buf_span(&leaf.der));
	if (!given(k->certificate_chain))
		return 0;
	if (file_read(k->certificate_chain, &chain, e) || certlist_add_pem(&list, buf_span(&chain), e))
		return err_wrap(e, "--certificate-chain %s", k->certificate_chain);
	p->own_chain = pool_span(&p->pool, buf_span(&chain));
	return 0;
}

/* The last certificate of the chain is taken for trusted, as verifiers will be
 * told to. */
static int
check_chain(const struct serviceplan *p, struct cert *leaf, struct err *e)
{
	AUTO(anchors) struct anchors a = ANCHORS_INIT;
	struct certlist *roots, *helpers;
	struct chain_want want = {.roots = &roots, .root_lists = 1, .helpers = &helpers, .helper_lists = 1,
	    .purpose = CERT_CODE_SIGNING, .when = date_now()};
	struct chain chain;

	if (!p->own_chain.len)
		return 0;
	if (anchors_add_chain(&a, p->own_chain, e))
		return err_wrap(e, "--certificate-chain");
	roots = &a.cas[0].roots;
	helpers = &a.cas[0].helpers;
	want.until = want.when;
	return chain_build(&chain, leaf, &want, e) ? err_wrap(e, "--certificate-chain") : 0;
}

static int
check_own(const struct serviceplan *p, const struct signer *s, struct err *e)
{
	AUTO(cert) struct cert leaf = CERT_INIT;

	if (!p->own_cert.len)
		return 0;
	if (cert_parse_der(&leaf, p->own_cert, e))
		return -1;
	if (!span_eq(leaf.spki, buf_span(&s->pub.spki)))
		return err_set(e, REASON_BAD_KEY, "--certificate: it is for another key than --key");
	return check_chain(p, &leaf, e);
}

/* --- all together --- */

static const char *
file_or_null(const char *path)
{
	if (!given(path))
		return NULL;
	http_will_read(path);
	return path;
}

static int
make_plan(struct serviceplan *p, const struct serviceplan_args *a, struct err *e)
{
	bool config;

	p->certificate = a->part != SERVICEPLAN_WITNESS && (!given(a->key) || a->keyless->issue_certificate);
	p->keyless.csr = given(a->keyless->request) && strcmp(a->keyless->request, "csr") == 0;
	if (check_flags(a, e) || use_config(a, &config, e))
		return -1;
	if (!config)
		plan_by_flags(p, a);
	else if (plan_by_config(p, a, e))
		return -1;
	if (a->part == SERVICEPLAN_CERTIFICATE)
		p->plan.log_count = p->plan.stamper_count = 0;
	p->plan.stamper_peer = (struct http_peer){.cacert = file_or_null(a->tsa->cacert),
	    .client_cert = file_or_null(a->tsa->cert), .client_key = file_or_null(a->tsa->key),
	    .server_name = given(a->tsa->name) ? a->tsa->name : NULL};
	return check_times(p, a, e) || check_legacy(p, a, e) ? -1 : 0;
}

bool
serviceplan_asks(const struct serviceplan *p)
{
	return p->plan.ca || witness_plan_asks(&p->plan);
}

int
serviceplan_make(struct serviceplan *p, const struct serviceplan_args *a, struct err *e)
{
	if (make_plan(p, a, e) || read_own(p, a->keyless, e))
		return -1;
	if (!serviceplan_asks(p))
		return 0;
	if (load_trust(p, a, e) || ask_consent(p, a->yes, e) || get_token(p, a, e))
		return -1;
	return http_warm(e);
}

int
serviceplan_sealer(struct serviceplan *p, struct signer *signer, struct err *e)
{
	p->sealer = (struct sealer){.signer = signer, .plan = &p->plan};
	if (signer && check_own(p, signer, e))
		return -1;
	p->sealer.cert = p->own_cert;
	p->sealer.chain = p->own_chain;
	if (!p->certificate)
		return 0;
	p->keyless.plan = &p->plan;
	p->keyless.own = signer;
	if (!p->keyless.alg)
		p->keyless.alg = alg_default(KEY_P256, 0);
	p->sealer.keyless = &p->keyless;
	return 0;
}

void
serviceplan_release(struct serviceplan *p)
{
	keyless_release(&p->keyless);
	anchors_release(&p->anchors);
	pool_release(&p->pool);
}
