/* madvise(2), process_madvise(2), process_mrelease(2). */
#include "mm/iter.h"
#include "sys/syscall.h"
#include "proc/pidfd.h"
#include <linux/capability.h>
#include <linux/mman.h>

static bool is_advice(int advice)
{
	switch (advice) {
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_WILLNEED:
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
	case MADV_REMOVE:
	case MADV_DONTFORK:
	case MADV_DOFORK:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
	case MADV_WIPEONFORK:
	case MADV_KEEPONFORK:
	case MADV_COLD:
	case MADV_PAGEOUT:
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return true;
	}
	/* Also MADV_HUGEPAGE, MADV_COLLAPSE, MADV_MERGEABLE, MADV_HWPOISON and theirs: as a kernel
	 * that is configured without huge pages, merging and memory failures answers. */
	return false;
}

long sys_madvise(unsigned long addr, size_t len, int advice)
{
	size_t rounded = ALIGN_UP(len, PAGE_SIZE);

	if (!is_advice(advice) || (addr & ~PAGE_MASK))
		return -EINVAL;
	if (len && !rounded)
		return -EINVAL;
	if (addr + rounded < addr)
		return -EINVAL;
	if (!rounded)
		return 0;
	return mm_advise(current->mm, addr, rounded, advice);
}

/* Advice for one stretch of another address space, as madvise(2) checks it. */
static int advise_other(struct mm *m, const struct iter_seg *seg, int advice)
{
	unsigned long addr = (unsigned long)seg->base;
	size_t rounded = ALIGN_UP(seg->len, PAGE_SIZE);

	if ((addr & ~PAGE_MASK) || addr + rounded < addr)
		return -EINVAL;
	return rounded ? mm_advise(m, addr, rounded, advice) : 0;
}

/* The address space behind a pidfd that the caller may look into; ERR_PTR. */
static struct mm *readable_mm(int pidfd)
{
	u32 f_flags;
	struct process *p = pidfd_find(pidfd, &f_flags);
	struct mm *m = NULL;
	struct task *t;
	int err;

	if (IS_ERR(p))
		return ERR_PTR(PTR_ERR(p));
	t = task_next(p, 1);
	process_put(p);
	err = !t ? -ESRCH : task_may_access(t) ? -EACCES : 0;
	if (!err) {
		m = task_get_mm(t);
		err = m ? 0 : -ESRCH;
	}
	if (t)
		task_put(t);
	return err ? ERR_PTR(err) : m;
}

static long advise_segments(struct mm *m, const struct iter_seg *seg, size_t nr, int advice)
{
	long done = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		int err = advise_other(m, &seg[i], advice);

		if (err)
			return done ? done : err;
		done += (long)seg[i].len;
	}
	return done;
}

long sys_process_madvise(int pidfd, uaddr_t vec, size_t vlen, int advice, unsigned int flags)
{
	struct iter_seg fast[8], *seg;
	struct mm *m;
	long ret;

	if (flags)
		return -EINVAL;
	ret = iovec_get(vec, vlen, fast, &seg);
	if (ret < 0)
		return ret;
	m = readable_mm(pidfd);
	if (IS_ERR(m)) {
		ret = PTR_ERR(m);
	} else {
		/* process_madvise(2): what may be said of others; of oneself anything. */
		if (m != current->mm && advice != MADV_COLD && advice != MADV_PAGEOUT &&
		    advice != MADV_WILLNEED)
			ret = -EINVAL;
		else if (!is_advice(advice))
			ret = -EINVAL;
		else if (m != current->mm && !task_capable(CAP_SYS_NICE))
			ret = -EPERM;
		else
			ret = advise_segments(m, seg, vlen, advice);
		mm_put(m);
	}
	if (seg != fast)
		kfree(seg);
	return ret;
}

/* Is it on its way out, with all that share its memory? */
static bool is_dying(struct process *p, const struct mm *m)
{
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	bool yes = p->group_flags & GROUP_EXIT;

	spin_unlock_irqrestore(&p->sighand_lock, f);
	/* One user is the caller's own reference. */
	return yes && ref_read(&m->users) <= READ_ONCE(p->nr_tasks) + 1;
}

long sys_process_mrelease(int pidfd, unsigned int flags)
{
	struct process *p;
	struct mm *m = NULL;
	struct task *t;
	u32 f_flags;
	long ret = 0;

	if (flags)
		return -EINVAL;
	p = pidfd_find(pidfd, &f_flags);
	if (IS_ERR(p))
		return PTR_ERR(p);
	t = task_next(p, 1);
	if (t) {
		m = task_get_mm(t);
		task_put(t);
	}
	if (!m) {
		process_put(p);
		return -ESRCH;
	}
	if (is_dying(p, m))
		mm_reap(m);
	else
		ret = fail(EINVAL, "not being killed");
	mm_put(m);
	process_put(p);
	return ret;
}
