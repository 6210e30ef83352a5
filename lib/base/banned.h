/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H
/*
 * Functions that nobody here may call: they do not know how much room there
 * is, keep hidden state, or give back memory that may be missing. Use buf_*,
 * pool_*, xmalloc and friends instead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* With fortified headers some of these are macros, which clang will not poison. */
#undef sprintf
#undef vsprintf
#undef asprintf
#undef vasprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok
#pragma GCC poison strdup strndup asprintf vasprintf atoi atol atoll
#pragma GCC poison gmtime localtime ctime asctime mktemp tmpnam tempnam
#endif
