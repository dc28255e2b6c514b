/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <asm/prctl.h>

#ifndef ARCH_GET_CPUID
#define ARCH_GET_CPUID 0x1011
#define ARCH_SET_CPUID 0x1012
#endif

static long k_arch_prctl(int option, unsigned long addr)
{
	return syscall(SYS_arch_prctl, option, addr);
}

TEST_MAIN
{
	static unsigned long words[2] = {11, 22};
	unsigned long fs = 0, gs = 99, value;

	T_OK(k_arch_prctl(ARCH_GET_FS, (unsigned long)&fs));
	T_EQ(*(unsigned long *)fs, fs); /* the C library's thread block */
	T_OK(k_arch_prctl(ARCH_SET_FS, fs));
	T_OK(k_arch_prctl(ARCH_GET_GS, (unsigned long)&gs));
	T_EQ(gs, 0);
	T_OK(k_arch_prctl(ARCH_SET_GS, (unsigned long)words));
	__asm__ volatile("mov %%gs:8, %0" : "=r"(value));
	T_EQ(value, 22);
	T_OK(k_arch_prctl(ARCH_GET_GS, (unsigned long)&gs));
	T_EQ(gs, (unsigned long)words);
	T_CHILD
	{
		T_OK(k_arch_prctl(ARCH_GET_GS, (unsigned long)&gs));
		T_EQ(gs, (unsigned long)words);
	}
	T_OK(k_arch_prctl(ARCH_SET_GS, 0x7fffffffefff));
	T_OK(k_arch_prctl(ARCH_SET_GS, 0));
	T_ERR(k_arch_prctl(ARCH_SET_GS, 0x7ffffffff000), EPERM);
	T_ERR(k_arch_prctl(ARCH_SET_GS, 0x800000000000), EPERM);
	T_ERR(k_arch_prctl(ARCH_SET_GS, 0xffffffff81000000), EPERM);
	T_ERR(k_arch_prctl(ARCH_SET_FS, 0xffffffff81000000), EPERM);
	T_EFAULT_NULL(p, k_arch_prctl(ARCH_GET_FS, (unsigned long)p));
	T_EFAULT_NULL(p, k_arch_prctl(ARCH_GET_GS, (unsigned long)p));
	T_ERR(k_arch_prctl(0, 0), EINVAL);
	T_ERR(k_arch_prctl(0x9999, 0), EINVAL);
	T_ERR(k_arch_prctl(-1, 0), EINVAL);
	/* CPUID faulting: 1 when it is on (it is on at the start), an error where there is none. */
	T_EQ(k_arch_prctl(ARCH_GET_CPUID, 0), 1);
}
