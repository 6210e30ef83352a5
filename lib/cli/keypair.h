/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_KEYPAIR_H
#define CLI_KEYPAIR_H
/*
 * STEM.key and STEM.pub, as generate-key-pair and import-key-pair leave them.
 */
#include "cli/prompt.h"
#include "crypto/keyfile.h"

struct keypair {
	const char *stem;
	bool yes;		/* overwrite without asking */
	struct prompt prompt;
};

/* Asks for the password and, when a file is there, whether to overwrite it;
 * then writes the sealed private key (mode 0600) and the public one (0644),
 * and says so on stderr, or with --json in a record on stdout. */
int	keypair_write(const struct keypair *p, const struct secret *pkcs8, struct err *e) MUST_CHECK;
#endif
