/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/policyopt.h"

#include "base/log.h"
#include "cli/images.h"
#include "client/keyref.h"
#include "sig/payload.h"

const struct opt policyopt_opts[] = {
	OPT_STR(struct policyopt, 0, "key", "KEY", key, .help = "public key: a file, URL or env://VARIABLE",
	    .complete = OPT_COMPLETE_FILE),
	OPT_CSV(struct policyopt, 'a', "annotations", "KEY=VALUE", annotations,
	    .help = "the signature must carry this annotation (repeatable)"),
	OPT_FLAG(struct policyopt, 0, "check-claims", check_claims, .def = "true",
	    .help = "check that the signature is about this image and carries the annotations"),
	OPT_FLAG(struct policyopt, 0, "insecure-ignore-tlog", ignore_tlog,
	    .help = "do not ask for a transparency log entry"),
	OPT_FLAG(struct policyopt, 0, "private-infrastructure", private_infra, .help = "the same, without the warning",
	    .gone = "use --insecure-ignore-tlog"),
	OPT_FLAG(struct policyopt, 0, "offline", offline, .help = "never look a log entry up online",
	    .gone = "use --trusted-root with a bundle"),
	OPT_STR(struct policyopt, 0, "signature-digest-algorithm", "HASH", hash,
	    .help = "hash of the signature; without it the key decides", .hints = "sha224|sha256|sha384|sha512",
	    .gone = "the key decides"),
	OPT_STR(struct policyopt, 0, "trusted-root", "FILE", trusted_root, .help = "trusted root of the services",
	    .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct policyopt, 0, "use-signed-timestamps", timestamps, .help = "ask for a signed timestamp",
	    .later = "services"),
	OPT_GROUP(struct policyopt, identity, services_identity),
	OPT_GROUP(struct policyopt, sk, services_sk),
	OPT_END};

void
policyopt_policy_release(struct policyopt_policy *p)
{
	pubkey_release(&p->key);
	pool_release(&p->pool);
}

static int
check_flags(const struct policyopt *o, struct err *e)
{
	if (!o->key) {
		err_set(e, REASON_UNSUPPORTED, "this version verifies with a public key only");
		return err_hint(e, "pass --key KEY");
	}
	if (!o->ignore_tlog && !o->private_infra) {
		err_set(e, REASON_UNSUPPORTED, "this version cannot check a transparency log entry, which verifying asks for");
		return err_hint(e, "pass --insecure-ignore-tlog=true to do without");
	}
	return 0;
}

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

int
policyopt_make(const struct policyopt *o, struct policyopt_policy *p, struct err *e)
{
	p->keys[0] = &p->key;
	p->policy = (struct policy){.keys = p->keys, .key_count = 1, .check_claims = o->check_claims,
	    .predicate_type = PREDICATE_SIGN, .ignore_log = true};
	if (check_flags(o, e) || set_hash(o->hash, &p->policy, e) ||
	    images_annotations(&o->annotations, &p->pool, &p->policy.annotations, e) ||
	    keyref_public(o->key, &p->key, NULL, e))
		return -1;
	if (!o->private_infra)
		log_warn("Skipping tlog verification is an insecure practice that lacks transparency and "
			 "auditability verification for the signature.");
	return 0;
}
