/* SPDX-License-Identifier: Apache-2.0 */
/* What the x86-64 tests share. */
#ifndef TESTS_ABI_X86_64_X86_H
#define TESTS_ABI_X86_64_X86_H

#include "test.h"

#include <cpuid.h>
#include <elf.h>
#include <sys/auxv.h>

#define X86_FLAG_CF   0x1UL
#define X86_FLAG_TF   0x100UL
#define X86_FLAG_IF   0x200UL
#define X86_FLAG_DF   0x400UL
#define X86_FLAG_IOPL 0x3000UL
#define X86_FLAG_NT   0x4000UL
#define X86_FLAG_AC   0x40000UL
#define X86_FLAG_ID   0x200000UL
/* CF PF AF ZF SF OF */
#define X86_FLAGS_STATUS 0x8d5UL

#define KERNEL_TEXT   0xffffffff81000000UL
#define NON_CANONICAL 0x800000000000UL
#define VSYSCALL_ADDR 0xffffffffff600000UL

#ifndef HWCAP2_FSGSBASE
#define HWCAP2_FSGSBASE 2
#endif

/* Without errno and without a C library: the kernel's own answer. */
static inline long raw_syscall(unsigned long nr, unsigned long a, unsigned long b, unsigned long c)
{
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(nr), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return r;
}

/* QEMU's translator leaves out some exceptions that processors raise. */
static inline bool is_tcg(void)
{
	unsigned a, b, c, d;

	__cpuid(1, a, b, c, d);
	if (!(c & 1U << 31))
		return false;
	__cpuid(0x40000000, a, b, c, d);
	return b == 0x54474354 && c == 0x43544743 && d == 0x47435447;
}

#endif
