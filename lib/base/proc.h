/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PROC_H
#define BASE_PROC_H
/*
 * Other programs: run one to its end, or keep one at our side.
 */
#include <sys/types.h>
#include "base/buf.h"

struct proc {
	pid_t pid;
	int to;		/* its standard input, or -1 */
	int from;	/* its standard output, or -1 */
};

#define PROC_INIT {-1, -1, -1}

/* Starts argv[0] (looked up in PATH when it has no slash) with pipes on both
 * ends; stderr is ours. drop names environment variables it must not see
 * (NULL-terminated, may be NULL); an entry NAME=VALUE sets one. It gets no other descriptor of ours.
 * REASON_HELPER when it cannot be started. */
int	proc_start(struct proc *p, const char *const argv[], const char *const drop[],
	    struct err *e) MUST_CHECK;
/* The same, but its standard input is ours: it may ask whoever runs us. */
int	proc_start_beside(struct proc *p, const char *const argv[], const char *const drop[],
	    struct err *e) MUST_CHECK;
/* A program that goes its own way: nothing on its standard input, and what it
 * prints goes where our errors go. The caller may wait for it. */
int	proc_launch(pid_t *pid, const char *const argv[], const char *const drop[], struct err *e) MUST_CHECK;
/* Forks this program, with a pipe each way. In the child the pid is 0, and the
 * ends are its own: what it needs no more of ours, it closes itself. */
int	proc_twin(struct proc *p, struct err *e) MUST_CHECK;
/* Closes both ends and waits; gives the exit status, or 128 + signal. */
int	proc_stop(struct proc *p);
static inline void proc_cleanup(struct proc *p) { if (p->pid > 0) (void)proc_stop(p); }

/* Runs a program to its end: input goes to its stdin, its stdout into out.
 * Past ms milliseconds, or past out's maximum, it is killed: REASON_TIMEOUT,
 * REASON_TOO_LARGE. *status is its exit status, or 128 + signal. */
int	proc_run(const char *const argv[], const char *const drop[], struct span input, struct buf *out,
	    int64_t ms, int *status, struct err *e) MUST_CHECK;

/* Path of a program of this suite, by name ("cosign-remote-http"): beside the
 * running executable, else in the suite's libexec directory, else NULL (then
 * PATH decides). To be freed. */
char	*proc_sibling(const char *name);
#endif
