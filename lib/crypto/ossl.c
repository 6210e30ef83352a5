/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/ossl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdarg.h>
#include "base/mem.h"

void
ossl_init(void)
{
	static bool done;

	if (done)
		return;
	/* Without its context, libcrypto crashes at the next call. */
	if (!OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) ||
	    !OSSL_LIB_CTX_get0_global_default())
		mem_exhausted();
	done = true;
}

void
ossl_forget(void)
{
	ERR_clear_error();
}

int
ossl_fail(struct err *e, enum reason reason, const char *fmt, ...)
{
	unsigned long code = ERR_peek_error();
	const char *why = ERR_reason_error_string(code);
	char text[512];
	va_list ap;

	ERR_clear_error();
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return why ? err_set(e, reason, "%s: %s", text, why) : err_set(e, reason, "%s", text);
}
