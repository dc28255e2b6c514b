/* SPDX-License-Identifier: Apache-2.0 */
/* modify_ldt(2). Next: the port's arch_ldt_*(). */
#include "sys/syscall.h"
#include "mm/mm.h"
#include "mm/page.h"

#define USER_DESC_BYTES 16
#define DEFAULT_BYTES	128 /* what func 2 has to give */

enum { LDT_READ = 0, LDT_WRITE_OLD = 1, LDT_READ_DEFAULT = 2, LDT_WRITE = 0x11 };

/* A page at a time: a copy to user memory may need the lock. */
static long copy_table(uaddr_t to, size_t bytes)
{
	void *buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	struct mm *m = current->mm;
	long err = 0;

	if (!buf)
		return -ENOMEM;
	for (size_t at = 0; at < bytes && !err; at += PAGE_SIZE) {
		down_read(&m->lock);
		arch_ldt_read(&m->arch, (unsigned)(at / PAGE_SIZE), buf);
		up_read(&m->lock);
		err = copy_to_user(uaddr_add(to, at), buf, MIN(bytes - at, PAGE_SIZE));
	}
	kfree(buf);
	return err;
}

static long read_ldt(uaddr_t to, unsigned long bytes)
{
	struct mm *m = current->mm;
	size_t have;
	long err;

	down_read(&m->lock);
	have = arch_ldt_bytes(&m->arch); /* never shrinks */
	up_read(&m->lock);
	if (!have)
		return 0;
	if (bytes > ARCH_LDT_BYTES)
		bytes = ARCH_LDT_BYTES;
	have = MIN(have, bytes);
	err = copy_table(to, have);
	if (!err && arch_clear_user(uaddr_add(to, have), bytes - have))
		err = -EFAULT;
	return err ? err : (long)bytes;
}

static long write_ldt(uaddr_t from, unsigned long bytes, bool is_old)
{
	u32 desc[USER_DESC_BYTES / 4];
	struct mm *m = current->mm;
	long err;

	if (bytes != sizeof(desc))
		return -EINVAL;
	if (copy_from_user(desc, from, sizeof(desc)))
		return -EFAULT;
	down_write(&m->lock);
	err = arch_ldt_write(&m->arch, desc, is_old);
	up_write(&m->lock);
	return err;
}

static long modify(int func, uaddr_t ptr, unsigned long bytes)
{
	switch (func) {
	case LDT_READ:
		return read_ldt(ptr, bytes);
	case LDT_READ_DEFAULT:
		bytes = MIN(bytes, (unsigned long)DEFAULT_BYTES);
		return arch_clear_user(ptr, bytes) ? -EFAULT : (long)bytes;
	case LDT_WRITE_OLD:
	case LDT_WRITE:
		return write_ldt(ptr, bytes, func == LDT_WRITE_OLD);
	}
	return -ENOSYS;
}

/* The result is an int, and Linux does not widen it: an error is 0x00000000ffffffxx to 64-bit code.
 */
long sys_modify_ldt(int func, uaddr_t ptr, unsigned long bytecount)
{
	return (long)(u32)modify(func, ptr, bytecount);
}
