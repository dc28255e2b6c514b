/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_SYSCALL_H
#define LIBSYS_SYS_SYSCALL_H

/* __NR_<name> and SYS_<name> of every call. */
#if defined(__x86_64__)
#include "sysnr_x86_64.h"
#elif defined(__i386__)
#include "sysnr_i386.h"
#elif defined(__riscv)
#include "sysnr_riscv64.h"
#else
#error "no numbers for this machine"
#endif

#endif /* LIBSYS_SYS_SYSCALL_H */
