/* SPDX-License-Identifier: Apache-2.0 */
#include "step/keyless.h"

#include "base/date.h"
#include "base/log.h"
#include "codec/b64.h"
#include "crypto/csr.h"
#include "crypto/fulcio.h"
#include "crypto/san.h"
#include "crypto/sct.h"
#include "sig/idtoken.h"
#include "sig/sctfile.h"

/* --- what the token says --- */

struct federated { struct span connector; };
struct kubernetes_account { struct span name; };
struct kubernetes { struct span namespace; struct kubernetes_account account; };
/* GitHub, GitLab, Buildkite, Codefresh and CircleCI name the job. */
struct raw_claims {
	struct span workflow, config, organization, slug;
	struct span account_name, pipeline_name, account, pipeline;
	struct span project, definition;
	struct kubernetes kubernetes;
	struct federated federated;
};

static const struct field federated_fields[] = {
	FIELD_STR(struct federated, connector, "connector_id", 0),
	FIELD_END};
static const struct field account_fields[] = {
	FIELD_STR(struct kubernetes_account, name, "name", 0),
	FIELD_END};
static const struct field kubernetes_fields[] = {
	FIELD_STR(struct kubernetes, namespace, "namespace", 0),
	FIELD_OBJ(struct kubernetes, account, "serviceaccount", account_fields, 0),
	FIELD_END};
static const struct field claim_fields[] = {
	FIELD_STR(struct raw_claims, workflow, "job_workflow_ref", 0),
	FIELD_STR(struct raw_claims, config, "ci_config_ref_uri", 0),
	FIELD_STR(struct raw_claims, organization, "organization_slug", 0),
	FIELD_STR(struct raw_claims, slug, "pipeline_slug", 0),
	FIELD_STR(struct raw_claims, account_name, "account_name", 0),
	FIELD_STR(struct raw_claims, pipeline_name, "pipeline_name", 0),
	FIELD_STR(struct raw_claims, account, "account_id", 0),
	FIELD_STR(struct raw_claims, pipeline, "pipeline_id", 0),
	FIELD_STR(struct raw_claims, project, "oidc.circleci.com/project-id", 0),
	FIELD_STR(struct raw_claims, definition, "oidc.circleci.com/pipeline-definition-id", 0),
	FIELD_OBJ(struct raw_claims, kubernetes, "kubernetes.io", kubernetes_fields, 0),
	FIELD_OBJ(struct raw_claims, federated, "federated_claims", federated_fields, 0),
	FIELD_END};

void
keyless_claims_release(struct keyless_claims *c)
{
	pool_release(&c->pool);
}

/* Byte by byte: a NUL in a claim ends nothing. */
static void
keep_path(struct keyless_claims *c, struct span before, struct span a, const char *between, struct span b)
{
	AUTO(buf) struct buf path = BUF_INIT(IDTOKEN_MAX);

	if (!a.len || !b.len)
		return;
	buf_add_span(&path, before);
	buf_add_span(&path, a);
	buf_add_str(&path, between);
	buf_add_span(&path, b);
	c->paths[c->path_count++] = pool_span(&c->pool, buf_span(&path));
}

/* How the URI that a certificate names a machine by ends: fulcio-oidc.md 6.2. */
static void
keep_paths(struct keyless_claims *c, const struct raw_claims *r)
{
	AUTO(buf) struct buf owner = BUF_INIT(IDTOKEN_MAX);
	const struct kubernetes *k = &r->kubernetes;

	if (r->workflow.len)
		c->paths[c->path_count++] = r->workflow;
	if (r->config.len)
		c->paths[c->path_count++] = r->config;
	keep_path(c, SPAN(""), r->organization, "/", r->slug);
	keep_path(c, SPAN("kubernetes.io/namespaces/"), k->namespace, "/serviceaccounts/", k->account.name);
	keep_path(c, SPAN("projects/"), r->project, "/pipeline-definitions/", r->definition);
	if (!r->account_name.len || !r->pipeline_name.len)
		return;
	buf_add_span(&owner, r->account_name);
	buf_add_char(&owner, '/');
	buf_add_span(&owner, r->pipeline_name);
	buf_add_char(&owner, ':');
	keep_path(c, buf_span(&owner), r->account, "/", r->pipeline);
}

static int
read_more(struct keyless_claims *c, struct span token, struct err *e)
{
	AUTO(buf) struct buf json = BUF_INIT(IDTOKEN_MAX);
	struct raw_claims raw = {.workflow = SPAN_NONE};
	struct span part;

	(void)span_cut(&token, '.');
	part = span_cut(&token, '.');
	if (b64_decode(&json, part, B64_URL, e) ||
	    shape_parse(&raw, claim_fields, pool_span(&c->pool, buf_span(&json)), SHAPE_LENIENT, &c->pool, e)) {
		if (e)
			e->reason = REASON_BAD_TOKEN;
		return err_wrap(e, "the identity token's claims");
	}
	c->connector = raw.federated.connector;
	keep_paths(c, &raw);
	return 0;
}

int
keyless_claims_read(struct keyless_claims *c, struct span token, struct err *e)
{
	AUTO(idtoken) struct idtoken t = IDTOKEN_INIT;
	struct span who;

	if (idtoken_parse(&t, token, e) || idtoken_identity(&t, &who, e) || read_more(c, token, e))
		return -1;
	c->issuer = pool_span(&c->pool, t.issuer);
	c->subject = pool_span(&c->pool, t.subject);
	c->email = pool_span(&c->pool, t.email);
	c->expires = t.expires;
	return 0;
}

/* What is signed to prove that the key is held. */
static struct span
challenge(const struct keyless_claims *c)
{
	return c->email.len ? c->email : c->subject;
}

/* --- judging what came back --- */

static bool
is_one(struct span text, struct span claim)
{
	return claim.len && span_eq(text, claim);
}

/* A user name, "user!domain", where the provider calls people by such. */
static bool
is_user_name(const struct san *name, const struct keyless_claims *c)
{
	struct span rest = name->text;

	return name->kind == SAN_OTHERNAME && is_one(span_cut(&rest, '!'), c->subject);
}

static bool
ends_in(struct span uri, struct span path)
{
	size_t before = uri.len - path.len;

	return path.len && uri.len > path.len && uri.ptr[before - 1] == '/' && span_eq(span_from(uri, before), path);
}

/* Where the provider lives is its authority's to say, and the issuer is compared
 * anyway. */
static bool
names_machine(struct span uri, const struct keyless_claims *c)
{
	/* Chainguard puts the subject behind the issuer. */
	if (is_one(uri, c->subject) ||
	    (ends_in(uri, c->subject) && is_one(span_first(uri, uri.len - c->subject.len - 1), c->issuer)))
		return true;
	for (size_t i = 0; i < c->path_count; i++)
		if (ends_in(uri, c->paths[i]))
			return true;
	return false;
}

static bool
names_holder(const struct san *name, struct span token_subject, const struct keyless_claims *c)
{
	if (c->email.len)
		return name->kind == SAN_EMAIL && span_eq(name->text, c->email);
	if (is_one(token_subject, c->subject) || is_user_name(name, c))
		return name->kind == SAN_URI || name->kind == SAN_OTHERNAME;
	return name->kind == SAN_URI && names_machine(name->text, c);
}

static int
check_issuer(const struct cert *leaf, const struct keyless_claims *c, struct err *e)
{
	struct span issuer;

	if (fulcio_issuer(leaf, &issuer, e))
		return -1;
	if (is_one(issuer, c->issuer) || is_one(issuer, c->connector))
		return 0;
	err_set(e, REASON_WRONG_IDENTITY, "the certificate says that somebody else vouched for the signer");
	err_expected(e, "%.*s", SPAN_FMT(c->issuer));
	return err_found(e, "%.*s", SPAN_FMT(issuer));
}

static int
check_holder(const struct cert *leaf, const struct keyless_claims *c, struct err *e)
{
	AUTO(san_list) struct san_list names = SAN_LIST_INIT;
	struct span subject;

	if (san_list_get(&names, leaf, e) || fulcio_get(leaf, FULCIO_LAST, &subject, e) || check_issuer(leaf, c, e))
		return -1;
	if (names.count == 1 && names_holder(&names.items[0], subject, c))
		return 0;
	err_set(e, REASON_WRONG_IDENTITY, "the certificate is for somebody else");
	err_expected(e, "%.*s", SPAN_FMT(challenge(c)));
	return names.count ? err_found(e, "%.*s", SPAN_FMT(names.items[0].text)) : err_found(e, "no name");
}

static int
check_path(struct anchors *a, struct cert *leaf, int64_t now, struct chain *chain, struct err *e)
{
	err_set(e, REASON_UNTRUSTED_CERTIFICATE, "no certificate authority is trusted");
	for (size_t i = 0; i < a->ca_count; i++) {
		struct certlist *roots = &a->cas[i].roots, *helpers = &a->cas[i].helpers;
		struct chain_want want = {.roots = &roots, .root_lists = 1, .helpers = &helpers, .helper_lists = 1,
		    .purpose = CERT_CODE_SIGNING, .when = now, .until = now};

		if (chain_build(chain, leaf, &want, e))
			continue;
		if (trust_window_has(&a->cas[i].window, now)) {
			err_clear(e);
			return 0;
		}
		err_set(e, REASON_UNTRUSTED_CERTIFICATE, "the certificate authority is not trusted now");
	}
	return -1;
}

static int
check_sct(const struct anchors *a, const struct fulcioca_answer *answer, const struct chain *chain, struct err *e)
{
	enum sct_rule rule = a->separate ? SCT_ALL : SCT_SOME;
	const struct cert *leaf = answer->chain.items[0];
	AUTO(pool) struct pool pool = POOL_INIT;
	struct sct one;

	if (sct_is_embedded(leaf))
		return sct_check_embedded(leaf, chain_issuer(chain), a->ctlogs, a->ctlog_count, rule, 1, e);
	if (answer->sct.len == 0)
		return err_set(e, REASON_BAD_SCT, "there is no certificate timestamp, neither inside nor beside it");
	return sctfile_parse(&one, buf_span(&answer->sct), &pool, e) ? -1 :
	    sct_check_detached(&one, leaf, a->ctlogs, a->ctlog_count, rule, e);
}

/* A certificate begins when it is issued, and the authority's clock may be ahead
 * of ours. */
enum { SKEW_S = 60 };

static int64_t
issued_by_now(const struct cert *leaf, int64_t now)
{
	return now < leaf->not_before && now + SKEW_S >= leaf->not_before ? leaf->not_before : now;
}

static int
check_valid(const struct cert *leaf, int64_t now, struct err *e)
{
	char from[DATE_TEXT], to[DATE_TEXT], at[DATE_TEXT];

	if (cert_valid_at(leaf, now))
		return 0;
	err_set(e, REASON_EXPIRED_CERTIFICATE, "the certificate is not valid now");
	err_hint(e, "see whether the clock of this machine is right");
	err_expected(e, "from %s to %s", date_format(leaf->not_before, from), date_format(leaf->not_after, to));
	return err_found(e, "%s", date_format(now, at));
}

int
keyless_check(const struct witness_plan *p, const struct fulcioca_answer *a, const struct pubkey *key,
    const struct keyless_claims *who, bool ignore_sct, int64_t now, struct err *e)
{
	struct cert *leaf = a->chain.items[0];
	struct err why = ERR_INIT;
	struct chain chain;

	if (!span_eq(leaf->spki, buf_span(&key->spki)))
		return err_set(e, REASON_BAD_CERTIFICATE, "the certificate is for another key");
	now = issued_by_now(leaf, now);
	if (check_valid(leaf, now, e) || check_holder(leaf, who, e))
		return -1;
	if (check_path(p->anchors, leaf, now, &chain, &why)) {
		*e = why;
		return -1;
	}
	return ignore_sct ? 0 : check_sct(p->anchors, a, &chain, e);
}

/* --- asking --- */

static int
make_key(struct keyless *k, struct err *e)
{
	AUTO(secret) struct secret pkcs8 = SECRET_INIT;

	k->signer = k->own;
	if (k->own)
		return 0;
	if (!k->quiet)
		log_say("Generating ephemeral keys...");
	k->signer = &k->made;
	return keyfile_generate(k->alg, &pkcs8, e) || signer_from_pkcs8(&k->made, &pkcs8, e) ? -1 : 0;
}

/* What comes with a legacy signature: the issuers, and of roots none, for
 * verifiers bring their own. */
static void
keep_chain(struct keyless *k)
{
	buf_reset(&k->chain);
	for (size_t i = 1; i < k->answer.chain.count; i++)
		cert_emit_pem(k->answer.chain.items[i], &k->chain);
}

/* That the key is held: a signing request, which is signed by it, or its
 * signature over what the token calls its holder. */
static int
prove(struct keyless *k, const struct keyless_claims *who, struct buf *proof, struct fulcioca_request *q,
    struct err *e)
{
	const struct alg *alg = k->signer->alg;
	int failed;

	/* The authority knows pure Ed25519 alone, whatever files are signed by. */
	if (k->signer->pub.type == KEY_ED25519)
		k->signer->alg = alg_default(KEY_ED25519, 0);
	failed = k->csr ? csr_emit(k->signer, proof, e) : signer_sign(k->signer, challenge(who), proof, e);
	k->signer->alg = alg;
	if (failed)
		return -1;
	q->key = &k->signer->pub;
	*(k->csr ? &q->csr : &q->proof) = buf_span(proof);
	return 0;
}

static int
ask(struct keyless *k, const struct keyless_claims *who, struct err *e)
{
	struct service s = {"certificate authority", k->plan->ca, NULL};
	AUTO(buf) struct buf proof = BUF_INIT(BUF_TEXT_MAX);
	struct fulcioca_request q = {.key = NULL};

	if (prove(k, who, &proof, &q, e))
		return -1;
	if (!k->quiet)
		log_say("Retrieving signed certificate...");
	if (fulcioca_ask(&s, &k->token, &q, &k->answer, e))
		return -1;
	if (keyless_check(k->plan, &k->answer, &k->signer->pub, who, k->ignore_sct, date_now(), e))
		return service_wrap(&s, e);
	if (!k->ignore_sct && !k->quiet)
		log_say("Successfully verified SCT...");
	if (k->answer.sct.len && !sct_is_embedded(k->answer.chain.items[0]))
		log_warn("the authority put the certificate timestamp beside the certificate, and signatures have no place "
		    "for it: they verify with --insecure-ignore-sct=true alone");
	return 0;
}

enum { TOKEN_MARGIN_S = 5 };	/* that it should still be good for */

static int
read_token(struct keyless *k, struct keyless_claims *who, struct err *e)
{
	if (keyless_claims_read(who, secret_span(&k->token), e))
		return -1;
	if (who->expires > date_now() + TOKEN_MARGIN_S || !k->fetch || !k->used)
		return 0;
	keyless_claims_release(who);
	*who = (struct keyless_claims)KEYLESS_CLAIMS_INIT;
	return k->fetch(&k->token, e) || keyless_claims_read(who, secret_span(&k->token), e) ? -1 : 0;
}

static int
renew(struct keyless *k, struct err *e)
{
	AUTO(keyless_claims) struct keyless_claims who = KEYLESS_CLAIMS_INIT;

	k->leaf = NULL;
	fulcioca_answer_release(&k->answer);
	if (!k->plan->anchors || !k->plan->ca)
		return err_set(e, REASON_CONFIG, "there is no certificate authority to ask");
	if (read_token(k, &who, e) || make_key(k, e) || ask(k, &who, e))
		return -1;
	k->leaf = k->answer.chain.items[0];
	k->used = true;
	keep_chain(k);
	return 0;
}

/* A certificate that was just issued for a shorter time than the margin is as
 * fresh as can be had. */
static bool
is_fresh(const struct keyless *k)
{
	int64_t now = date_now(), life, margin = KEYLESS_MARGIN_S;

	if (!k->leaf)
		return false;
	life = k->leaf->not_after - k->leaf->not_before;
	if (life < (int64_t)2 * margin)
		margin = life / 2;
	return now + margin <= k->leaf->not_after && issued_by_now(k->leaf, now) >= k->leaf->not_before;
}

int
keyless_ready(struct keyless *k, struct err *e)
{
	int rc = 0;

	gate_enter(&k->gate, SPAN("certificate"));
	if (!is_fresh(k))
		rc = renew(k, e);
	gate_leave(&k->gate, SPAN("certificate"));
	return rc;
}

void
keyless_witness(const struct keyless *k, struct witness *w, struct pool *pool)
{
	w->cert = pool_span(pool, buf_span(&k->leaf->der));
	w->chain = pool_span(pool, buf_span(&k->chain));
}

void
keyless_release(struct keyless *k)
{
	secret_release(&k->token);
	signer_release(&k->made);
	fulcioca_answer_release(&k->answer);
	buf_release(&k->chain);
	k->leaf = NULL;
}
