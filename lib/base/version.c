/* SPDX-License-Identifier: Apache-2.0 */
#include "base/version.h"

#ifndef VERSION
#define VERSION "0"
#endif
#ifndef COMMIT
#define COMMIT "unknown"
#endif
#ifndef TREE_STATE
#define TREE_STATE "unknown"
#endif
#ifndef BUILD_DATE
#define BUILD_DATE "unknown"
#endif

#if defined(__x86_64__)
#define ARCH "amd64"
#elif defined(__aarch64__)
#define ARCH "arm64"
#elif defined(__i386__)
#define ARCH "386"
#elif defined(__arm__)
#define ARCH "arm"
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH "riscv64"
#elif defined(__s390x__)
#define ARCH "s390x"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCH "ppc64le"
#else
#define ARCH "unknown"
#endif

const char *
version_text(void)
{
	return "v" VERSION;
}

const char *
version_commit(void)
{
	return COMMIT;
}

const char *
version_tree_state(void)
{
	return TREE_STATE;
}

const char *
version_date(void)
{
	return BUILD_DATE;
}

const char *
version_compiler(void)
{
#ifdef __clang__
	return "clang";
#else
	return "gcc";
#endif
}

const char *
version_compiler_text(void)
{
#ifdef __clang__
	return "clang " __clang_version__;
#else
	return "gcc " __VERSION__;
#endif
}

const char *
version_platform(void)
{
	return "linux/" ARCH;
}

const char *
version_user_agent(void)
{
	return "cosign/v" VERSION " (linux; " ARCH ")";
}
