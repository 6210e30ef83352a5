/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H
/*
 * Giving up what a process does not need any more, for good and for all it
 * starts: on Linux by no_new_privs, a seccomp filter (x86_64, aarch64, riscv64)
 * and Landlock, as far as the kernel has them; elsewhere, and with
 * -DSANDBOX_OFF, nothing happens. It is a second line of defence: nobody may
 * rely on it being there.
 *
 * Always given up: other programs (exec), other processes' memory, mounts and
 * namespaces, kernel modules, keyrings, io_uring, bpf and the like. What is
 * open stays open, also for writing; descriptors of programs that were started
 * before go on working. A refused call fails with EPERM or EACCES.
 */
#include "base/attr.h"

/* What is kept beside the files that are named. */
enum {
	SANDBOX_NET = 1,	/* sockets of the internet, of this machine and for address look-ups */
	SANDBOX_READ = 2,	/* every file */
	SANDBOX_WRITE = 4,	/* writing, making and removing files */
	SANDBOX_SIGNAL = 8,	/* signals to processes that were started before */
	SANDBOX_LISTEN = 16,	/* taking connections on a socket that listens already, and talking there */
};

/* What the kernel enforces from now on. */
struct sandbox {
	bool seccomp;
	int landlock;		/* version of its interface, 0 without */
};

/* Enters it. reads names files and directories (with all below them) that can
 * still be opened for reading; one that is not there is passed over, and it may
 * be NULL. Without Landlock, reading is not limited. */
struct sandbox	sandbox_enter(unsigned keep, const char *const reads[], size_t count);
#endif
