/* madvise(2), process_madvise(2), process_mrelease(2). */
#include "mm/iter.h"
#include "sys/syscall.h"
#include "proc/pidfd.h"
#include <linux/capability.h>
#include <linux/mman.h>

long sys_madvise(unsigned long addr, size_t len, int advice)
{
	return mm_advise(current->mm, addr, len, advice);
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
		int err = mm_advise(m, (unsigned long)seg[i].base, seg[i].len, advice);

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
		else if (!mm_is_advice(advice))
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
