/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

static long seal(void *p, size_t len, unsigned long flags)
{
	return syscall(SYS_mseal, p, len, flags);
}

TEST_MAIN
{
	char *p = map_anon(8), *q = map_anon(4);

	if (seal(p, 0, 0) && errno == ENOSYS)
		T_SKIP("this kernel has no mseal");
	T_ERR(seal(p, PAGE, 1), EINVAL);
	T_ERR(seal(p + 1, PAGE, 0), EINVAL);
	T_ERR(seal(p, -PAGE, 0), EINVAL);
	T_ERR(seal(p, -1UL, 0), EINVAL);
	T_OK(munmap(p + 7 * PAGE, PAGE));
	T_ERR(seal(p, 8 * PAGE, 0), ENOMEM);
	T_OK(mprotect(p, PAGE, PROT_READ)); /* nothing was sealed */
	T_OK(mprotect(p, PAGE, RW));
	memset(p, 1, 7 * PAGE);
	T_OK(seal(p + PAGE, 3 * PAGE, 0));
	T_OK(seal(p + PAGE, 3 * PAGE, 0));
	T_ERR(munmap(p + PAGE, PAGE), EPERM);
	T_ERR(munmap(p, 7 * PAGE), EPERM);
	T_ERR(mprotect(p + PAGE, PAGE, PROT_READ), EPERM);
	T_ERR(mremap(p + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EPERM);
	T_ERR(mremap(p + PAGE, 2 * PAGE, PAGE, 0), EPERM);
	T_ERR(mremap(q, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + PAGE), EPERM);
	T_ERR(mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0), EPERM);
	T_ERR(mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
	/* Use goes on. */
	p[PAGE] = 2;
	T_EQ(p[2 * PAGE], 1);
	T_OK(mlock(p + PAGE, PAGE));
	T_OK(munlock(p + PAGE, PAGE));
	T_OK(madvise(p + PAGE, PAGE, MADV_DONTNEED)); /* it can be written: so it may be emptied */
	T_EQ(p[PAGE], 0);
	/* Read-only memory cannot be emptied. */
	T_OK(mprotect(q, 4 * PAGE, PROT_READ));
	T_OK(seal(q, 2 * PAGE, 0));
	T_ERR(madvise(q, PAGE, MADV_DONTNEED), EPERM);
	T_ERR(madvise(q, PAGE, MADV_FREE), EPERM);
	T_ERR(madvise(q, PAGE, MADV_DONTFORK), EPERM);
	T_ERR(madvise(q, PAGE, MADV_WIPEONFORK), EPERM);
	T_OK(madvise(q, PAGE, MADV_WILLNEED));
	/* The neighbours are free, and a child has the seals too. */
	T_OK(munmap(q + 2 * PAGE, 2 * PAGE));
	T_OK(munmap(p, PAGE));
	T_CHILD
	{
		T_ERR(munmap(p + PAGE, PAGE), EPERM);
		T_ERR(mprotect(q, PAGE, RW), EPERM);
	}
}
