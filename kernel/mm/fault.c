/*
 * Page faults. What may sleep -- memory, the backing store -- comes before pt_lock is taken; under
 * it the PTE is looked at again, and a fault that lost a race simply starts over or is done.
 */
#include "core/log.h"
#include "core/sched.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/internal.h"

static u8 zero_bytes[PAGE_SIZE] __aligned(PAGE_SIZE);

#define RETRY 1 /* internal: the world changed, look again */

struct fault {
	struct mm *m;
	struct vma *v;
	unsigned long va; /* page aligned */
	unsigned flags;	  /* FAULT_* */
	unsigned prot;	  /* VMP_* of the area */
	bool is_major;
};

static unsigned long zero_phys(void)
{
	return virt_to_phys(zero_bytes);
}

static pte_t zero_pte(unsigned prot)
{
	return pte_mkspecial(pte_make(zero_phys(), prot & ~VMP_WRITE));
}

/* pt_lock, and the entry in a table of m's own. NULL when there is none yet: then nothing is locked
 * and *err is RETRY or -ENOMEM. */
static pte_t *lock_pte(struct fault *f, int *err)
{
	pte_t *pte;

	spin_lock(&f->m->pt_lock);
	pte = arch_pte_alloc(&f->m->arch, f->va);
	if (likely(pte))
		return pte;
	spin_unlock(&f->m->pt_lock);
	*err = table_unshare(f->m, f->va);
	if (!*err)
		*err = reclaim_for_tables() ? RETRY : -ENOMEM;
	return NULL;
}

/* --- anonymous memory --- */

/* Put a fresh page where `old` is expected. Consumes the page. */
static int install_anon(struct fault *f, struct page *p, pte_t old)
{
	struct page *before = NULL;
	pte_t *pte;
	int err = 0;

	pte = lock_pte(f, &err);
	if (!pte) {
		page_put(p);
		return err;
	}
	if (unlikely(*pte != old)) {
		spin_unlock(&f->m->pt_lock);
		page_put(p);
		return RETRY;
	}
	p->flags = PG_ANON | PG_UPTODATE;
	p->map_count = 1;
	if (!pte_none(old)) {
		/* Another CPU must not read the old page after a third has written the new one. */
		WRITE_ONCE(*pte, PTE_NONE);
		arch_tlb_flush(&f->m->arch, f->va, f->va + PAGE_SIZE);
		if (!pte_is_special(old)) {
			before = phys_to_page(pte_phys(old));
			--*rss_counter(f->m, f->v, before);
			table_of(pte)->index -= (before->flags & PG_ANON) != 0;
		}
	}
	WRITE_ONCE(*pte, pte_mkdirty(pte_make(page_to_phys(p), f->prot)));
	f->m->rss_anon++;
	table_of(pte)->index++;
	spin_unlock(&f->m->pt_lock);
	mm_count(MM_ANON, 1);
	if (before) {
		atomic_sub(&before->map_count, 1);
		page_put(before);
	}
	return 0;
}

static int fault_anon(struct fault *f)
{
	struct page *p;
	pte_t *pte;
	int err = 0;

	if (f->flags & FAULT_WRITE) {
		p = alloc_page(GFP_USER | GFP_ZERO);
		return p ? install_anon(f, p, PTE_NONE) : -ENOMEM;
	}
	pte = lock_pte(f, &err);
	if (!pte)
		return err;
	if (pte_none(*pte))
		WRITE_ONCE(*pte, zero_pte(f->prot));
	spin_unlock(&f->m->pt_lock);
	return 0;
}

/* --- files --- */

/* Map those of the n pages that are the object's still and whose entries, base[page number -
 * first], are empty: their references go with them, and they are NULL. pt_lock held. How many. */
static unsigned map_found(struct fault *f, pte_t *base, u64 first, struct page **found, unsigned n)
{
	const struct vmobj *o = f->v->obj;
	u64 limit = DIV_ROUND_UP(READ_ONCE(o->size_bytes), PAGE_SIZE);
	unsigned mapped = 0, prot = f->prot & ~VMP_WRITE;

	for (unsigned i = 0; i < n; i++) {
		struct page *p = found[i];
		pte_t *pte = base + (p->index - first);

		/* Truncation takes the page away, then clears PTEs under pt_lock. */
		if (!pte_none(*pte) || READ_ONCE(p->obj) != o || p->index >= limit)
			continue;
		/* Not accessed yet, but a hardware walk that sets the bit costs more than it tells.
		 */
		WRITE_ONCE(*pte, pte_make(page_to_phys(p), prot));
		atomic_add(&p->map_count, 1);
		found[i] = NULL;
		mapped++;
	}
	return mapped;
}

/* Backing pages neighbouring a read fault that are in the cache already: map them too. */
static void map_around(struct fault *f)
{
	struct page *found[FAULT_AROUND];
	struct vma *v = f->v;
	struct mm *m = f->m;
	unsigned long lo = ALIGN_DOWN(f->va, FAULT_AROUND * PAGE_SIZE);
	unsigned long hi = lo + FAULT_AROUND * PAGE_SIZE;
	unsigned n, mapped = 0;
	long *counter;
	pte_t *base;

	if (v->flags & VM_RAND_READ)
		return;
	lo = MAX(lo, v->start);
	hi = MIN(hi, v->end);
	n = vmobj_find_range(v->obj, vma_index(v, lo), vma_index(v, hi) - 1, found, FAULT_AROUND);
	if (!n)
		return;
	counter = rss_object(m, v);
	spin_lock(&m->pt_lock);
	base = arch_pte_find_own(&m->arch, lo);
	if (base)
		mapped = map_found(f, base, vma_index(v, lo), found, n);
	*counter += mapped;
	spin_unlock(&m->pt_lock);
	for (unsigned i = 0; mapped < n && i < n; i++)
		if (found[i])
			page_put(found[i]);
}

/* May a page of this shared mapping be writable before it is written? Where dirty pages must be
 * known, the first write has to fault. */
static bool is_tracked(const struct vmobj *o)
{
	return o->ops && o->ops->writeback;
}

static bool is_past_end(const struct vmobj *o, u64 index)
{
	return index >= DIV_ROUND_UP(READ_ONCE(o->size_bytes), PAGE_SIZE);
}

/* Map a page of the object itself. Consumes the reference. */
static int install_file(struct fault *f, struct page *p)
{
	struct vmobj *o = f->v->obj;
	unsigned prot = f->prot;
	bool is_shared = f->v->flags & VM_SHARED, is_write = f->flags & FAULT_WRITE;
	pte_t *pte, new;
	int err = 0;

	if (!is_shared || (is_tracked(o) && !is_write))
		prot &= ~VMP_WRITE;
	if (is_shared && is_write) {
		vmobj_mark_dirty(o, p);
		if (o->ops && o->ops->mapped_write)
			o->ops->mapped_write(o);
	}
	pte = lock_pte(f, &err);
	if (!pte) {
		page_put(p);
		return err;
	}
	/* Truncation changes the size, takes the page away and then clears PTEs under pt_lock. */
	if (unlikely(READ_ONCE(p->obj) != o || is_past_end(o, p->index))) {
		err = RETRY;
	} else if (pte_none(*pte)) {
		new = pte_make(page_to_phys(p), prot);
		WRITE_ONCE(*pte, new);
		atomic_add(&p->map_count, 1);
		++*rss_counter(f->m, f->v, p);
		spin_unlock(&f->m->pt_lock);
		return 0;
	} else if (pte_phys(*pte) != page_to_phys(p)) {
		err = RETRY;
	} else if ((prot & VMP_WRITE) && !pte_is_writable(*pte)) {
		/* More permission for the same page: a stale TLB entry only faults once more. */
		WRITE_ONCE(*pte, pte_mkdirty(pte_make(page_to_phys(p), prot)));
		arch_tlb_flush(&f->m->arch, f->va, f->va + PAGE_SIZE);
	}
	spin_unlock(&f->m->pt_lock);
	page_put(p);
	return err;
}

static int fault_file(struct fault *f)
{
	struct vmobj *o = f->v->obj;
	u64 index = vma_index(f->v, f->va);
	bool did_io = false;
	struct page *p, *copy;
	int err;

	if (is_past_end(o, index))
		return -EIO;
	p = vmobj_get_page_io(o, index, &did_io);
	if (did_io)
		f->is_major = true;
	if (IS_ERR(p))
		return PTR_ERR(p) == -ENOMEM ? -ENOMEM : -EIO;
	if (!(f->flags & FAULT_WRITE) || (f->v->flags & VM_SHARED)) {
		err = install_file(f, p);
		if (!err && !(f->flags & FAULT_WRITE))
			map_around(f);
		return err;
	}
	copy = alloc_page(GFP_USER);
	if (!copy) {
		page_put(p);
		return -ENOMEM;
	}
	memcpy(page_to_virt(copy), page_to_virt(p), PAGE_SIZE);
	page_put(p);
	return install_anon(f, copy, PTE_NONE);
}

/* --- writing to what is mapped read-only --- */

/* `old` is the entry seen under pt_lock, which is held; it is released. */
static int copy_on_write(struct fault *f, pte_t *pte, pte_t old)
{
	struct page *p = phys_to_page(pte_phys(old)), *copy;
	int err;

	if (pte_is_special(old)) {
		bool is_zero = pte_phys(old) == zero_phys();

		spin_unlock(&f->m->pt_lock);
		copy = alloc_page(GFP_USER | (is_zero ? GFP_ZERO : 0));
		if (copy && !is_zero) /* a prepared page: a debugger writes into the vDSO */
			memcpy(page_to_virt(copy), phys_to_virt(pte_phys(old)), PAGE_SIZE);
		return copy ? install_anon(f, copy, old) : -ENOMEM;
	}
	if ((p->flags & PG_ANON) && ref_read(&p->ref) == 1) {
		/* Ours alone: nobody can get a reference but through this PTE. */
		WRITE_ONCE(*pte, pte_mkdirty(pte_make(page_to_phys(p), f->prot)));
		arch_tlb_flush(&f->m->arch, f->va, f->va + PAGE_SIZE);
		spin_unlock(&f->m->pt_lock);
		return 0;
	}
	page_get(p);
	spin_unlock(&f->m->pt_lock);
	copy = alloc_page(GFP_USER);
	if (!copy) {
		page_put(p);
		return -ENOMEM;
	}
	memcpy(page_to_virt(copy), page_to_virt(p), PAGE_SIZE);
	err = install_anon(f, copy, old);
	page_put(p);
	return err;
}

/* A shared page that was clean: note that it is written, then allow it. */
static int make_shared_writable(struct fault *f, pte_t old)
{
	struct page *p = phys_to_page(pte_phys(old));

	page_get(p);
	spin_unlock(&f->m->pt_lock);
	if (READ_ONCE(p->obj) != f->v->obj) {
		page_put(p);
		return RETRY;
	}
	return install_file(f, p);
}

/* Areas whose pages were prepared beforehand: vvar, vdso. */
static int fault_special(struct fault *f)
{
	unsigned long pa = f->v->special_phys + (f->va - f->v->start);
	pte_t *pte;
	int err = 0;

	pte = lock_pte(f, &err);
	if (!pte)
		return err;
	/* Never writable: these are the kernel's own pages. A write that is allowed gets a copy. */
	if (!pte_none(*pte) && (f->flags & FAULT_WRITE) && !pte_is_writable(*pte))
		return copy_on_write(f, pte, *pte);
	if (pte_none(*pte))
		WRITE_ONCE(*pte, pte_mkspecial(pte_make(pa, f->prot & ~VMP_WRITE)));
	spin_unlock(&f->m->pt_lock);
	return 0;
}

static int resolve(struct fault *f)
{
	bool is_write = f->flags & FAULT_WRITE;
	pte_t *pte, old = PTE_NONE;
	int err;

	if (f->v->flags & VM_SPECIAL)
		return fault_special(f);
	if (f->flags & FAULT_PRESENT || !f->v->obj) {
		spin_lock(&f->m->pt_lock);
		pte = arch_pte_find_own(&f->m->arch, f->va);
		if (unlikely(!pte && f->m->has_shared_tables)) {
			spin_unlock(&f->m->pt_lock);
			err = table_unshare(f->m, f->va);
			if (err)
				return err;
			spin_lock(&f->m->pt_lock);
			pte = arch_pte_find_own(&f->m->arch, f->va);
		}
		if (pte)
			old = *pte;
		if (!pte_none(old)) {
			if (is_write && !pte_is_writable(old)) {
				if (f->v->flags & VM_SHARED)
					return make_shared_writable(f, old);
				return copy_on_write(f, pte, old);
			}
			/* Somebody was faster, or the TLB was behind. */
			spin_unlock(&f->m->pt_lock);
			return 0;
		}
		spin_unlock(&f->m->pt_lock);
	}
	return f->v->obj ? fault_file(f) : fault_anon(f);
}

/* --- areas --- */

/* mm->lock held for writing. 0, or -EFAULT when a limit or a neighbour forbids. mmap(2),
 * MAP_GROWSDOWN. */
int stack_expand(struct mm *m, struct vma *v, unsigned long addr)
{
	unsigned long start = ALIGN_DOWN(addr, PAGE_SIZE);
	size_t pages = (v->start - start) >> PAGE_SHIFT;
	struct vma *prev = v->prev;

	if (addr < m->mmap_min || start >= v->start)
		return start >= v->start ? 0 : -EFAULT;
	if (v->end - start > m->limit_stack)
		return -EFAULT;
	/* An area that itself grows down keeps its own distance. */
	if (prev && !(prev->flags & VM_GROWSDOWN) && (prev->flags & VM_PROT) &&
	    start - prev->end < STACK_GUARD_GAP)
		return -EFAULT;
	if (!mm_has_room(m, v->flags, pages))
		return -EFAULT;
	if ((v->flags & VM_LOCKED) && !mm_may_lock(m, pages))
		return -EFAULT;
	mm_account(m, v->flags, (long)pages);
	vma_set_range(v, start, v->end);
	return 0;
}

/* The area for a fault; mm->lock held for reading on success only. */
static struct vma *find_area(struct mm *m, unsigned long addr)
{
	struct vma *v;
	int err;

	down_read(&m->lock);
	v = vma_find(m, addr);
	if (likely(v && v->start <= addr))
		return v;
	if (!v || !(v->flags & VM_GROWSDOWN)) {
		up_read(&m->lock);
		return NULL;
	}
	up_read(&m->lock);
	down_write(&m->lock);
	v = vma_find(m, addr);
	err = -EFAULT;
	if (v && v->start <= addr)
		err = 0;
	else if (v && (v->flags & VM_GROWSDOWN))
		err = stack_expand(m, v, addr);
	if (err) {
		up_write(&m->lock);
		return NULL;
	}
	downgrade_write(&m->lock);
	return v;
}

static bool is_allowed(u64 vm_flags, unsigned flags)
{
	if (flags & FAULT_WRITE)
		return vm_flags & VM_WRITE;
	if (flags & FAULT_EXEC)
		return vm_flags & VM_EXEC;
	return vm_flags & VM_PROT;
}

int mm_fault(struct mm *m, unsigned long addr, unsigned flags)
{
	struct fault f = {.m = m, .va = ALIGN_DOWN(addr, PAGE_SIZE), .flags = flags};
	int err;

	if (unlikely(addr >= m->task_size))
		return -EFAULT;
	do {
		f.v = find_area(m, addr);
		if (!f.v)
			return -EFAULT;
		if (unlikely(!is_allowed(f.v->flags, flags))) {
			err = -EACCES;
		} else {
			f.prot = vma_prot(f.v->flags);
			err = resolve(&f);
		}
		up_read(&m->lock);
		/* A race that needs the loser to look twice: the page tables may be there by now.
		 */
		if (err == RETRY)
			f.flags |= FAULT_PRESENT;
	} while (unlikely(err == RETRY));
	__atomic_fetch_add(f.is_major ? &m->majflt : &m->minflt, 1, __ATOMIC_RELAXED);
	return err;
}

int mm_populate(struct mm *m, unsigned long start, size_t len)
{
	unsigned long va, end = start + len;

	for (va = start; va < end; va += PAGE_SIZE) {
		unsigned flags = FAULT_USER;
		bool is_left_alone = false;
		struct vma *v;
		int err = 0;

		down_read(&m->lock);
		v = vma_find(m, va);
		if (!v || v->start > va)
			err = -ENOMEM;
		else if (v->flags & VM_LOCKONFAULT)
			is_left_alone = true;
		else if (!(v->flags & VM_PROT))
			err = -EFAULT;
		/* Private writable memory is wanted as its own page at once; files are not dirtied.
		 */
		else if ((v->flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
			flags |= FAULT_WRITE;
		up_read(&m->lock);
		if (err)
			return err;
		if (is_left_alone)
			continue;
		err = mm_fault(m, va, flags);
		if (err)
			return err == -ENOMEM ? -ENOMEM : -EFAULT;
		cond_resched();
		if (thread_test_flags(this_thread(), TIF_KILLED))
			return -EINTR;
	}
	return 0;
}
