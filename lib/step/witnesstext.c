/* SPDX-License-Identifier: Apache-2.0 */
#include "step/witnesstext.h"

#include "codec/pem.h"
#include "sig/logset.h"
#include "sig/stampfile.h"

struct span
witnesstext_certificate(const struct witness *w, struct pool *pool)
{
	AUTO(buf) struct buf pem = BUF_INIT(BUF_TEXT_MAX);

	if (!w->cert.len)
		return SPAN_NONE;
	pem_encode(&pem, "CERTIFICATE", w->cert);
	return pool_span(pool, buf_span(&pem));
}

struct span
witnesstext_log(const struct witness *w, struct pool *pool)
{
	AUTO(buf) struct buf json = BUF_INIT(LOGSET_MAX);

	if (!w->entry_count)
		return SPAN_NONE;
	logset_emit(&w->entries[0], &json);
	return pool_span(pool, buf_span(&json));
}

struct span
witnesstext_stamp(const struct witness *w, struct pool *pool)
{
	AUTO(buf) struct buf json = BUF_INIT(STAMPFILE_MAX);

	if (!w->stamp_count)
		return SPAN_NONE;
	stampfile_emit(w->stamps[0], &json);
	return pool_span(pool, buf_span(&json));
}
