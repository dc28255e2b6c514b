/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_PTRACE_H
#define LIBSYS_SYS_PTRACE_H

#include <linux/ptrace.h>
#include <sys/calls.h>

/* A PEEK request returns the word it found: set errno to 0 before. */
long ptrace(long request, ...);

#endif /* LIBSYS_SYS_PTRACE_H */
