/* mlock(2), mlock2(2), munlock(2), mlockall(2), munlockall(2): areas whose pages stay. */
#include "core/sched.h"
#include "lib/err.h"
#include "mm/internal.h"
#include <linux/mman.h>

bool (*mm_has_ipc_lock)(void);

/* RLIMIT_MEMLOCK, and CAP_IPC_LOCK, which lifts it: capabilities(7). mm->lock held. */
bool mm_may_lock(const struct mm *m, size_t pages)
{
	if (m->locked_pages + pages <= m->limit_memlock >> PAGE_SHIFT)
		return true;
	return mm_has_ipc_lock && mm_has_ipc_lock();
}

static int set_locked(struct mm *m, struct vma *v, unsigned long start, unsigned long end,
		      u64 lock_flags, struct list_head *dead)
{
	u64 flags = (v->flags & ~(u64)(VM_LOCKED | VM_LOCKONFAULT)) | lock_flags;
	size_t pages = (MIN(v->end, end) - MAX(v->start, start)) >> PAGE_SHIFT;

	if (flags == v->flags || (v->flags & (VM_SPECIAL | VM_DROPPABLE)))
		return 0;
	if (v->start < start) {
		v = vma_split(v, start);
		if (IS_ERR(v))
			return (int)PTR_ERR(v);
	}
	if (v->end > end) {
		struct vma *upper = vma_split(v, end);

		if (IS_ERR(upper))
			return (int)PTR_ERR(upper);
	}
	mm_account(m, v->flags, -(long)pages);
	v->flags = flags;
	mm_account(m, v->flags, (long)pages);
	vma_merge(v, dead);
	return 0;
}

static size_t unlocked_pages(struct mm *m, unsigned long start, unsigned long end)
{
	struct vma *v = vma_find(m, start);
	size_t n = 0;

	for (; v && v->start < end; v = v->next)
		if (!(v->flags & VM_LOCKED))
			n += (MIN(v->end, end) - MAX(v->start, start)) >> PAGE_SHIFT;
	return n;
}

/* Is all of it more than may be locked? What is not mapped counts until the range has been looked
 * at, as mlock(2) says under ENOMEM. */
static bool is_over_limit(struct mm *m, unsigned long start, unsigned long end)
{
	if (mm_may_lock(m, (end - start) >> PAGE_SHIFT))
		return false;
	return !mm_may_lock(m, unlocked_pages(m, start, end)) ||
	       (end - start) >> PAGE_SHIFT > m->limit_memlock >> PAGE_SHIFT;
}

static u64 lock_bits(bool lock, bool on_fault)
{
	if (!lock)
		return 0;
	return on_fault ? VM_LOCKED | VM_LOCKONFAULT : VM_LOCKED;
}

/* Pages that cannot be had: mlock(2) has ENOMEM for what is mapped and not accessible, and EAGAIN
 * for want of memory. */
static int populate_error(int err)
{
	return err == -ENOMEM ? -EAGAIN : err == -EFAULT ? -ENOMEM : err;
}

int mm_lock_range(struct mm *m, unsigned long start, size_t len, bool lock, bool on_fault)
{
	unsigned long end, at;
	struct list_head dead;
	int err = 0;

	len = ALIGN_UP(len + (start & ~PAGE_MASK), PAGE_SIZE);
	start = ALIGN_DOWN(start, PAGE_SIZE);
	end = start + len;
	list_init(&dead);
	down_write(&m->lock);
	if (lock && end > start && is_over_limit(m, start, end))
		err = -ENOMEM;
	else if (end < start)
		err = -EINVAL;
	for (at = start; at < end && !err;) {
		struct vma *v = vma_find(m, at);
		unsigned long next;

		if (!v || v->start > at) {
			err = -ENOMEM;
			break;
		}
		next = MIN(v->end, end);
		err = set_locked(m, v, at, end, lock_bits(lock, on_fault), &dead);
		at = next;
	}
	up_write(&m->lock);
	vma_free_list(&dead);
	if (!err && lock && !on_fault)
		err = populate_error(mm_populate(m, start, len));
	return err;
}

static void populate_all(struct mm *m)
{
	unsigned long at = 0;

	for (;;) {
		unsigned long start;
		struct vma *v;

		down_read(&m->lock);
		v = vma_find(m, at);
		start = v ? v->start : 0;
		at = v ? v->end : 0;
		up_read(&m->lock);
		if (!v)
			return;
		/* What cannot be had is left out: mlockall(2) knows no error for it. */
		mm_populate(m, start, at - start);
	}
}

int mm_lock_all(struct mm *m, int mcl_flags)
{
	bool lock = mcl_flags & MCL_CURRENT, on_fault = mcl_flags & MCL_ONFAULT;
	struct list_head dead;
	unsigned long at = 0;
	struct vma *v;
	int err = 0;

	if (mcl_flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || mcl_flags == MCL_ONFAULT)
		return -EINVAL;
	list_init(&dead);
	down_write(&m->lock);
	if (lock && m->total_pages > m->limit_memlock >> PAGE_SHIFT &&
	    !(mm_has_ipc_lock && mm_has_ipc_lock())) {
		up_write(&m->lock);
		return -ENOMEM;
	}
	m->default_flags = lock_bits(mcl_flags & MCL_FUTURE, on_fault);
	while ((lock || !mcl_flags) && !err && (v = vma_find(m, at))) {
		at = v->end;
		err = set_locked(m, v, v->start, v->end, lock_bits(lock, on_fault), &dead);
	}
	up_write(&m->lock);
	vma_free_list(&dead);
	if (!err && lock && !on_fault)
		populate_all(m);
	return err;
}
