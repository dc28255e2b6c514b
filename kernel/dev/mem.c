/* null(4), zero, full(4), random(4): character devices of major 1. */
#include "core/random.h"
#include "core/sched.h"
#include "dev/dev.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "vfs/poll.h"
#include "vfs/vfs.h"
#include <linux/random.h>

#define MEM_MAJOR 1

static long null_read(struct file *f, struct iter *it, s64 *pos)
{
	(void)f;
	(void)it;
	(void)pos;
	return 0;
}

static long null_write(struct file *f, struct iter *it, s64 *pos)
{
	(void)f;
	(void)pos;
	return (long)it->count;
}

static long full_write(struct file *f, struct iter *it, s64 *pos)
{
	(void)f;
	(void)it;
	(void)pos;
	return -ENOSPC;
}

/* In pieces, so that a read of gigabytes can be interrupted. */
static __attribute__((noinline)) long zero_read_long(struct iter *it)
{
	long done = 0;

	while (it->count) {
		size_t n = MIN(it->count, 16 * PAGE_SIZE), filled = iter_zero(it, n);

		done += (long)filled;
		if (filled < n)
			return done ? done : -EFAULT;
		if (likely(!it->count))
			break;
		if (thread_signal_pending())
			return done;
		cond_resched();
	}
	return done;
}

static long zero_read(struct file *f, struct iter *it, s64 *pos)
{
	size_t n = it->count, done;

	(void)f;
	(void)pos;
	if (unlikely(n > PAGE_SIZE))
		return zero_read_long(it);
	done = iter_zero(it, n);
	return likely(done || !n) ? (long)done : -EFAULT;
}

/* null(4): seeking succeeds and leads nowhere. */
static s64 null_llseek(struct file *f, s64 off, int whence)
{
	(void)off;
	(void)whence;
	f->pos = 0;
	return 0;
}

/* A shared mapping of /dev/zero is shared memory, a private one plain anonymous memory. */
static int zero_mmap(struct file *f, struct map_request *req)
{
	(void)f;
	if (req->vm_flags & VM_SHARED) {
		req->obj = vmobj_new_shm(req->len);
		if (!req->obj)
			return -ENOMEM;
		req->owns_shm = true;
		req->pgoff = 0;
	} else {
		req->obj = NULL;
	}
	return 0;
}

static long random_read(struct file *f, struct iter *it, s64 *pos)
{
	u8 buf[256];
	long done = 0;

	(void)f;
	(void)pos;
	while (it->count) {
		size_t n = MIN(it->count, sizeof(buf)), put;

		random_bytes(buf, n);
		put = iter_put(it, buf, n);
		done += (long)put;
		if (put < n) {
			done = done ? done : -EFAULT;
			break;
		}
		/* random(4): interruptible beyond 256 bytes */
		if (it->count && thread_signal_pending())
			break;
		if (!(done & 0xffff))
			cond_resched();
	}
	memset(buf, 0, sizeof(buf));
	__asm__ volatile("" ::"r"(buf) : "memory");
	return done;
}

static long random_write(struct file *f, struct iter *it, s64 *pos)
{
	u8 buf[64];
	long done = 0;

	(void)f;
	(void)pos;
	while (it->count) {
		size_t n = MIN(it->count, sizeof(buf)), got = iter_get(it, buf, n);

		random_add(buf, got);
		done += (long)got;
		if (got < n)
			return done ? done : -EFAULT;
	}
	return done;
}

static long random_ioctl(struct file *f, unsigned cmd, void *arg, unsigned long value)
{
	(void)f;
	(void)value;
	if (cmd != RNDGETENTCNT)
		return -ENOTTY;
	*(int *)arg = 256; /* what Linux says once its generator is ready */
	return 0;
}

static unsigned random_poll(struct file *f, struct poll_table *pt)
{
	(void)f;
	(void)pt;
	return POLL_DEFAULT;
}

static const struct file_ops null_ops = {.read = null_read,
					 .write = null_write,
					 .llseek = null_llseek};
static const struct file_ops zero_ops = {.read = zero_read,
					 .write = null_write,
					 .llseek = null_llseek,
					 .mmap = zero_mmap};
static const struct file_ops full_ops = {.read = zero_read,
					 .write = full_write,
					 .llseek = null_llseek};
static const struct file_ops random_ops = {.read = random_read,
					   .write = random_write,
					   .llseek = null_llseek,
					   .poll = random_poll,
					   .ioctl = random_ioctl};

int mem_dev_init(void)
{
	static const struct {
		const char *name;
		u32 minor;
		const struct file_ops *ops;
	} devs[] = {
		{"null", 3, &null_ops},	    {"zero", 5, &zero_ops},	 {"full", 7, &full_ops},
		{"random", 8, &random_ops}, {"urandom", 9, &random_ops},
	};

	for (size_t i = 0; i < ARRAY_SIZE(devs); i++) {
		int err = chrdev_register(MEM_MAJOR, devs[i].minor, 1, devs[i].ops, "mem");

		if (!err)
			err = devnode_add(devs[i].name, S_IFCHR | 0666,
					  MKDEV(MEM_MAJOR, devs[i].minor));
		if (err)
			return err;
	}
	return 0;
}
