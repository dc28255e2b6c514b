/* Making and removing mappings; the life of an address space. mmap(2), munmap(2), brk(2). */
#include "core/cpu.h"
#include "core/irq.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

#define MAX_AREAS   65530 /* Linux's default of vm.max_map_count */
#define STACK_GUARD (256 * PAGE_SIZE)

static struct kmem_cache *mm_cache;

struct mm *mm_create(void)
{
	struct mm *m;

	if (unlikely(!mm_cache))
		mm_cache = kmem_cache_create("mm", sizeof(struct mm), 16);
	m = mm_cache ? kmem_cache_alloc(mm_cache, GFP_ZERO) : NULL;
	if (!m)
		return NULL;
	if (arch_mm_init(&m->arch)) {
		kmem_cache_free(mm_cache, m);
		return NULL;
	}
	ref_init(&m->users, 1);
	ref_init(&m->refs, 1);
	rwsem_init(&m->lock, RANK_MM, "mm");
	spin_init(&m->pt_lock, RANK_PTE, "page tables");
	m->mmap_min = 0x10000;
	m->task_size = USER_END;
	m->mmap_base = USER_END - (128ul << 20);
	m->limit_as = m->limit_data = m->limit_memlock = ~0ul;
	m->limit_stack = 8ul << 20;
	m->dumpable = 1;
	return m;
}

void mm_grab(struct mm *m)
{
	ref_get(&m->refs);
}

void mm_drop(struct mm *m)
{
	if (ref_put(&m->refs))
		kmem_cache_free(mm_cache, m);
}

/* --- which tables a CPU has loaded --- */

/* Kernel threads run on the tables that happen to be loaded: switching away and back costs a TLB.
 */
void mm_switch(struct mm *prev, struct mm *next)
{
	struct cpu *c = this_cpu();

	(void)prev;
	if (!next || c->active_mm == next)
		return;
	arch_mm_switch(&next->arch);
	c->active_mm = next;
}

static void unload(void *mm)
{
	unsigned long f = arch_irq_save();

	if (this_cpu()->active_mm == mm) {
		arch_mm_switch(NULL);
		this_cpu()->active_mm = NULL;
	}
	arch_irq_restore(f);
}

/* Before the tables are freed: no CPU may still have them loaded. */
static void unload_everywhere(struct mm *m)
{
	unload(m);
	if (arch_mm_is_loaded(&m->arch))
		smp_call_others(unload, m);
}

static void free_areas(struct mm *m)
{
	struct rb_node *n;

	while ((n = rb_first(&m->areas))) {
		struct vma *v = rb_entry(n, struct vma, node);

		vma_remove(m, v);
		vma_free(v);
	}
}

void mm_put(struct mm *m)
{
	if (!ref_put(&m->users))
		return;
	/* Off every CPU first: then nothing has to be flushed while it is taken apart. */
	unload_everywhere(m);
	zap_range(m, 0, m->task_size);
	free_areas(m);
	if (m->exe_file)
		vma_file_ops->put(m->exe_file);
	m->exe_file = NULL;
	arch_mm_destroy(&m->arch);
	mm_drop(m);
}

size_t mm_rss_pages(const struct mm *m)
{
	long n = m->rss_anon + m->rss_file + m->rss_shmem;

	return n > 0 ? (size_t)n : 0;
}

/* --- unmapping --- */

/* Freed room above the search hint may serve the next request. */
static void note_hole(struct mm *m, unsigned long start, unsigned long end)
{
	struct vma *next = vma_find(m, end);
	struct vma *prev;
	unsigned long lo = m->mmap_min, hi = next ? next->start : m->task_size;

	if (!m->gap_hint || start < m->gap_hint)
		return;
	prev = next ? vma_prev(next) : NULL;
	if (!next) {
		struct rb_node *n = rb_last(&m->areas);

		prev = n ? rb_entry(n, struct vma, node) : NULL;
	}
	if (prev)
		lo = prev->end;
	if (lo <= m->gap_hint)
		m->gap_hint = 0;
	else
		m->largest_hole = MAX(m->largest_hole, hi - lo);
}

int unmap_locked(struct mm *m, unsigned long start, unsigned long end)
{
	struct vma *v = vma_find(m, start), *next;
	int err;

	if (!v || v->start >= end)
		return 0;
	if (v->start < start && v->end > end && m->nr_areas >= MAX_AREAS)
		return -ENOMEM;
	if (v->start < start || v->end > end || (next = vma_next(v), next && next->start < end)) {
		err = vma_split_range(m, start, end);
		if (err)
			return err;
		v = vma_find(m, start);
	}
	zap_range(m, start, end);
	for (; v && v->start < end; v = next) {
		next = vma_next(v);
		vma_account(m, v, -1);
		vma_remove(m, v);
		vma_free(v);
	}
	spin_lock(&m->pt_lock);
	arch_pt_free_range(&m->arch, start, end);
	spin_unlock(&m->pt_lock);
	note_hole(m, start, end);
	return 0;
}

int mm_unmap(struct mm *m, unsigned long start, size_t len)
{
	unsigned long end;
	int err;

	if (start & ~PAGE_MASK)
		return -EINVAL;
	if (len == 0 || len > m->task_size || start > m->task_size - len)
		return -EINVAL;
	end = ALIGN_UP(start + len, PAGE_SIZE);
	down_write(&m->lock);
	err = unmap_locked(m, start, end);
	up_write(&m->lock);
	return err;
}

/* --- mapping --- */

/* More than all memory at once is refused unless asked for without reservation (heuristic
 * overcommit). */
static bool is_obvious_overcommit(const struct map_request *r, size_t pages)
{
	struct mem_stats s;

	if ((r->vm_flags & (VM_NORESERVE | VM_SHARED)) || !(r->vm_flags & VM_WRITE) || pages < 4096)
		return false;
	mem_stats(&s);
	return pages > s.total_pages;
}

static long choose_address(struct mm *m, const struct map_request *r, size_t len)
{
	unsigned long addr = r->addr;
	struct vma *v;

	if (len > m->task_size)
		return -ENOMEM;
	if (!r->is_fixed) {
		addr = mm_find_gap(m, ALIGN_DOWN(r->addr, PAGE_SIZE), len, r->below_4g);
		return addr ? (long)addr : -ENOMEM;
	}
	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if (addr > m->task_size - len)
		return -ENOMEM;
	if (r->is_noreplace) {
		v = vma_find(m, addr);
		if (v && v->start < addr + len)
			return -EEXIST;
	}
	return (long)addr;
}

/* Growing a neighbour instead of making an area: the common case of malloc's mappings. */
static bool extend_neighbour(struct mm *m, unsigned long addr, unsigned long end,
			     const struct map_request *r)
{
	struct vma *next, *prev;

	if (r->obj || r->file)
		return false;
	next = vma_find(m, addr);
	if (next && next->start == end && next->flags == r->vm_flags && !next->obj && !next->file &&
	    !next->name) {
		vma_set_bounds(next, addr, next->end);
		vma_merge(next);
		return true;
	}
	prev = next ? vma_prev(next) : NULL;
	if (!prev && !next) {
		struct rb_node *n = rb_last(&m->areas);

		prev = n ? rb_entry(n, struct vma, node) : NULL;
	}
	if (prev && prev->end == addr && prev->flags == r->vm_flags && !prev->obj && !prev->file &&
	    !prev->name) {
		vma_set_bounds(prev, prev->start, end);
		return true;
	}
	return false;
}

static long map_locked(struct mm *m, const struct map_request *r)
{
	size_t len = ALIGN_UP(r->len, PAGE_SIZE);
	long addr = choose_address(m, r, len);
	struct vma *v, *old;
	int err;

	if (addr < 0)
		return addr;
	if (r->is_fixed && (old = vma_find(m, (unsigned long)addr)) &&
	    old->start < (unsigned long)addr + len) {
		err = unmap_locked(m, (unsigned long)addr, (unsigned long)addr + len);
		if (err)
			return err;
	}
	if (m->nr_areas >= MAX_AREAS || !mm_has_room(m, len >> PAGE_SHIFT, r->vm_flags) ||
	    is_obvious_overcommit(r, len >> PAGE_SHIFT))
		return -ENOMEM;
	if (extend_neighbour(m, (unsigned long)addr, (unsigned long)addr + len, r)) {
		vma_account(m,
			    &(struct vma){.start = (unsigned long)addr,
					  .end = (unsigned long)addr + len,
					  .flags = r->vm_flags},
			    1);
		return addr;
	}
	v = vma_alloc(m);
	if (!v)
		return -ENOMEM;
	v->start = (unsigned long)addr;
	v->end = v->start + len;
	v->flags = r->vm_flags;
	v->obj = r->obj;
	v->pgoff = r->obj ? r->pgoff : v->start >> PAGE_SHIFT;
	v->file = r->file;
	v->owns_shm = r->owns_shm;
	if (v->file)
		vma_file_ops->get(v->file);
	vma_insert(m, v);
	vma_account(m, v, 1);
	vma_merge(v);
	return addr;
}

/* Fault pages in ahead; errors do not matter to mmap(2). */
static void populate(struct mm *m, unsigned long start, size_t len, u64 vm_flags)
{
	unsigned flags = FAULT_USER | (vm_flags & VM_WRITE ? FAULT_WRITE : 0);

	for (unsigned long a = start; a < start + len; a += PAGE_SIZE)
		if (mm_fault(m, a, flags))
			break;
}

long mm_map(struct mm *m, const struct map_request *req)
{
	long addr;

	if (req->len == 0)
		return -EINVAL;
	if (req->len > m->task_size)
		return -ENOMEM;
	down_write(&m->lock);
	addr = map_locked(m, req);
	up_write(&m->lock);
	if (addr >= 0 && req->populate)
		populate(m, (unsigned long)addr, req->len, req->vm_flags);
	return addr;
}

long mm_brk(struct mm *m, unsigned long addr)
{
	unsigned long old_end, new_end;
	long ret;

	down_write(&m->lock);
	ret = (long)m->brk;
	if (addr < m->start_brk || addr >= m->task_size)
		goto out;
	if (addr - m->start_brk > m->limit_data ||
	    addr - m->start_brk + (m->end_data - m->start_data) > m->limit_data)
		goto out;
	old_end = ALIGN_UP(m->brk, PAGE_SIZE);
	new_end = ALIGN_UP(addr, PAGE_SIZE);
	if (new_end < old_end) {
		if (unmap_locked(m, new_end, old_end))
			goto out;
	} else if (new_end > old_end) {
		struct map_request r = {.addr = old_end,
					.len = new_end - old_end,
					.vm_flags = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE |
						    VM_MAYEXEC | VM_HEAP,
					.is_fixed = true,
					.is_noreplace = true};
		struct vma *next = vma_find(m, old_end);

		if (next && next->start < new_end + PAGE_SIZE)
			goto out;
		if (map_locked(m, &r) < 0)
			goto out;
	}
	m->brk = addr;
	ret = (long)addr;
out:
	up_write(&m->lock);
	return ret;
}

int mm_map_special(struct mm *m, unsigned long addr, size_t len, u64 vm_flags, unsigned long phys,
		   const char *name)
{
	struct vma *v;
	int err = 0;

	down_write(&m->lock);
	v = vma_find(m, addr);
	if (v && v->start < addr + len) {
		err = -EEXIST;
		goto out;
	}
	v = vma_alloc(m);
	if (!v) {
		err = -ENOMEM;
		goto out;
	}
	v->start = addr;
	v->end = addr + ALIGN_UP(len, PAGE_SIZE);
	v->flags = vm_flags | VM_SPECIAL | VM_DONTDUMP;
	v->special_phys = phys;
	v->name = name;
	vma_insert(m, v);
	vma_account(m, v, 1);
out:
	up_write(&m->lock);
	return err;
}

int mm_map_stack(struct mm *m, unsigned long top, size_t size)
{
	struct map_request r = {.addr = top - ALIGN_UP(size, PAGE_SIZE),
				.len = ALIGN_UP(size, PAGE_SIZE),
				.vm_flags = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE |
					    VM_MAYEXEC | VM_GROWSDOWN | VM_STACK,
				.is_fixed = true,
				.is_noreplace = true};
	long addr = mm_map(m, &r);

	return addr < 0 ? (int)addr : 0;
}

int stack_grow(struct mm *m, struct vma *v, unsigned long addr)
{
	unsigned long start = addr & PAGE_MASK;
	struct vma *prev = vma_prev(v);
	size_t pages = (v->start - start) >> PAGE_SHIFT;

	if (v->end - start > m->limit_stack || start < m->mmap_min)
		return -EFAULT;
	if (prev && !(prev->flags & VM_GROWSDOWN) && (prev->flags & VM_PROT) &&
	    start < prev->end + STACK_GUARD)
		return -EFAULT;
	if (prev && start < prev->end)
		return -EFAULT;
	if (m->total_pages + pages > m->limit_as >> PAGE_SHIFT)
		return -EFAULT;
	vma_set_bounds(v, start, v->end);
	m->total_pages += pages;
	m->stack_pages += pages;
	return 0;
}
