/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/prompt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include "base/env.h"

const struct opt prompt_opts[] = {
	OPT_STR(struct prompt, 0, "password-file", "FILE", password_file,
	    .help = "read the key's password from this file (- is standard input)",
	    .complete = OPT_COMPLETE_FILE),
	OPT_END
};

/* A character device that is no terminal has nothing to say: /dev/null, which
 * also stands in for a standard input that was closed. */
static bool
can_answer(void)
{
	struct stat st;

	return isatty(STDIN_FILENO) || (fstat(STDIN_FILENO, &st) == 0 && !S_ISCHR(st.st_mode));
}

static void
show(const char *text)
{
	fputs(text, stderr);
	fflush(stderr);
}

/* One byte at a time: what follows the line belongs to the next question.
 * -1 at the end of input. */
static int
next_byte(void)
{
	unsigned char c;
	ssize_t n;

	do
		n = read(STDIN_FILENO, &c, 1);
	while (n < 0 && errno == EINTR);
	return n == 1 ? c : -1;
}

static int
nobody(struct err *e, const char *flag)
{
	err_set(e, REASON_NO_TERMINAL, "this needs a confirmation, and there is nobody to ask");
	return err_hint(e, "pass %s to go on without being asked", flag);
}

int
prompt_confirm(const char *flag, struct err *e)
{
	char answer[64];
	size_t len = 0;
	bool any = false;
	int c = -1;

	if (!can_answer())
		return nobody(e, flag);
	if (isatty(STDIN_FILENO))
		show("Are you sure you would like to continue? [y/N] ");
	while (len < sizeof(answer) && (c = next_byte()) >= 0 && c != '\n') {
		answer[len++] = (char)c;
		any = true;
	}
	if (c < 0 && !any)
		return nobody(e, flag);
	if (len && answer[len - 1] == '\r')
		len--;
	if (len == 1 && (answer[0] == 'y' || answer[0] == 'Y'))
		return 0;
	if (len == 0 || (len == 1 && (answer[0] == 'n' || answer[0] == 'N')))
		return err_set(e, REASON_DECLINED, "user declined the prompt");
	err_set(e, REASON_DECLINED, "the answer was neither yes nor no");
	err_expected(e, "y or n");
	return err_found(e, "%.*s", (int)len, answer);
}

static volatile sig_atomic_t caught;

static void
on_signal(int number)
{
	caught = number;
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

/* The signals come only while we wait, so that none is missed before. */
struct hooks {
	struct sigaction old[countof(signals)];
	sigset_t mask;
};

static void
hook_signals(struct hooks *h)
{
	struct sigaction hook = {.sa_handler = on_signal};
	sigset_t all;

	caught = 0;
	sigemptyset(&all);
	for (size_t i = 0; i < countof(signals); i++) {
		sigaddset(&all, signals[i]);
		sigaction(signals[i], &hook, &h->old[i]);
	}
	sigprocmask(SIG_BLOCK, &all, &h->mask);
}

static void
unhook_signals(const struct hooks *h)
{
	for (size_t i = 0; i < countof(signals); i++)
		sigaction(signals[i], &h->old[i], NULL);
	sigprocmask(SIG_SETMASK, &h->mask, NULL);
	if (caught)
		raise(caught);
}

/* False at the end of input without a line, or when a signal came. */
static bool
read_line(struct secret *s, const struct hooks *h)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	int c = -1;

	s->len = 0;
	while (!caught && s->len < PROMPT_PASSWORD_MAX) {
		if (ppoll(&in, 1, NULL, &h->mask) < 0)
			continue;
		c = next_byte();
		if (c < 0 || c == '\n')
			break;
		s->bytes[s->len++] = (unsigned char)c;
	}
	return !caught && (c >= 0 || s->len);
}

/* Asks for a line without echo, which is off before the question shows. A
 * signal that would end or stop us first gets the terminal back as it was. */
static int
read_hidden(const char *question, struct secret *s, struct err *e)
{
	struct termios before, quiet;
	struct hooks hooks;
	bool got;

	if (tcgetattr(STDIN_FILENO, &before))
		return err_errno(e, REASON_NO_TERMINAL, "cannot turn off the terminal's echo");
	secret_release(s);
	secret_new(s, PROMPT_PASSWORD_MAX);
	hook_signals(&hooks);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
	quiet.c_lflag |= ICANON | ISIG | ECHONL;
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet);
	show(question);
	got = read_line(s, &hooks);
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	unhook_signals(&hooks);
	return got ? 0 : err_set(e, REASON_DECLINED, "no password was given");
}

static int
from_terminal(struct secret *password, bool twice, struct err *e)
{
	AUTO(secret) struct secret again = SECRET_INIT;

	if (read_hidden("Enter password for private key: ", password, e))
		return -1;
	if (!twice)
		return 0;
	if (read_hidden("Enter password for private key again: ", &again, e))
		return -1;
	if (span_eq(secret_span(password), secret_span(&again)))
		return 0;
	return err_set(e, REASON_BAD_PASSWORD, "passwords do not match");
}

static int
no_password(struct err *e)
{
	err_set(e, REASON_NO_TERMINAL, "the private key's password is needed, and there is nobody to ask");
	return err_hint(e, "set COSIGN_PASSWORD (it may be empty), or pass --password-file FILE");
}

static int
from_file(struct secret *password, const char *path, struct err *e)
{
	if (secret_read_file(password, path, PROMPT_PASSWORD_MAX, e))
		return err_wrap(e, "--password-file");
	if (password->len && password->bytes[password->len - 1] == '\n')
		password->len--;
	if (password->len && password->bytes[password->len - 1] == '\r')
		password->len--;
	return 0;
}

int
prompt_password(void *ctx, struct secret *password, struct err *e)
{
	const struct prompt *p = ctx;
	const char *variable = env_get("COSIGN_PASSWORD");

	if (p && p->password_file && *p->password_file)
		return from_file(password, p->password_file, e);
	if (variable) {
		secret_copy(password, span_str(variable));
		return 0;
	}
	if ((p && p->records) || !can_answer())
		return no_password(e);
	if (isatty(STDIN_FILENO))
		return from_terminal(password, p && p->create, e);
	if (secret_read_fd(password, STDIN_FILENO, "standard input", PROMPT_PASSWORD_MAX, e))
		return -1;
	return password->len ? 0 : no_password(e);
}
