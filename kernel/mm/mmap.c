/* Making and removing mappings: mmap(2), munmap(2), brk(2), and the stack of a new program. */
#include "lib/err.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

/* Where MAP_32BIT may go (mmap(2): the first 2 GiB; the lowest GiB is the program's). */
#define LOW_AREA_START 0x40000000UL
#define LOW_AREA_END   0x80000000UL

#define COMMIT_STEP 256UL /* pages */

/* --- accounting and limits; mm->lock held --- */

bool is_data_mapping(u64 vm_flags)
{
	return (vm_flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
}

void mm_account(struct mm *m, u64 vm_flags, long pages)
{
	m->total_pages += (size_t)pages;
	if (m->total_pages > m->peak_pages)
		m->peak_pages = m->total_pages;
	if (vm_flags & VM_GROWSDOWN)
		m->stack_pages += (size_t)pages;
	else if (is_data_mapping(vm_flags))
		m->data_pages += (size_t)pages;
	else if ((vm_flags & (VM_EXEC | VM_WRITE)) == VM_EXEC)
		m->exec_pages += (size_t)pages;
	if (vm_flags & VM_SHARED)
		m->shared_pages += (size_t)pages;
	if (vm_flags & VM_LOCKED)
		m->locked_pages += (size_t)pages;
	if (is_accountable(vm_flags)) {
		m->commit_pages += (size_t)pages;
		/* The sum over all is kept in steps: it is shared between CPUs. */
		if (unlikely(m->commit_pages - m->commit_known + COMMIT_STEP > 2 * COMMIT_STEP)) {
			mm_count(MM_COMMIT, (long)(m->commit_pages - m->commit_known));
			m->commit_known = m->commit_pages;
		}
	}
}

static bool is_within(u64 limit_bytes, u64 pages)
{
	return pages <= limit_bytes >> PAGE_SHIFT;
}

/* A soft limit of 0 bounds brk alone, for the sake of Valgrind: for the rest the hard one counts.
 */
bool mm_has_data_room(const struct mm *m, size_t pages)
{
	return is_within(m->limit_data, m->data_pages + pages) ||
	       (!m->limit_data && is_within(m->limit_data_hard, m->data_pages + pages));
}

bool mm_has_room(struct mm *m, u64 vm_flags, size_t pages)
{
	if (!is_within(m->limit_as, m->total_pages + pages))
		return false;
	return !is_data_mapping(vm_flags) || mm_has_data_room(m, pages);
}

/* --- placement --- */

static bool is_free(struct mm *m, unsigned long addr, size_t len)
{
	struct vma *v = vma_find(m, addr);
	unsigned long guard;

	if (!v)
		return true;
	guard = v->flags & VM_GROWSDOWN ? STACK_GUARD_GAP : 0;
	return v->start > guard && addr + len <= v->start - guard;
}

unsigned long mm_find_gap(struct mm *m, unsigned long hint, size_t len, bool below_4g)
{
	unsigned long addr;

	if (!len || len > m->task_size)
		return 0;
	if (hint) {
		hint = ALIGN_DOWN(hint, PAGE_SIZE);
		hint = MAX(hint, m->mmap_min);
		if (hint <= m->task_size - len && (!below_4g || hint + len <= LOW_AREA_END) &&
		    is_free(m, hint, len))
			return hint;
	}
	if (below_4g)
		return vma_highest_gap(m, len, LOW_AREA_START, LOW_AREA_END);
	if (unlikely(m->is_bottom_up))
		return vma_lowest_gap(m, len, m->mmap_base, m->task_size);
	addr = vma_highest_gap(m, len, m->mmap_min, m->mmap_base);
	if (!addr)
		addr = vma_highest_gap(m, len, m->mmap_base, m->task_size);
	return addr;
}

static bool overlaps(struct mm *m, unsigned long start, unsigned long end)
{
	struct vma *v = vma_find(m, start);

	return v && v->start < end;
}

static size_t mapped_pages(struct mm *m, unsigned long start, unsigned long end)
{
	struct vma *v = vma_find(m, start);
	size_t n = 0;

	for (; v && v->start < end; v = v->next)
		n += (MIN(v->end, end) - MAX(v->start, start)) >> PAGE_SHIFT;
	return n;
}

/* The address for a request, or an error. */
static long place(struct mm *m, const struct map_request *req, size_t len)
{
	unsigned long addr = req->addr;

	if (!req->is_fixed && !req->is_noreplace) {
		addr = mm_find_gap(m, req->addr, len, req->below_4g);
		return addr ? (long)addr : -ENOMEM;
	}
	if (!IS_ALIGNED(addr, PAGE_SIZE))
		return -EINVAL;
	if (len > m->task_size || addr > m->task_size - len)
		return -ENOMEM;
	/* Below mmap_min only with CAP_SYS_RAWIO: the callers have looked. */
	if (req->is_noreplace && overlaps(m, addr, addr + len))
		return -EEXIST;
	return (long)addr;
}

/* --- mmap --- */

/* Hang the described area in: grow a neighbour where it simply continues, else a new one. */
static int add_area(struct mm *m, const struct vma *d, struct list_head *dead)
{
	struct vma *next = vma_find(m, d->start), *prev = next ? next->prev : m->last, *v;

	if (prev && vma_continues(prev, d)) {
		vma_set_range(prev, prev->start, d->end);
		if (next && next->start == d->end)
			vma_merge(prev, dead);
	} else if (next && vma_continues(d, next)) {
		vma_set_range(next, d->start, next->end);
	} else {
		if (m->nr_areas >= MAX_AREAS)
			return -ENOMEM;
		v = vma_dup(d);
		if (!v)
			return -ENOMEM;
		vma_insert(m, v);
		vma_link_object(v, NULL);
	}
	mm_account(m, d->flags, (long)vma_pages(d));
	return 0;
}

static int check_limits(struct mm *m, u64 vm_flags, size_t pages, size_t replaced)
{
	if (!mm_has_room(m, vm_flags, pages - MIN(replaced, pages)))
		return -ENOMEM;
	if (is_overcommit(m, vm_flags, pages))
		return -ENOMEM;
	if ((vm_flags & VM_LOCKED) && !mm_may_lock(m, pages))
		return -EAGAIN;
	return 0;
}

static long map_locked(struct mm *m, const struct map_request *req, size_t len,
		       struct list_head *dead)
{
	size_t pages = len >> PAGE_SHIFT, replaced = 0;
	struct vma d = {.mm = m, .obj = req->obj, .file = req->file, .owns_shm = req->owns_shm};
	long addr = place(m, req, len);
	bool may_replace = req->is_fixed && !req->is_noreplace;
	int err;

	if (addr < 0)
		return addr;
	d.start = (unsigned long)addr;
	d.end = d.start + len;
	d.flags = req->vm_flags | m->default_flags;
	d.pgoff = req->obj ? req->pgoff : d.start >> PAGE_SHIFT;
	if (mm_denies_exec(m, d.flags, d.flags))
		return -EACCES;
	if (may_replace)
		replaced = mapped_pages(m, d.start, d.end);
	err = check_limits(m, d.flags, pages, replaced);
	if (err)
		return err;
	if (replaced) {
		if (has_seal(m, d.start, d.end))
			return -EPERM;
		err = unmap_locked(m, d.start, d.end, dead);
		if (err)
			return err;
	}
	if (d.flags & VM_SECRET)
		m->has_secrets = true;
	err = add_area(m, &d, dead);
	return err ? err : addr;
}

long mm_map(struct mm *m, const struct map_request *req)
{
	size_t len = ALIGN_UP(req->len, PAGE_SIZE);
	struct list_head dead;
	long addr;

	list_init(&dead);
	if (!req->len) {
		addr = -EINVAL;
	} else if (!len || len > m->task_size) {
		addr = -ENOMEM;
	} else {
		down_write(&m->lock);
		addr = map_locked(m, req, len, &dead);
		up_write(&m->lock);
	}
	vma_free_list(&dead);
	/* The area has a reference of its own. */
	if (req->owns_shm)
		vmobj_shm_put(req->obj);
	/* What cannot be had now is had at the first access: mmap(2), MAP_LOCKED. */
	if (addr >= 0 && (req->populate || ((req->vm_flags | m->default_flags) & VM_LOCKED)))
		mm_populate(m, (unsigned long)addr, len);
	return addr;
}

int mm_map_special(struct mm *m, unsigned long addr, size_t len, u64 vm_flags, unsigned long phys,
		   const char *name)
{
	struct list_head dead;
	struct vma *v;
	int err = 0;

	if (!IS_ALIGNED(addr | len, PAGE_SIZE) || !len || len > m->task_size ||
	    addr > m->task_size - len)
		return -EINVAL;
	list_init(&dead);
	v = vma_new(m);
	if (!v)
		return -ENOMEM;
	v->start = addr;
	v->end = addr + len;
	v->flags = vm_flags | VM_SPECIAL;
	v->pgoff = addr >> PAGE_SHIFT;
	v->name = name;
	v->special_phys = phys;
	down_write(&m->lock);
	err = unmap_locked(m, addr, addr + len, &dead);
	if (!err) {
		vma_insert(m, v);
		mm_account(m, v->flags, (long)(len >> PAGE_SHIFT));
	}
	up_write(&m->lock);
	if (err)
		vma_free(v);
	vma_free_list(&dead);
	return err;
}

int mm_map_stack(struct mm *m, unsigned long top, size_t size)
{
	struct vma *v = vma_new(m);
	int err = 0;

	if (!v)
		return -ENOMEM;
	size = ALIGN_UP(size, PAGE_SIZE);
	v->end = ALIGN_DOWN(top, PAGE_SIZE);
	v->start = v->end - size;
	v->flags = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_GROWSDOWN |
		   VM_STACK;
	v->pgoff = v->start >> PAGE_SHIFT;
	down_write(&m->lock);
	if (v->end > m->task_size || size > v->end || overlaps(m, v->start, v->end)) {
		err = -ENOMEM;
	} else {
		vma_insert(m, v);
		mm_account(m, v->flags, (long)(size >> PAGE_SHIFT));
	}
	up_write(&m->lock);
	if (err)
		vma_free(v);
	return err;
}

/* --- munmap --- */

/* Page tables that cover nothing but the hole [start, end) left behind. */
static void free_tables(struct mm *m, unsigned long start, unsigned long end)
{
	struct vma *next = vma_find(m, start), *prev = next ? next->prev : m->last;
	unsigned long low = ALIGN_DOWN(start, TABLE_SPAN), high = ALIGN_UP(end, TABLE_SPAN);

	if (prev)
		low = MAX(low, prev->end);
	if (next)
		high = MIN(high, next->start);
	low = ALIGN_UP(low, TABLE_SPAN);
	high = ALIGN_DOWN(MIN(high, m->task_size), TABLE_SPAN);
	if (low >= high)
		return;
	spin_lock(&m->pt_lock);
	if (arch_pte_next(&m->arch, low, high) < high)
		arch_pt_free_range(&m->arch, low, high);
	spin_unlock(&m->pt_lock);
}

/* Cut [start, end) off one end of the only area it meets. */
static int trim_area(struct mm *m, struct vma *v, unsigned long start, unsigned long end)
{
	unsigned long low = MAX(start, v->start), high = MIN(end, v->end);

	if (unlikely(m->has_shared_tables) && table_cut(m, low == v->start ? high : low))
		return -ENOMEM;
	zap_range(v, low, high);
	mm_account(m, v->flags, -(long)((high - low) >> PAGE_SHIFT));
	if (low == v->start)
		vma_set_range(v, high, v->end);
	else
		vma_set_range(v, v->start, low);
	free_tables(m, start, end);
	return 0;
}

int unmap_locked(struct mm *m, unsigned long start, unsigned long end, struct list_head *dead)
{
	struct vma *v, *next;
	int err;

	v = vma_find(m, start);
	if (!v || v->start >= end)
		return 0;
	/* The common cases need no cutting: all of one area, or one end of it. */
	if (!v->next || v->next->start >= end) {
		bool has_low = v->start<start, has_high = v->end> end;

		if (has_low != has_high)
			return trim_area(m, v, start, end);
	}
	if (v->start < start || (v->next && v->next->start < end) || v->end > end) {
		err = vma_split_range(m, start, end);
		if (err)
			return err;
		v = vma_find(m, start);
	}
	for (; v && v->start < end; v = next) {
		next = v->next;
		zap_range(v, v->start, v->end);
		mm_account(m, v->flags, -(long)vma_pages(v));
		vma_remove(m, v);
		vma_unlink_object(v);
		list_add_tail(&v->obj_node, dead);
	}
	free_tables(m, start, end);
	return 0;
}

int mm_unmap(struct mm *m, unsigned long start, size_t len)
{
	struct list_head dead;
	int err;

	len = ALIGN_UP(len, PAGE_SIZE);
	if (!IS_ALIGNED(start, PAGE_SIZE) || !len || len > m->task_size ||
	    start > m->task_size - len)
		return -EINVAL;
	list_init(&dead);
	down_write(&m->lock);
	err = has_seal(m, start, start + len) ? -EPERM : unmap_locked(m, start, start + len, &dead);
	up_write(&m->lock);
	vma_free_list(&dead);
	return err;
}

/* --- brk --- */

static bool grow_heap(struct mm *m, unsigned long start, unsigned long end, struct list_head *dead)
{
	struct vma d = {
		.mm = m,
		.start = start,
		.end = end,
		.pgoff = start >> PAGE_SHIFT,
		.flags = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_HEAP,
	};

	d.flags |= m->default_flags;
	/* One page stays free above the break. */
	if (end > m->task_size || !is_free(m, start, end - start + PAGE_SIZE))
		return false;
	if (check_limits(m, d.flags, (end - start) >> PAGE_SHIFT, 0))
		return false;
	return add_area(m, &d, dead) == 0;
}

/* brk(2), "C library/kernel differences": the new break on success, the current one on failure. */
long mm_brk(struct mm *m, unsigned long addr)
{
	unsigned long old_end, new_end, grown_from = 0;
	struct list_head dead;
	bool is_locked;

	list_init(&dead);
	down_write(&m->lock);
	if (addr < m->start_brk || addr > m->task_size)
		goto out;
	if ((addr - m->start_brk) + (m->end_data - m->start_data) > m->limit_data)
		goto out;
	old_end = ALIGN_UP(m->brk, PAGE_SIZE);
	new_end = ALIGN_UP(addr, PAGE_SIZE);
	if (new_end < old_end) {
		if (has_seal(m, new_end, old_end) || unmap_locked(m, new_end, old_end, &dead))
			goto out;
	} else if (new_end > old_end) {
		if (!grow_heap(m, old_end, new_end, &dead))
			goto out;
		grown_from = old_end;
	}
	m->brk = addr;
out:
	addr = m->brk;
	is_locked = m->default_flags & VM_LOCKED;
	up_write(&m->lock);
	vma_free_list(&dead);
	if (grown_from && is_locked)
		mm_populate(m, grown_from, ALIGN_UP(addr, PAGE_SIZE) - grown_from);
	return (long)addr;
}
