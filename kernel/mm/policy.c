/* NUMA policies of areas, on a machine with one node: remembered and shown, with no effect. */
#include "lib/err.h"
#include "mm/internal.h"
#include <linux/mempolicy.h>

static void set_policy(struct mm *m, unsigned long start, unsigned long end,
		       const struct mempolicy *policy, struct list_head *dead)
{
	struct vma *v;

	for (v = vma_find(m, start); v && v->start < end; v = v->next)
		v->policy = *policy;
	for (v = vma_find(m, start); v && v->start < end; v = v->next)
		v = vma_merge(v, dead);
}

int mm_set_policy(struct mm *m, unsigned long start, unsigned long end,
		  const struct mempolicy *policy)
{
	struct list_head dead;
	unsigned long at;
	struct vma *v;
	int err;

	list_init(&dead);
	down_write(&m->lock);
	for (at = start, v = vma_find(m, start); v && v->start <= at && at < end; v = v->next)
		at = v->end;
	err = at < end ? -EFAULT : vma_split_range(m, start, end);
	if (!err)
		set_policy(m, start, end, policy, &dead);
	up_write(&m->lock);
	vma_free_list(&dead);
	return err;
}

int mm_set_home_node(struct mm *m, unsigned long start, unsigned long end, unsigned node)
{
	struct list_head dead;
	int err = -ENOENT;
	struct vma *v;

	list_init(&dead);
	down_write(&m->lock);
	for (v = vma_find(m, start); v && v->start < end; v = v->next) {
		u32 mode = v->policy.mode & ~(u32)(MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES |
						   MPOL_F_NUMA_BALANCING);
		struct mempolicy policy = v->policy;

		if (mode == MPOL_DEFAULT)
			continue;
		if (mode != MPOL_BIND && mode != MPOL_PREFERRED_MANY) {
			err = -EOPNOTSUPP;
			break;
		}
		err = vma_split_range(m, MAX(start, v->start), MIN(end, v->end));
		if (err)
			break;
		v = vma_find(m, MAX(start, v->start));
		policy.home = node + 1;
		v->policy = policy;
		v = vma_merge(v, &dead);
	}
	up_write(&m->lock);
	vma_free_list(&dead);
	return err;
}

bool mm_get_policy(struct mm *m, unsigned long addr, struct mempolicy *policy)
{
	struct vma *v;
	bool found;

	down_read(&m->lock);
	v = vma_find(m, addr);
	found = v && v->start <= addr;
	if (found)
		*policy = v->policy;
	up_read(&m->lock);
	return found;
}

int mm_page_status(struct mm *m, unsigned long addr)
{
	int status = -EFAULT;
	struct vma *v;
	pte_t *pte;

	down_read(&m->lock);
	v = vma_find(m, addr);
	if (v && v->start <= addr && !(v->flags & VM_SPECIAL)) {
		spin_lock(&m->pt_lock);
		pte = arch_pte_find(&m->arch, ALIGN_DOWN(addr, PAGE_SIZE));
		if (!pte || pte_none(*pte))
			status = -ENOENT;
		else if (!pte_is_special(*pte))
			status = 0;
		spin_unlock(&m->pt_lock);
	}
	up_read(&m->lock);
	return status;
}
