/* mseal(2): areas that stay as they are; remap_file_pages(2), which shows other pages in their
 * place; and the memory of a process that is being killed. */
#include "lib/err.h"
#include "mm/internal.h"
#include <linux/mman.h>

bool find_seal(struct mm *m, unsigned long start, unsigned long end)
{
	struct vma *v;

	for (v = vma_find(m, start); v && v->start < end; v = v->next)
		if (v->flags & VM_SEALED)
			return true;
	return false;
}

/* Mapped from start to end without a gap? */
static bool is_covered(struct mm *m, unsigned long start, unsigned long end)
{
	struct vma *v = vma_find(m, start);

	for (; v && v->start <= start; v = v->next) {
		start = v->end;
		if (start >= end)
			return true;
	}
	return false;
}

int mm_seal(struct mm *m, unsigned long start, size_t len)
{
	unsigned long end = start + len;
	struct list_head dead;
	struct vma *v;
	int err = 0;

	list_init(&dead);
	down_write(&m->lock);
	if (!is_covered(m, start, end))
		err = -ENOMEM;
	if (!err)
		err = vma_split_range(m, start, end);
	for (v = vma_find(m, start); !err && v && v->start < end; v = v->next)
		v->flags |= VM_SEALED;
	if (!err) {
		m->has_seals = true;
		vma_merge(vma_find(m, start), &dead);
	}
	up_write(&m->lock);
	vma_free_list(&dead);
	return err;
}

/* Does the range lie in areas of one object with the same flags, side by side? */
static bool is_uniform(const struct vma *v, unsigned long end)
{
	const struct vma *next;

	for (; v->end < end; v = next) {
		next = v->next;
		if (!next || next->start != v->end || next->obj != v->obj ||
		    next->file != v->file || next->flags != v->flags)
			return false;
	}
	return true;
}

int mm_remap_request(struct mm *m, unsigned long start, size_t len, u64 pgoff,
		     struct map_request *req)
{
	unsigned long end = start + len;
	struct vma *v;
	int err = -EINVAL;

	down_read(&m->lock);
	v = vma_find(m, start);
	if (v && v->start <= start && (v->flags & VM_SHARED) && v->obj &&
	    !(v->flags & VM_SPECIAL) && is_uniform(v, end)) {
		*req = (struct map_request){
			.addr = start,
			.len = len,
			.vm_flags = v->flags & (VM_PROT | VM_SHARED | VM_MAYREAD | VM_MAYWRITE |
						VM_MAYEXEC | VM_LOCKED | VM_LOCKONFAULT),
			.is_fixed = true,
			.file = v->file,
			.obj = v->obj,
			.owns_shm = v->owns_shm,
			.pgoff = pgoff,
		};
		if (v->file)
			vma_file_ops->get(v->file);
		if (v->owns_shm)
			vmobj_shm_get(v->obj);
		err = 0;
	}
	up_read(&m->lock);
	return err;
}

void mm_reap(struct mm *m)
{
	struct vma *v;

	down_read(&m->lock);
	for (v = m->first; v; v = v->next)
		if (!(v->flags & (VM_SHARED | VM_SPECIAL | VM_LOCKED)))
			zap_range(v, v->start, v->end);
	up_read(&m->lock);
}
