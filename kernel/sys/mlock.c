/* mlock(2) and its relatives, mseal(2), and protection keys on a machine that has none. */
#include "sys/syscall.h"
#include <linux/capability.h>
#include <linux/mman.h>

/* mlock(2), EPERM: nothing may be locked, and no privilege to do so. */
static bool may_lock(void)
{
	return task_rlimit(current, RLIMIT_MEMLOCK) || task_capable(CAP_IPC_LOCK);
}

static long lock_range(unsigned long addr, size_t len, bool on_fault)
{
	if (!may_lock())
		return -EPERM;
	return mm_lock_range(current->mm, addr, len, true, on_fault);
}

long sys_mlock(unsigned long addr, size_t len)
{
	return lock_range(addr, len, false);
}

long sys_mlock2(unsigned long addr, size_t len, int flags)
{
	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	return lock_range(addr, len, flags & MLOCK_ONFAULT);
}

long sys_munlock(unsigned long addr, size_t len)
{
	return mm_lock_range(current->mm, addr, len, false, false);
}

long sys_mlockall(int flags)
{
	if (!flags || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) || flags == MCL_ONFAULT)
		return -EINVAL;
	if (!may_lock())
		return -EPERM;
	return mm_lock_all(current->mm, flags);
}

long sys_munlockall(void)
{
	return mm_lock_all(current->mm, 0);
}

long sys_mseal(unsigned long addr, size_t len, unsigned long flags)
{
	size_t rounded = ALIGN_UP(len, PAGE_SIZE);

	if (flags || (addr & ~PAGE_MASK) || rounded < len || addr + rounded < addr)
		return -EINVAL;
	return rounded ? mm_seal(current->mm, addr, rounded) : 0;
}

/* pkeys(7): the kernel does not switch the processor's keys on, so there are none to give out. */
long sys_pkey_alloc(unsigned long flags, unsigned long rights)
{
	if (flags || (rights & ~(unsigned long)(PKEY_DISABLE_ACCESS | PKEY_DISABLE_WRITE)))
		return -EINVAL;
	return fail(ENOSPC, "no protection keys");
}

long sys_pkey_free(int pkey)
{
	(void)pkey;
	return fail(EINVAL, "no protection keys");
}

long sys_pkey_mprotect(unsigned long addr, size_t len, unsigned long prot, int pkey)
{
	if (pkey == -1)
		return sys_mprotect(addr, len, prot);
	/* The other arguments come first, as in mprotect(2). */
	if ((prot & (PROT_GROWSDOWN | PROT_GROWSUP)) == (PROT_GROWSDOWN | PROT_GROWSUP))
		return -EINVAL;
	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if (!len)
		return 0;
	if (addr + ALIGN_UP(len, PAGE_SIZE) <= addr)
		return -ENOMEM;
	return fail(EINVAL, "no protection keys");
}
