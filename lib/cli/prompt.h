/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H
/*
 * Questions to whoever runs the command. Without a terminal nothing is shown,
 * but an answer that is piped in is taken; /dev/null, a closed or an empty
 * standard input is no answer, and fails at once with the name of the flag or
 * variable that would have helped.
 */
#include "cli/opt.h"
#include "crypto/secret.h"

enum { PROMPT_PASSWORD_MAX = 64 << 10 };

/* Asks whether to go on. REASON_DECLINED for no, nothing or nonsense;
 * REASON_NO_TERMINAL, naming the flag ("--yes"), when nobody can answer. */
int	prompt_confirm(const char *flag, struct err *e) MUST_CHECK;

/* Where the password of a private key comes from: a group of flags. */
struct prompt {
	const char *password_file;
	bool create;		/* for a new key: a terminal is asked twice */
	bool records;		/* standard input carries records: no password is there */
};
extern const struct opt prompt_opts[];

/* A keyfile_password; ctx is a struct prompt. --password-file (its last line
 * end is dropped), else COSIGN_PASSWORD if set, even empty, else the terminal,
 * else all of standard input, line end included, as upstream takes it. */
int	prompt_password(void *ctx, struct secret *password, struct err *e) MUST_CHECK;
#endif
