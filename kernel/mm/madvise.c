/* madvise(2). Pure hints that this kernel has no use for are accepted after the same checks. */
#include "core/sched.h"
#include "lib/err.h"
#include "mm/internal.h"
#include <linux/mman.h>

#define WILLNEED_MAX_PAGES 512

/* MADV_REMOVE: punch a hole into the shared object behind the area. */
static int advise_remove(struct mm *m, struct vma *v, unsigned long start, unsigned long end)
{
	u64 from = vma_index(v, start) << PAGE_SHIFT;
	struct vmobj *o = v->obj;
	struct file *f = v->file;

	if ((v->flags & VM_LOCKED) || !o || (v->flags & VM_SPECIAL))
		return -EINVAL;
	if ((v->flags & (VM_SHARED | VM_WRITE)) != (VM_SHARED | VM_WRITE))
		return -EACCES;
	if (!vmobj_is_memory(o))
		return -EOPNOTSUPP;
	if (f)
		vma_file_ops->get(f);
	else
		vmobj_shm_get(o);
	up_read(&m->lock);
	vmobj_invalidate(o, from, from + (end - start), true);
	if (f)
		vma_file_ops->put(f);
	else
		vmobj_shm_put(o);
	down_read(&m->lock);
	return 0;
}

/* MADV_WILLNEED on a file: read it into the page cache. */
static int advise_willneed(struct mm *m, struct vma *v, unsigned long start, unsigned long end)
{
	u64 index = vma_index(v, start), last = vma_index(v, end - 1);
	struct vmobj *o = v->obj;
	struct file *f = v->file;

	if (!f || !o || vmobj_is_memory(o))
		return 0;
	last = MIN(last, index + WILLNEED_MAX_PAGES);
	vma_file_ops->get(f);
	up_read(&m->lock);
	for (; index <= last && index << PAGE_SHIFT < READ_ONCE(o->size_bytes); index++) {
		struct page *p = vmobj_get_page(o, index);

		if (IS_ERR(p))
			break;
		page_put(p);
	}
	vma_file_ops->put(f);
	down_read(&m->lock);
	return 0;
}

static int advise_zap(struct vma *v, unsigned long start, unsigned long end, int advice)
{
	if (v->flags & (advice == MADV_DONTNEED_LOCKED ? VM_SPECIAL : VM_LOCKED | VM_SPECIAL))
		return -EINVAL;
	if (advice == MADV_FREE && v->obj)
		return -EINVAL;
	if (table_cut(v->mm, start) || table_cut(v->mm, end))
		return -ENOMEM;
	zap_range(v, start, end);
	return 0;
}

/* MADV_POPULATE_READ and _WRITE: fault in, and say what went wrong. */
static int advise_populate(struct mm *m, unsigned long start, unsigned long end, int advice)
{
	unsigned fault = FAULT_USER | (advice == MADV_POPULATE_WRITE ? FAULT_WRITE : 0);
	unsigned long va;

	for (va = start; va < end; va += PAGE_SIZE) {
		struct vma *v;
		bool is_special, is_hole;
		int err;

		down_read(&m->lock);
		v = vma_find(m, va);
		is_hole = !v || v->start > va;
		is_special = !is_hole && (v->flags & VM_SPECIAL);
		up_read(&m->lock);
		if (is_hole)
			return -ENOMEM;
		if (is_special)
			return -EINVAL;
		err = mm_fault(m, va, fault);
		if (err == -EACCES)
			return -EINVAL;
		if (err == -EIO)
			return -EFAULT;
		if (err)
			return err;
		if (thread_test_flags(this_thread(), TIF_KILLED))
			return -EINTR;
	}
	return 0;
}

/* The advice that only changes flags: new flags, or an error through *err. */
static u64 advised_flags(const struct vma *v, int advice, int *err)
{
	switch (advice) {
	case MADV_NORMAL:
		return v->flags & ~(u64)(VM_SEQ_READ | VM_RAND_READ);
	case MADV_SEQUENTIAL:
		return (v->flags & ~(u64)VM_RAND_READ) | VM_SEQ_READ;
	case MADV_RANDOM:
		return (v->flags & ~(u64)VM_SEQ_READ) | VM_RAND_READ;
	case MADV_DONTFORK:
		return v->flags | VM_DONTCOPY;
	case MADV_DOFORK:
		if (v->flags & VM_SPECIAL)
			*err = -EINVAL;
		return v->flags & ~(u64)VM_DONTCOPY;
	case MADV_WIPEONFORK:
		if (v->obj || (v->flags & (VM_SHARED | VM_SPECIAL)))
			*err = -EINVAL;
		return v->flags | VM_WIPEONFORK;
	case MADV_KEEPONFORK:
		if (v->flags & VM_DROPPABLE)
			*err = -EINVAL;
		return v->flags & ~(u64)VM_WIPEONFORK;
	case MADV_DONTDUMP:
		return v->flags | VM_DONTDUMP;
	case MADV_DODUMP:
		if (v->flags & (VM_SPECIAL | VM_DROPPABLE))
			*err = -EINVAL;
		return v->flags & ~(u64)VM_DONTDUMP;
	default:
		return v->flags;
	}
}

static int advise_flags(struct vma *v, unsigned long start, unsigned long end, int advice,
			struct list_head *dead)
{
	int err = 0;
	u64 flags = advised_flags(v, advice, &err);

	if (err || flags == v->flags)
		return err;
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
	v->flags = flags;
	vma_merge(v, dead);
	return 0;
}

/* mseal(2): memory that cannot be written cannot be thrown away either. */
static bool is_sealed_against(const struct vma *v, int advice)
{
	if (likely(!(v->flags & VM_SEALED)) || v->obj || (v->flags & VM_WRITE))
		return false;
	switch (advice) {
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
	case MADV_REMOVE:
	case MADV_DONTFORK:
	case MADV_WIPEONFORK:
		return true;
	}
	return false;
}

static int advise_area(struct mm *m, struct vma *v, unsigned long start, unsigned long end,
		       int advice, struct list_head *dead)
{
	if (is_sealed_against(v, advice))
		return -EPERM;
	switch (advice) {
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
		return advise_zap(v, start, end, advice);
	case MADV_REMOVE:
		return advise_remove(m, v, start, end);
	case MADV_WILLNEED:
		return advise_willneed(m, v, start, end);
	case MADV_COLD:
	case MADV_PAGEOUT:
		return v->flags & (VM_LOCKED | VM_SPECIAL) ? -EINVAL : 0;
	default:
		return advise_flags(v, start, end, advice, dead);
	}
}

bool mm_is_advice(int advice)
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

/* Does this advice change areas, so that the lock is needed exclusively? */
static bool changes_areas(int advice)
{
	return advice != MADV_DONTNEED && advice != MADV_DONTNEED_LOCKED && advice != MADV_FREE &&
	       advice != MADV_REMOVE && advice != MADV_WILLNEED && advice != MADV_COLD &&
	       advice != MADV_PAGEOUT;
}

int mm_advise(struct mm *m, unsigned long start, size_t len, int advice)
{
	unsigned long end = start + ALIGN_UP(len, PAGE_SIZE), at = start;
	bool exclusive = changes_areas(advice);
	struct list_head dead;
	int err = 0, hole = 0;

	/* A length that rounds up to nothing, or an end beyond the last address, is no range. */
	if (!mm_is_advice(advice) || !IS_ALIGNED(start, PAGE_SIZE) || end < start ||
	    (len && end == start))
		return -EINVAL;
	if (end == start)
		return 0;
	if (advice == MADV_POPULATE_READ || advice == MADV_POPULATE_WRITE)
		return advise_populate(m, start, end, advice);
	list_init(&dead);
	if (exclusive)
		down_write(&m->lock);
	else
		down_read(&m->lock);
	while (at < end && !err) {
		struct vma *v = vma_find(m, at);
		unsigned long from, stop;

		if (!v || v->start >= end) {
			hole = -ENOMEM;
			break;
		}
		if (v->start > at)
			hole = -ENOMEM; /* go on behind the hole, as madvise(2) says */
		from = MAX(v->start, at);
		stop = MIN(v->end, end);
		err = advise_area(m, v, from, stop, advice, &dead);
		at = stop;
	}
	if (exclusive)
		up_write(&m->lock);
	else
		up_read(&m->lock);
	vma_free_list(&dead);
	return err ? err : hole;
}
