/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/trustopt.h"

#include "base/env.h"
#include "base/file.h"
#include "client/textref.h"
#include "client/trustget.h"

const struct opt trustopt_opts[] = {
	OPT_STR(struct trustopt_args, 0, "trusted-root", "FILE", trusted_root,
	    .help = "trusted root: whose logs, certificate and timestamp authorities count",
	    .complete = OPT_COMPLETE_FILE),
	OPT_END};

typedef int add_fn(struct anchors *, struct span, struct err *);

static int
add_from(struct anchors *a, const char *path, const char *what, add_fn *add, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(CERTLIST_FILE_MAX);

	if (textref_read(path, false, &text, e) || add(a, buf_span(&text), e))
		return err_wrap(e, "%s %s", what, path);
	return 0;
}

static int
load_root(struct anchors *a, const char *path, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(TRUST_MAX);

	if (file_read(path, &text, e) || anchors_load(a, buf_span(&text), e))
		return err_wrap(e, "--trusted-root %s", path);
	return 0;
}

static int
add_roots(struct anchors *a, const struct services_identity *s, struct err *e)
{
	AUTO(buf) struct buf roots = BUF_INIT(CERTLIST_FILE_MAX), helpers = BUF_INIT(CERTLIST_FILE_MAX);

	if (textref_read(s->ca_roots, false, &roots, e))
		return err_wrap(e, "--ca-roots %s", s->ca_roots);
	if (s->ca_intermediates && textref_read(s->ca_intermediates, false, &helpers, e))
		return err_wrap(e, "--ca-intermediates %s", s->ca_intermediates);
	if (anchors_add_roots(a, buf_span(&roots), buf_span(&helpers), e))
		return err_wrap(e, "--ca-roots %s", s->ca_roots);
	return 0;
}

/* Authorities for certificates: a flag wins over the environment. */
static int
add_cas(struct anchors *a, const struct services_identity *s, const char *env, struct err *e)
{
	if (!s->chain && !s->ca_roots && !env)
		return 0;
	anchors_drop_cas(a);
	if (s->chain)
		return add_from(a, s->chain, "--certificate-chain", anchors_add_chain, e);
	if (s->ca_roots)
		return add_roots(a, s, e);
	return add_from(a, env, "SIGSTORE_ROOT_FILE", anchors_add_mixed, e);
}

static int
add_tsas(struct anchors *a, const struct services_identity *s, const char *env, struct err *e)
{
	if (!s->tsa_chain && !env)
		return 0;
	anchors_drop_tsas(a);
	if (s->tsa_chain)
		return add_from(a, s->tsa_chain, "--timestamp-certificate-chain", anchors_add_tsa, e);
	return add_from(a, env, "SIGSTORE_TSA_CERTIFICATE_FILE", anchors_add_tsa, e);
}

static int
check_flags(const struct services_identity *s, struct err *e)
{
	if (s->ca_intermediates && !s->ca_roots)
		return err_set(e, REASON_USAGE, "--ca-intermediates is of use with --ca-roots alone");
	if (s->sct && !s->certificate)
		return err_set(e, REASON_USAGE, "--sct is of use with --certificate alone");
	return 0;
}

/* A trusted root that was named leaves nothing to the environment. */
static const char *
variable(const struct trustopt_args *t, const char *name)
{
	return t->trusted_root ? NULL : env_get_nonempty(name);
}

int
trustopt_make(struct anchors *a, bool *given, const struct trustopt_args *t, const struct services_identity *s,
    struct err *e)
{
	const char *roots = variable(t, "SIGSTORE_ROOT_FILE");
	const char *tsas = variable(t, "SIGSTORE_TSA_CERTIFICATE_FILE");
	const char *log = variable(t, "SIGSTORE_REKOR_PUBLIC_KEY");
	const char *ctlog = variable(t, "SIGSTORE_CT_LOG_PUBLIC_KEY_FILE");

	*given = t->trusted_root || roots || tsas || log || ctlog || s->chain || s->ca_roots || s->tsa_chain;
	if (check_flags(s, e) || (t->trusted_root && load_root(a, t->trusted_root, e)) || add_cas(a, s, roots, e) ||
	    add_tsas(a, s, tsas, e))
		return -1;
	if (log && add_from(a, log, "SIGSTORE_REKOR_PUBLIC_KEY", anchors_add_log, e))
		return -1;
	return ctlog ? add_from(a, ctlog, "SIGSTORE_CT_LOG_PUBLIC_KEY_FILE", anchors_add_ctlog, e) : 0;
}

int
trustopt_fetch(struct anchors *a, bool offline, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(TRUST_MAX);

	if ((offline ? trustget_kept : trustget_fetch)(TRUSTGET_ROOT, &text, e))
		return -1;
	return anchors_load(a, buf_span(&text), e) ? err_wrap(e, TRUSTGET_ROOT " of the TUF repository") : 0;
}
