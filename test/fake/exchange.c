/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange.h"

const char *
exchange_query(struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->conn, MHD_GET_ARGUMENT_KIND, name);
}

const char *
exchange_header(struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->conn, MHD_HEADER_KIND, name);
}

bool
exchange_is(const struct exchange *x, const char *method)
{
	return strcmp(x->method, method) == 0;
}

bool
exchange_is_read(const struct exchange *x)
{
	return exchange_is(x, "GET") || exchange_is(x, "HEAD");
}

void
exchange_answer(struct exchange *x, unsigned status, const char *type, struct span body)
{
	if (x->out)
		MHD_destroy_response(x->out);
	x->status = status;
	x->out = MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)(body.ptr ? body.ptr : ""),
	    MHD_RESPMEM_MUST_COPY);
	if (type)
		MHD_add_response_header(x->out, "Content-Type", type);
}

void
exchange_add(struct exchange *x, const char *name, const char *fmt, ...)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	MHD_add_response_header(x->out, name, buf_str(&b));
}

void
exchange_error(struct exchange *x, unsigned status, const char *code)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	buf_printf(&b, "{\"errors\":[{\"code\":\"%s\",\"message\":\"%s\"}]}", code, code);
	exchange_answer(x, status, "application/json", buf_span(&b));
}
