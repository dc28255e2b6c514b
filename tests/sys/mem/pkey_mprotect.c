/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"
#include "fault.h"

static long protect(void *p, size_t len, int prot, int key)
{
	return syscall(SYS_pkey_mprotect, p, len, prot, key);
}

TEST_MAIN
{
	char *p = map_anon(4);

	/* -1 is mprotect(2). */
	T_OK(protect(p, PAGE, PROT_READ, -1));
	T_EQ(fault_write(p), SIGSEGV);
	T_OK(protect(p, PAGE, RW, -1));
	T_EQ(fault_write(p), 0);
	T_ERR(protect(p + 1, PAGE, RW, -1), EINVAL);
	T_ERR(protect(p, PAGE, 0x1000, -1), EINVAL);
	T_OK(munmap(p + 2 * PAGE, PAGE));
	T_ERR(protect(p, 4 * PAGE, RW, -1), ENOMEM);
	/* Keys that nobody has. */
	T_ERR(protect(p, PAGE, RW, -2), EINVAL);
	T_ERR(protect(p, PAGE, RW, 15), EINVAL);
	T_ERR(protect(p, PAGE, RW, 99), EINVAL);
	T_ERR(protect(p + 1, PAGE, RW, 99), EINVAL);
	T_OK(protect(p, 0, RW, 99));
	T_ERR(protect(p, -PAGE, RW, 99), ENOMEM);
}
