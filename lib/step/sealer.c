/* SPDX-License-Identifier: Apache-2.0 */
#include "step/sealer.h"

static int
take_signer(struct sealer *s, struct witness *out, struct signer **signer, struct pool *pool, struct err *e)
{
	*out = (struct witness){.cert = s->cert, .chain = s->chain};
	*signer = s->signer;
	if (!s->keyless)
		return 0;
	if (keyless_ready(s->keyless, e))
		return -1;
	keyless_witness(s->keyless, out, pool);
	*signer = s->keyless->signer;
	return 0;
}

static int
seal(struct sealer *s, const struct sealer_item *it, struct witness *out, struct pool *pool, struct err *e)
{
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	struct witness_content c = {.envelope = SPAN_NONE};
	struct signer *signer;

	/* The key by its own copy: while others wait for the network, a certificate
	 * may be renewed, and its key with it. */
	if (take_signer(s, out, &signer, pool, e) || pubkey_parse_spki(&key, buf_span(&signer->pub.spki), e) ||
	    it->sign(it->ctx, signer, e))
		return -1;
	if (!s->plan || !witness_plan_asks(s->plan))
		return 0;
	if (it->describe(it->ctx, &c, e))
		return -1;
	c.what.key = &key;
	c.what.cert = out->cert.len ? out->cert : SPAN_NONE;
	return witness_ask(s->plan, &c, out, pool, e);
}

int
sealer_seal(struct sealer *s, const struct sealer_item *it, struct witness *out, struct pool *pool, struct err *e)
{
	struct err why = ERR_INIT;

	if (seal(s, it, out, pool, &why) == 0)
		return 0;
	if (err_is(&why, REASON_EXISTS) || (s->keyless && err_is(&why, REASON_EXPIRED_CERTIFICATE) && s->keyless->leaf)) {
		if (s->keyless && err_is(&why, REASON_EXPIRED_CERTIFICATE))
			s->keyless->leaf = NULL;
		err_clear(&why);
		if (seal(s, it, out, pool, &why) == 0)
			return 0;
	}
	*e = why;
	return -1;
}
