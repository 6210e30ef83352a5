/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox_filter.h"

#if defined(__linux__) && !defined(SANDBOX_OFF)
#include <linux/audit.h>
#if defined(__x86_64__) && !defined(__ILP32__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define MACHINE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64 && defined(AUDIT_ARCH_RISCV64)
#define MACHINE AUDIT_ARCH_RISCV64
#endif
#endif

#ifdef MACHINE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/sandbox.h"

#ifndef TIOCLINUX
#define TIOCLINUX 0x541c
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif

/* Since Linux 5.1 calls have the same number on all machines; headers may be
 * older than the kernel. */
enum {
	NR_IO_URING_SETUP = 425, NR_IO_URING_ENTER, NR_IO_URING_REGISTER, NR_OPEN_TREE, NR_MOVE_MOUNT, NR_FSOPEN,
	NR_FSCONFIG, NR_FSMOUNT, NR_FSPICK, NR_PIDFD_OPEN, NR_CLONE3, NR_OPENAT2 = 437, NR_PIDFD_GETFD,
	NR_PROCESS_MADVISE = 440, NR_MOUNT_SETATTR = 442, NR_QUOTACTL_FD, NR_PROCESS_MRELEASE = 448,
	NR_FCHMODAT2 = 452, NR_SETXATTRAT = 463, NR_REMOVEXATTRAT = 466, NR_OPEN_TREE_ATTR, NR_FILE_SETATTR = 469,
};

enum { ALWAYS = 0, TALK = SANDBOX_NET | SANDBOX_LISTEN };

/* Refused unless what is named in keep is kept. */
static const struct { int nr; unsigned keep; } refused[] = {
	{SYS_execve, ALWAYS}, {SYS_execveat, ALWAYS},
	{SYS_process_vm_readv, ALWAYS}, {SYS_process_vm_writev, ALWAYS}, {SYS_kcmp, ALWAYS},
	{NR_PIDFD_OPEN, ALWAYS}, {NR_PIDFD_GETFD, ALWAYS}, {NR_PROCESS_MADVISE, ALWAYS}, {NR_PROCESS_MRELEASE, ALWAYS},
	{SYS_mount, ALWAYS}, {SYS_umount2, ALWAYS}, {SYS_pivot_root, ALWAYS}, {SYS_chroot, ALWAYS},
	{NR_OPEN_TREE, ALWAYS}, {NR_MOVE_MOUNT, ALWAYS}, {NR_FSOPEN, ALWAYS}, {NR_FSCONFIG, ALWAYS},
	{NR_FSMOUNT, ALWAYS}, {NR_FSPICK, ALWAYS}, {NR_MOUNT_SETATTR, ALWAYS}, {NR_OPEN_TREE_ATTR, ALWAYS},
	{SYS_unshare, ALWAYS}, {SYS_setns, ALWAYS},
	{SYS_init_module, ALWAYS}, {SYS_finit_module, ALWAYS}, {SYS_delete_module, ALWAYS}, {SYS_kexec_load, ALWAYS},
	{SYS_reboot, ALWAYS}, {SYS_swapon, ALWAYS}, {SYS_swapoff, ALWAYS}, {SYS_acct, ALWAYS}, {SYS_syslog, ALWAYS},
	{SYS_sethostname, ALWAYS}, {SYS_setdomainname, ALWAYS}, {SYS_settimeofday, ALWAYS},
	{SYS_clock_settime, ALWAYS}, {SYS_clock_adjtime, ALWAYS}, {SYS_adjtimex, ALWAYS}, {SYS_vhangup, ALWAYS},
	{SYS_quotactl, ALWAYS}, {NR_QUOTACTL_FD, ALWAYS}, {SYS_personality, ALWAYS},
	{SYS_bpf, ALWAYS}, {SYS_perf_event_open, ALWAYS}, {SYS_userfaultfd, ALWAYS}, {SYS_fanotify_init, ALWAYS},
	{SYS_add_key, ALWAYS}, {SYS_request_key, ALWAYS}, {SYS_keyctl, ALWAYS},
	{NR_IO_URING_SETUP, ALWAYS}, {NR_IO_URING_ENTER, ALWAYS}, {NR_IO_URING_REGISTER, ALWAYS},
	{SYS_name_to_handle_at, ALWAYS}, {SYS_open_by_handle_at, ALWAYS},
	{SYS_listen, ALWAYS}, {SYS_accept, SANDBOX_LISTEN}, {SYS_accept4, SANDBOX_LISTEN},
	{SYS_shmget, ALWAYS}, {SYS_semget, ALWAYS}, {SYS_msgget, ALWAYS}, {SYS_mq_open, ALWAYS}, {SYS_mq_unlink, ALWAYS},
#if !SANDBOX_INSTRUMENTED
	{SYS_ptrace, ALWAYS},	/* the leak checker stops its threads by it */
#endif
#ifdef SYS_kexec_file_load
	{SYS_kexec_file_load, ALWAYS},
#endif
#ifdef __x86_64__
	{SYS_ioperm, ALWAYS}, {SYS_iopl, ALWAYS}, {SYS_modify_ldt, ALWAYS}, {SYS_uselib, ALWAYS},
#endif

	{SYS_socket, SANDBOX_NET}, {SYS_socketpair, SANDBOX_NET}, {SYS_connect, SANDBOX_NET}, {SYS_bind, SANDBOX_NET},
	{SYS_sendto, TALK}, {SYS_sendmsg, TALK}, {SYS_sendmmsg, TALK},
	{SYS_recvfrom, TALK}, {SYS_recvmsg, TALK}, {SYS_recvmmsg, TALK},

	{SYS_mkdirat, SANDBOX_WRITE}, {SYS_mknodat, SANDBOX_WRITE}, {SYS_unlinkat, SANDBOX_WRITE},
	{SYS_renameat2, SANDBOX_WRITE}, {SYS_linkat, SANDBOX_WRITE}, {SYS_symlinkat, SANDBOX_WRITE},
	{SYS_truncate, SANDBOX_WRITE}, {SYS_fchmod, SANDBOX_WRITE}, {SYS_fchmodat, SANDBOX_WRITE},
	{NR_FCHMODAT2, SANDBOX_WRITE}, {SYS_fchown, SANDBOX_WRITE}, {SYS_fchownat, SANDBOX_WRITE},
	{SYS_utimensat, SANDBOX_WRITE}, {SYS_setxattr, SANDBOX_WRITE}, {SYS_lsetxattr, SANDBOX_WRITE},
	{SYS_fsetxattr, SANDBOX_WRITE}, {NR_SETXATTRAT, SANDBOX_WRITE}, {SYS_removexattr, SANDBOX_WRITE},
	{SYS_lremovexattr, SANDBOX_WRITE}, {SYS_fremovexattr, SANDBOX_WRITE}, {NR_REMOVEXATTRAT, SANDBOX_WRITE},
	{NR_FILE_SETATTR, SANDBOX_WRITE},
#ifdef SYS_renameat
	{SYS_renameat, SANDBOX_WRITE},
#endif
#ifdef __x86_64__
	{SYS_creat, SANDBOX_WRITE}, {SYS_mkdir, SANDBOX_WRITE}, {SYS_mknod, SANDBOX_WRITE}, {SYS_unlink, SANDBOX_WRITE},
	{SYS_rmdir, SANDBOX_WRITE}, {SYS_rename, SANDBOX_WRITE}, {SYS_link, SANDBOX_WRITE},
	{SYS_symlink, SANDBOX_WRITE}, {SYS_chmod, SANDBOX_WRITE}, {SYS_chown, SANDBOX_WRITE},
	{SYS_lchown, SANDBOX_WRITE}, {SYS_utime, SANDBOX_WRITE}, {SYS_utimes, SANDBOX_WRITE},
	{SYS_futimesat, SANDBOX_WRITE},
#endif
};

enum { WRITING = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND };
enum {
	NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
	    CLONE_NEWNET,
};

/* Calls that an argument decides about: refused when one of bits is set in it,
 * or when it is (or, with only, is not) one of values. */
static const struct decided {
	int nr;
	unsigned keep;		/* not looked at when this is kept */
	unsigned arg, bits;
	unsigned values[4];	/* up to a zero */
	bool only;
	int error;
} decided[] = {
	{SYS_openat, SANDBOX_WRITE, 2, WRITING, {0}, false, EPERM},
#ifdef SYS_open
	{SYS_open, SANDBOX_WRITE, 1, WRITING, {0}, false, EPERM},
#endif
	/* Typing into the terminal that we were started from. */
	{SYS_ioctl, ALWAYS, 1, 0, {TIOCSTI, TIOCLINUX}, false, EPERM},
	{SYS_clone, ALWAYS, 0, NAMESPACES, {0}, false, EPERM},
	{SYS_socket, ALWAYS, 0, 0, {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK}, true, EAFNOSUPPORT},
	/* Their arguments are in memory. Callers know kernels without them. */
	{NR_CLONE3, ALWAYS, 0, 0, {0}, true, ENOSYS},
	{NR_OPENAT2, ALWAYS, 0, 0, {0}, true, ENOSYS},
};

/* A chunk of the list is passed over by one jump, whose length is a byte. */
enum { CHUNK = 16, PROGRAM_MAX = 16 + 10 * (int)countof(decided) + 2 * (int)countof(refused) +
	2 * ((int)countof(refused) / CHUNK + 1) };

struct program { struct sock_filter code[PROGRAM_MAX]; unsigned short len; };

static void
add(struct program *p, unsigned code, unsigned value, unsigned if_so, unsigned if_not)
{
	p->code[p->len++] = (struct sock_filter){(uint16_t)code, (uint8_t)if_so, (uint8_t)if_not, value};
}

static void
load(struct program *p, size_t offset)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, (unsigned)offset, 0, 0);
}

/* The next instruction, or the n-th behind it. */
static void
unless_skip(struct program *p, unsigned test, unsigned value, unsigned n)
{
	add(p, BPF_JMP | BPF_K | test, value, 0, n);
}

static void
refuse(struct program *p, int error)
{
	add(p, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error, 0, 0);
}

static void
allow(struct program *p)
{
	add(p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

static void
add_decided(struct program *p, const struct decided *d)
{
	unsigned values = 0, start;

	while (values < countof(d->values) && d->values[values])
		values++;
	unless_skip(p, BPF_JEQ, (unsigned)d->nr, 0);	/* known at the end */
	start = p->len;
	/* The low half comes first on these machines; the kernel takes no more of
	 * these arguments. */
	load(p, offsetof(struct seccomp_data, args) + 8 * d->arg);
	for (unsigned i = 0; i < values; i++) {
		unless_skip(p, BPF_JEQ, d->values[i], 1);
		if (d->only)
			allow(p);
		else
			refuse(p, d->error);
	}
	if (d->bits) {
		unless_skip(p, BPF_JSET, d->bits, 1);
		refuse(p, d->error);
	}
	if (d->only)
		refuse(p, d->error);
	else
		allow(p);
	p->code[start - 1].jf = (uint8_t)(p->len - start);
}

static int
by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The kernel walks the list for each call once, and for each number when it
 * loads it: in order and in chunks that takes few steps. */
static void
add_refused(struct program *p, unsigned keep)
{
	int list[countof(refused)];
	unsigned count = 0;

	for (size_t i = 0; i < countof(refused); i++)
		if (!(refused[i].keep & keep))
			list[count++] = refused[i].nr;
	qsort(list, count, sizeof(*list), by_number);
	for (unsigned at = 0; at < count; at += CHUNK) {
		unsigned n = count - at < CHUNK ? count - at : CHUNK;

		add(p, BPF_JMP | BPF_K | BPF_JGT, (unsigned)list[at + n - 1], n + 2, 0);
		for (unsigned i = 0; i < n; i++)
			add(p, BPF_JMP | BPF_K | BPF_JEQ, (unsigned)list[at + i], n - i, 0);
		allow(p);
		refuse(p, EPERM);
	}
	allow(p);
}

static void
make(struct program *p, unsigned keep)
{
	load(p, offsetof(struct seccomp_data, arch));
	add(p, BPF_JMP | BPF_K | BPF_JEQ, MACHINE, 1, 0);
	refuse(p, EPERM);
	load(p, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	/* x32 has the same calls under other numbers. */
	unless_skip(p, BPF_JGE, 0x40000000, 1);
	refuse(p, EPERM);
#endif
	for (size_t i = 0; i < countof(decided); i++)
		if (!(decided[i].keep & keep) && (decided[i].nr != SYS_socket || (keep & SANDBOX_NET)))
			add_decided(p, &decided[i]);
	add_refused(p, keep);
}

bool
sandbox_filter_load(unsigned keep)
{
	struct program p = {.len = 0};
	struct sock_fprog prog = {.filter = p.code};

	make(&p, keep);
	prog.len = p.len;
	/* Without the flag older kernels slow the whole process down against a
	 * reader of its memory that we do not have. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 1UL << 2 /* SPEC_ALLOW */, &prog) == 0)
		return true;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) == 0;
}
#else
bool
sandbox_filter_load(unsigned keep UNUSED)
{
	return false;
}
#endif
