/* kcmp(2): do two tasks share an object? And process_vm_readv(2): reaching into the other's memory.
 */
#include "proc/signal.h"
#include "sys/syscall.h"
#include "vfs/epoll.h"
#include <linux/kcmp.h>

/* --- kcmp --- */

/* 0 the same, 1 less, 2 greater: an order that stays, and tells nothing of the address. */
static long compare(const void *a, const void *b)
{
	u64 x = (u64)a * 0x9e3779b97f4a7c15UL, y = (u64)b * 0x9e3779b97f4a7c15UL;

	return x == y ? 0 : x < y ? 1 : 2;
}

static const struct file *file_of(struct task *t, unsigned long fd)
{
	struct fdtable *files = task_get_files(t);
	const struct file *f = NULL;
	struct fdref r;

	if (!files)
		return NULL;
	if (fd <= 0x7fffffff) {
		r = fd_get_any(files, (unsigned)fd);
		f = r.file; /* its address is all we want of it */
		fd_put(r);
	}
	fdtable_put(files);
	return f;
}

/* a's file with what b's epoll watches under a number. idx2 is a pointer, to a slot. */
static long compare_epoll(struct task *a, struct task *b, unsigned long fd, unsigned long u_slot)
{
	struct kcmp_epoll_slot slot;
	const struct file *f, *g;
	struct fdtable *files;
	struct fdref r;
	long ret;

	if (copy_from_user(&slot, uaddr(u_slot), sizeof(slot)))
		return -EFAULT;
	f = file_of(a, fd);
	files = f ? task_get_files(b) : NULL;
	if (!files)
		return -EBADF;
	r = fd_get_any(files, slot.efd);
	if (!r.file) {
		ret = -EBADF;
	} else if (!epoll_of(r.file)) {
		ret = -EINVAL;
	} else {
		g = epoll_target(epoll_of(r.file), (int)slot.tfd, slot.toff);
		ret = g ? compare(f, g) : -ENOENT;
	}
	fd_put(r);
	fdtable_put(files);
	return ret;
}

static long compare_tasks(struct task *a, struct task *b, int type, unsigned long idx1,
			  unsigned long idx2)
{
	const struct file *f, *g;

	switch (type) {
	case KCMP_FILE:
		f = file_of(a, idx1);
		g = file_of(b, idx2);
		return f && g ? compare(f, g) : -EBADF;
	case KCMP_VM:
		return compare(a->mm, b->mm);
	case KCMP_FILES:
		return compare(a->vfs.files, b->vfs.files);
	case KCMP_FS:
		return compare(a->vfs.fs, b->vfs.fs);
	case KCMP_SIGHAND:
		return compare(a->process->sighand, b->process->sighand);
	case KCMP_IO:
		return 0; /* nobody has an I/O context, as in a kernel without block devices */
	case KCMP_SYSVSEM:
		return compare(a->sem_undo, b->sem_undo);
	case KCMP_EPOLL_TFD:
		return compare_epoll(a, b, idx1, idx2);
	}
	return -EINVAL;
}

long sys_kcmp(int pid1, int pid2, int type, unsigned long idx1, unsigned long idx2)
{
	struct task *a = task_find(pid1), *b = task_find(pid2);
	long ret = -ESRCH;

	if (a && b) {
		ret = task_may_access(a) || task_may_access(b) ? -EPERM : 0;
		if (!ret)
			ret = compare_tasks(a, b, type, idx1, idx2);
	}
	if (a)
		task_put(a);
	if (b)
		task_put(b);
	return ret;
}

/* --- process_vm_readv, process_vm_writev --- */

struct transfer {
	struct mm *mm;	    /* of the other */
	struct iter local;  /* ours */
	char *buf;	    /* a page */
	bool is_write;	    /* to the other */
	unsigned long done; /* bytes */
};

/* One piece, of a page at most. Bytes moved, 0 at the end of ours, or an error. */
static long move_piece(struct transfer *x, unsigned long remote, size_t n)
{
	long got;

	n = MIN(n, MIN(PAGE_SIZE, x->local.count));
	if (!n)
		return 0;
	if (x->is_write) {
		size_t have = iter_get(&x->local, x->buf, n);

		got = have ? mm_access(x->mm, remote, x->buf, have, true) : -EFAULT;
		if (got >= 0 && have < n)
			return got ? got : -EFAULT;
		return got;
	}
	got = mm_access(x->mm, remote, x->buf, n, false);
	if (got > 0)
		got = (long)iter_put(&x->local, x->buf, (size_t)got);
	return got ? got : -EFAULT;
}

/* process_vm_readv(2): "the return value ... may be less than the total number of requested bytes".
 */
static long transfer_all(struct transfer *x, const struct iter_seg *remote, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++) {
		size_t at = 0;

		while (at < remote[i].len) {
			size_t n = MIN(remote[i].len - at,
				       PAGE_SIZE - ((remote[i].base + at) & ~PAGE_MASK));
			long moved = move_piece(x, remote[i].base + at, n);

			if (moved <= 0)
				return x->done ? (long)x->done : moved;
			x->done += (unsigned long)moved;
			at += (size_t)moved;
			if ((size_t)moved < n && x->local.count)
				return (long)x->done;
			if (!x->local.count)
				return (long)x->done;
			if (thread_test_flags(this_thread(), TIF_KILLED))
				return (long)x->done;
			cond_resched();
		}
	}
	return (long)x->done;
}

static long with_task(int pid, struct transfer *x, const struct iter_seg *remote, unsigned long nr)
{
	struct task *t = task_find(pid);
	long ret;

	if (!t)
		return -ESRCH;
	ret = task_may_access(t);
	if (!ret) {
		x->mm = task_get_mm(t);
		if (!x->mm)
			ret = -ESRCH;
	}
	task_put(t);
	if (ret)
		return ret;
	x->buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	ret = x->buf ? transfer_all(x, remote, nr) : -ENOMEM;
	kfree(x->buf);
	mm_put(x->mm);
	return ret;
}

static long process_vm(int pid, uaddr_t lvec, unsigned long nl, uaddr_t rvec, unsigned long nr,
		       unsigned long flags, bool is_write)
{
	struct iter_seg lfast[8], rfast[8], *local, *remote;
	struct transfer x = {.is_write = is_write};
	long total, ret;

	if (flags)
		return -EINVAL;
	total = iovec_get(lvec, nl, lfast, &local);
	if (total <= 0)
		return total;
	iter_user_vec(&x.local, local, nl, (size_t)total);
	ret = iovec_get(rvec, nr, rfast, &remote);
	if (ret >= 0) {
		if (ret)
			ret = with_task(pid, &x, remote, nr);
		if (remote != rfast)
			kfree(remote);
	}
	if (local != lfast)
		kfree(local);
	return ret;
}

long sys_process_vm_readv(int pid, uaddr_t lvec, unsigned long liovcnt, uaddr_t rvec,
			  unsigned long riovcnt, unsigned long flags)
{
	return process_vm(pid, lvec, liovcnt, rvec, riovcnt, flags, false);
}

long sys_process_vm_writev(int pid, uaddr_t lvec, unsigned long liovcnt, uaddr_t rvec,
			   unsigned long riovcnt, unsigned long flags)
{
	return process_vm(pid, lvec, liovcnt, rvec, riovcnt, flags, true);
}
