/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/policyopt.h"

#include "base/date.h"
#include "base/log.h"
#include "cli/images.h"
#include "client/keyref.h"
#include "client/textref.h"
#include "sig/statement.h"

const struct opt policyopt_opts[] = {
	OPT_LIST(struct policyopt, 0, "key", "KEY", keys,
	    .help = "public key: a file, URL or env://VARIABLE (repeatable: any of them)",
	    .complete = OPT_COMPLETE_FILE),
	OPT_INT(struct policyopt, 0, "threshold", "N", threshold, .def = "1",
	    .help = "how many distinct signers there must be"),
	OPT_FLAG(struct policyopt, 0, "insecure-ignore-tlog", ignore_tlog,
	    .help = "do not ask for a transparency log entry"),
	OPT_FLAG(struct policyopt, 0, "private-infrastructure", private_infra, .help = "the same, without the warning",
	    .gone = "use --insecure-ignore-tlog"),
	OPT_FLAG(struct policyopt, 0, "offline", offline, .help = "ask nobody: neither a log for an entry nor a TUF repository for trust",
	    .gone = "use --trusted-root with a bundle"),
	OPT_STR(struct policyopt, 0, "signature-digest-algorithm", "HASH", hash,
	    .help = "hash of the signature; without it the key decides", .hints = "sha224|sha256|sha384|sha512",
	    .gone = "the key decides"),
	OPT_GROUP(struct policyopt, trust, trustopt_opts),
	OPT_FLAG(struct policyopt, 0, "use-signed-timestamps", stamps, .help = "ask for a signed timestamp (RFC 3161)"),
	OPT_INT(struct policyopt, 0, "log-threshold", "N", log_threshold, .def = "1",
	    .help = "how many transparency logs must vouch for a signature"),
	OPT_INT(struct policyopt, 0, "timestamp-threshold", "N", stamp_threshold, .def = "1",
	    .help = "how many timestamp authorities must, where any must"),
	OPT_INT(struct policyopt, 0, "sct-threshold", "N", sct_threshold, .def = "1",
	    .help = "how many certificate logs must vouch for a certificate"),
	OPT_STR(struct policyopt, 0, "at-time", "TIME", at_time, .help = "judge as if it were this time (RFC 3339)"),
	OPT_DURATION(struct policyopt, 0, "max-age", max_age, .def = "0s",
	    .help = "refuse signatures that are not proved to be younger; 0s: of any age"),
	OPT_GROUP(struct policyopt, identity, services_identity),
	OPT_GROUP(struct policyopt, sk, services_sk),
	OPT_END};

const struct opt policyopt_claims_opts[] = {
	OPT_CSV(struct policyopt_claims, 'a', "annotations", "KEY=VALUE", annotations,
	    .help = "the signature must carry this annotation (repeatable)"),
	OPT_FLAG(struct policyopt_claims, 0, "check-claims", check_claims, .def = "true",
	    .help = "check that the signature is about this image and carries the annotations"),
	OPT_END};

void
policyopt_policy_release(struct policyopt_policy *p)
{
	identityopt_release(&p->who);
	anchors_release(&p->anchors);
	pool_release(&p->pool);
}

/* --- what the flags say --- */

static int
set_hash(const char *name, struct policy *p, struct err *e)
{
	if (!name || !*name)
		return 0;
	p->hash = hash_find(span_trim(span_str(name)));
	if (p->hash != HASH_NONE)
		return 0;
	err_set(e, REASON_USAGE, "--signature-digest-algorithm");
	err_expected(e, "sha224, sha256, sha384 or sha512");
	return err_found(e, "'%s'", name);
}

static int
set_clock(const struct policyopt *o, struct policy *p, struct err *e)
{
	p->now = date_now();
	p->max_age = o->max_age > 0 ? (o->max_age + 999) / 1000 : 0;
	if (o->at_time && date_parse(span_str(o->at_time), &p->now, e)) {
		e->reason = REASON_USAGE;
		return err_wrap(e, "--at-time");
	}
	if (o->max_age < 0)
		return err_set(e, REASON_USAGE, "--max-age: expected a duration that is not negative");
	return 0;
}

static int
set_count(int64_t value, const char *flag, size_t *out, struct err *e)
{
	if (value >= 1 && value <= IDENTITYOPT_MAX) {
		*out = (size_t)value;
		return 0;
	}
	err_set(e, REASON_USAGE, "--%s", flag);
	err_expected(e, "1 to %d", IDENTITYOPT_MAX);
	return err_found(e, "%lld", (long long)value);
}

static int
set_counts(const struct policyopt *o, struct policyopt_policy *p, struct err *e)
{
	return set_count(o->threshold, "threshold", &p->threshold, e) ||
	    set_count(o->log_threshold, "log-threshold", &p->policy.log_threshold, e) ||
	    set_count(o->stamp_threshold, "timestamp-threshold", &p->policy.stamp_threshold, e) ||
	    set_count(o->sct_threshold, "sct-threshold", &p->policy.sct_threshold, e) ? -1 : 0;
}

/* --- who --- */

static int
add_key(const char *ref, struct identityopt *who, struct err *e)
{
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;

	if (keyref_public(ref, &key, NULL, e))
		return -1;
	identityopt_add_key(who, &key);
	return 0;
}

static int
set_signers(const struct policyopt *o, struct policyopt_policy *p, struct err *e)
{
	struct identityopt *who = &p->who;

	if (o->keys.count && identityopt_has_flags(&o->identity))
		return err_set(e, REASON_USAGE, "--key and --certificate-identity… exclude each other; an identity file may name both");
	if (!o->keys.count && !o->identity.files.count && !identityopt_has_flags(&o->identity)) {
		err_set(e, REASON_USAGE, "nobody is named whose signature would count");
		return err_hint(e, "pass --key KEY, or --certificate-identity NAME with --certificate-oidc-issuer URL");
	}
	for (size_t i = 0; i < o->keys.count; i++)
		if (add_key(o->keys.items[i], who, e))
			return -1;
	if (identityopt_make(who, &o->identity, e))
		return -1;
	p->policy.keys = who->keys;
	p->policy.key_count = who->key_count;
	p->policy.identities = who->identities;
	p->policy.identity_count = who->identity_count;
	if (p->threshold <= who->key_count || who->identity_count)
		return 0;
	err_set(e, REASON_USAGE, "--threshold asks for more signers than are named");
	err_expected(e, "at most %zu", who->key_count);
	return err_found(e, "%zu", p->threshold);
}

/* --- whom to trust --- */

static int
read_text(const char *path, const char *flag, bool inline_too, struct pool *pool, struct span *out, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(POLICYOPT_FILE_MAX);

	*out = SPAN_NONE;
	if (!path)
		return 0;
	if (textref_read(path, inline_too, &text, e))
		return err_wrap(e, "--%s", flag);
	*out = pool_span(pool, buf_span(&text));
	if (out->len)
		return 0;
	return err_set(e, REASON_BAD_CERTIFICATE, "--%s is empty", flag);
}

static int
set_trust(const struct policyopt *o, struct policyopt_policy *p, struct err *e)
{
	struct policy *q = &p->policy;
	bool given, needed = q->identity_count || !q->ignore_log || q->stamps || q->max_age;

	if (trustopt_make(&p->anchors, &given, &o->trust, &o->identity, e))
		return -1;
	if (given)
		q->anchors = &p->anchors;
	if (given || !needed)
		return 0;
	q->anchors = &p->anchors;
	if (trustopt_fetch(&p->anchors, o->offline, e) == 0)
		return 0;
	if (o->offline)
		return err_hint(e, "--offline fetches no trusted root: pass --trusted-root FILE, or fetch it before by cosign initialize");
	if (!q->identity_count && !q->stamps && !q->max_age)
		err_hint(e, "pass --trusted-root FILE, or --insecure-ignore-tlog=true to do without log entries");
	return -1;
}

int
policyopt_make(const struct policyopt *o, struct policyopt_policy *p, struct err *e)
{
	struct policy *q = &p->policy;

	*q = (struct policy){.ignore_log = o->ignore_tlog || o->private_infra, .ignore_sct = o->identity.ignore_sct,
	    .stamps = o->stamps || o->identity.tsa_chain};
	p->late_chain = o->identity.allow_chain;
	if (set_hash(o->hash, q, e) || set_clock(o, q, e) || set_counts(o, p, e) || set_signers(o, p, e) ||
	    set_trust(o, p, e) || read_text(o->identity.certificate, "certificate", true, &p->pool, &p->certificate, e) ||
	    read_text(o->identity.chain, "certificate-chain", false, &p->pool, &p->chain, e) ||
	    read_text(o->identity.sct, "sct", false, &p->pool, &p->sct, e))
		return -1;
	if (q->ignore_log && !o->private_infra)
		log_warn("Skipping tlog verification is an insecure practice that lacks transparency and "
			 "auditability verification for the signature.");
	return 0;
}

/* The original asks for what does not come along. Whoever names a trusted root and
 * no log wants to know by that alone. */
const char *
policyopt_log(const struct policyopt *o, const struct services_urls *urls)
{
	bool named = strcmp(urls->rekor, SERVICES_REKOR) != 0;

	if (o->offline || o->ignore_tlog || o->private_infra || !*urls->rekor || (o->trust.trusted_root && !named))
		return NULL;
	return urls->rekor;
}

int
policyopt_claims(const struct policyopt_claims *c, struct policyopt_policy *p, struct err *e)
{
	p->policy.check_claims = c->check_claims;
	return images_annotations(&c->annotations, &p->pool, &p->policy.annotations, e);
}

void
policyopt_judge(struct policyopt_policy *p, struct judge *how)
{
	p->policy.predicate_type = PREDICATE_SIGN;
	how->policy = &p->policy;
	how->threshold = p->threshold;
	how->late_chain = p->late_chain;
	how->certificate = p->certificate;
	how->chain = p->chain;
	how->sct = p->sct;
}
