/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox.h"

#if defined(__linux__) && !defined(SANDBOX_OFF)
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/sandbox_filter.h"
#include "base/spill.h"

/* Landlock, as the kernel's documentation has it; linux/landlock.h may be
 * older than the kernel we run on. Its numbers are the same on all machines. */
enum { NR_CREATE_RULESET = 444, NR_ADD_RULE = 445, NR_RESTRICT_SELF = 446 };
enum { CREATE_VERSION = 1, RULE_PATH = 1 };

enum {
	FS_EXECUTE = 1 << 0,
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_REMOVE_AND_MAKE = 0x1ff << 4,	/* REMOVE_DIR to MAKE_SYM */
	FS_REFER = 1 << 13,		/* since version 2 */
	FS_TRUNCATE = 1 << 14,		/* 3 */
	FS_IOCTL_DEV = 1 << 15,		/* 5 */
	NET_BIND_AND_CONNECT = 3,	/* 4 */
	SCOPE_ABSTRACT_UNIX = 1 << 0,	/* 6 */
	SCOPE_SIGNAL = 1 << 1,		/* 6 */
};

struct ruleset { uint64_t fs, net, scoped; };
struct path_rule { uint64_t allowed; int32_t fd; } __attribute__((__packed__));

static struct ruleset
make_ruleset(unsigned keep, long version)
{
	struct ruleset r = {.fs = FS_EXECUTE};

	if (!(keep & SANDBOX_READ))
		r.fs |= FS_READ_FILE | FS_READ_DIR;
	if (!(keep & SANDBOX_WRITE))
		r.fs |= FS_WRITE_FILE | FS_REMOVE_AND_MAKE | (version >= 2 ? FS_REFER : 0) |
		    (version >= 3 ? FS_TRUNCATE : 0) | (version >= 5 ? FS_IOCTL_DEV : 0);
	if (version >= 4 && !(keep & SANDBOX_NET))
		r.net = NET_BIND_AND_CONNECT;
	if (version >= 6 && !(keep & SANDBOX_NET))
		r.scoped |= SCOPE_ABSTRACT_UNIX;
	if (version >= 6 && !(keep & SANDBOX_SIGNAL))
		r.scoped |= SCOPE_SIGNAL;
	return r;
}

/* What cannot be opened here, nobody opens later either. */
static void
allow_reading(int rules, const char *path)
{
	struct path_rule rule = {.allowed = FS_READ_FILE, .fd = open(path, O_PATH | O_CLOEXEC)};
	struct stat st;

	if (rule.fd < 0)
		return;
	if (fstat(rule.fd, &st) == 0 && S_ISDIR(st.st_mode))
		rule.allowed |= FS_READ_DIR;
	(void)syscall(NR_ADD_RULE, rules, RULE_PATH, &rule, 0);
	close(rule.fd);
}

/* The version that is in force, 0 for none. */
static int
enter_landlock(unsigned keep, const char *const reads[], size_t count)
{
	long version = syscall(NR_CREATE_RULESET, NULL, 0, CREATE_VERSION);
	struct ruleset r;
	AUTO(fd) int rules = -1;

	if (version < 1)
		return 0;
	r = make_ruleset(keep, version);
	/* A kernel that knows less takes zeros for what it does not know. */
	rules = (int)syscall(NR_CREATE_RULESET, &r, sizeof(r), 0);
	if (rules < 0)
		return 0;
	for (size_t i = 0; i < count && !(keep & SANDBOX_READ); i++)
		allow_reading(rules, reads[i]);
	/* The leak checker looks at itself. */
	if (SANDBOX_INSTRUMENTED && !(keep & SANDBOX_READ))
		allow_reading(rules, "/proc");
	return syscall(NR_RESTRICT_SELF, rules, 0) ? 0 : (int)version;
}

struct sandbox
sandbox_enter(unsigned keep, const char *const reads[], size_t count)
{
	struct sandbox s = {0};

	if (!(keep & SANDBOX_WRITE))
		spill_prepare();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return s;
	s.landlock = enter_landlock(keep, reads, count);
	s.seccomp = sandbox_filter_load(keep);
	return s;
}
#else
struct sandbox
sandbox_enter(unsigned keep UNUSED, const char *const reads[] UNUSED, size_t count UNUSED)
{
	return (struct sandbox){0};
}
#endif
