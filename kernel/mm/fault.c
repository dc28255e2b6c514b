/* Page faults: demand-zero, copy-on-write, file pages, stack growth. */
#include "core/cpu.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/internal.h"

#define FAULT_AROUND 16 /* pages mapped at once when they are cached */

struct page *zero_page;

int zero_page_init(void)
{
	zero_page = alloc_page(GFP_ZERO);
	return zero_page ? 0 : -ENOMEM;
}

struct fault {
	struct mm *mm;
	struct vma *vma;
	unsigned long addr; /* page aligned */
	bool is_write;
};

/* The entry for f->addr with pt_lock held; NULL (lock not held) when out of memory. Tables are made
 * without sleeping, so reclaim comes in between. */
static pte_t *lock_pte(struct fault *f)
{
	for (unsigned round = 0;; round++) {
		pte_t *pte;

		spin_lock(&f->mm->pt_lock);
		pte = arch_pte_alloc(&f->mm->arch, f->addr);
		if (pte)
			return pte;
		spin_unlock(&f->mm->pt_lock);
		if (round >= 8 || (!page_cache_reclaim(16) && !(oom_handler && oom_handler())))
			return NULL;
	}
}

static void map_page(struct fault *f, pte_t *pte, unsigned long addr, struct page *p, unsigned prot)
{
	atomic_add(&p->map_count, 1);
	rss_add(f->mm, p, 1);
	*pte = pte_make(page_to_phys(p), prot);
	(void)addr;
}

static struct page *new_anon_page(bool zero)
{
	struct page *p = alloc_page(GFP_USER | (zero ? GFP_ZERO : 0));

	if (p)
		p->flags = PG_ANON | PG_UPTODATE;
	return p;
}

static int fault_anon(struct fault *f)
{
	struct page *p = NULL;
	pte_t *pte;

	if (f->is_write) {
		p = new_anon_page(true);
		if (!p)
			return -ENOMEM;
	}
	pte = lock_pte(f);
	if (!pte) {
		if (p)
			page_put(p);
		return -ENOMEM;
	}
	if (pte_present(*pte)) { /* another thread was faster */
		if (p)
			page_put(p);
	} else if (p) {
		map_page(f, pte, f->addr, p, vma_prot(f->vma->flags));
		*pte = pte_mkdirty(*pte);
	} else {
		*pte = pte_mkspecial(
			pte_wrprotect(pte_make(page_to_phys(zero_page), vma_prot(f->vma->flags))));
	}
	spin_unlock(&f->mm->pt_lock);
	return 0;
}

/* Cached neighbours of a page just read in are mapped with it, read-only, in one aligned window. */
static void fault_around(struct fault *f)
{
	struct vma *v = f->vma;
	struct page *found[FAULT_AROUND];
	unsigned long start = MAX(ALIGN_DOWN(f->addr, FAULT_AROUND * PAGE_SIZE), v->start);
	unsigned long end =
		MIN(ALIGN_DOWN(f->addr, FAULT_AROUND * PAGE_SIZE) + FAULT_AROUND * PAGE_SIZE,
		    v->end);
	u64 size_pages = DIV_ROUND_UP(v->obj->size_bytes, PAGE_SIZE);
	u64 first = vma_index(v, start), last = vma_index(v, end - 1);
	unsigned n, prot = vma_prot(v->flags);
	bool writable = (v->flags & VM_SHARED) && !(v->obj->ops && v->obj->ops->writeback);

	if (last >= size_pages)
		last = size_pages - 1;
	spin_lock(&v->obj->lock);
	n = radix_gang(v->obj->tree, first, last, found, FAULT_AROUND);
	for (unsigned i = 0; i < n; i++)
		page_get(found[i]);
	spin_unlock(&v->obj->lock);
	spin_lock(&f->mm->pt_lock);
	for (unsigned i = 0; i < n; i++) {
		struct page *p = found[i];
		unsigned long a = v->start + ((p->index - v->pgoff) << PAGE_SHIFT);
		pte_t *pte = p->obj == v->obj && (p->flags & PG_UPTODATE)
				     ? arch_pte_find(&f->mm->arch, a)
				     : NULL;

		if (!pte || pte_present(*pte)) {
			page_put(p);
			continue;
		}
		map_page(f, pte, a, p, prot);
		if (!writable)
			*pte = pte_wrprotect(*pte);
	}
	spin_unlock(&f->mm->pt_lock);
}

/* First touch of an object's page. For a private write the copy is made at once. */
static int fault_object(struct fault *f)
{
	struct vma *v = f->vma;
	u64 index = vma_index(v, f->addr);
	bool is_private_write = f->is_write && !(v->flags & VM_SHARED);
	struct page *p, *copy = NULL;
	pte_t *pte;
	int err = 0;

	for (;;) {
		if (index >= DIV_ROUND_UP(READ_ONCE(v->obj->size_bytes), PAGE_SIZE))
			return -EIO;
		p = vmobj_get_page(v->obj, index);
		if (IS_ERR(p))
			return PTR_ERR(p) == -ENOMEM ? -ENOMEM : -EIO;
		if (is_private_write && !copy) {
			copy = new_anon_page(false);
			if (!copy) {
				page_put(p);
				return -ENOMEM;
			}
		}
		if (copy)
			memcpy(page_to_virt(copy), page_to_virt(p), PAGE_SIZE);
		pte = lock_pte(f);
		if (!pte)
			err = -ENOMEM;
		if (!pte || pte_present(*pte) || p->obj == v->obj)
			break;
		/* Truncated in between: look at the size again. */
		spin_unlock(&f->mm->pt_lock);
		page_put(p);
	}
	if (pte && !pte_present(*pte)) {
		struct page *mapped = copy ? copy : p;

		map_page(f, pte, f->addr, mapped, vma_prot(v->flags));
		if (copy || f->is_write)
			*pte = pte_mkdirty(*pte);
		else if (!(v->flags & VM_SHARED) || (v->obj->ops && v->obj->ops->writeback))
			*pte = pte_wrprotect(*pte);
		if (f->is_write && !copy)
			vmobj_mark_dirty(v->obj, p);
		if (copy) {
			v->has_anon = true;
			copy = NULL;
		} else {
			p = NULL;
		}
	}
	if (pte)
		spin_unlock(&f->mm->pt_lock);
	if (copy)
		page_put(copy);
	if (p)
		page_put(p);
	if (!err && !is_private_write)
		fault_around(f);
	return err;
}

/* pt_lock held: may the page be written in place? Nobody else can map it or copy it meanwhile. */
static bool is_sole_owner(const struct page *p)
{
	return (p->flags & PG_ANON) && ref_read(&p->ref) == 1;
}

/* A write to a page that is mapped read-only. */
static int fault_cow(struct fault *f)
{
	struct vma *v = f->vma;
	struct page *copy, *old;
	struct gather g;
	void *source;
	pte_t *pte, seen;

	pte = lock_pte(f);
	if (!pte)
		return -ENOMEM;
	seen = *pte;
	if (!pte_present(seen) || pte_is_writable(seen))
		goto out_unlock; /* changed meanwhile: the access is tried again */
	old = pte_is_special(seen) ? NULL : phys_to_page(pte_phys(seen));
	source = pte_is_special(seen) && pte_phys(seen) == page_to_phys(zero_page)
			 ? NULL
			 : phys_to_virt(pte_phys(seen));
	if (old && ((v->flags & VM_SHARED) || is_sole_owner(old))) {
		*pte = pte_mkdirty(pte_make(pte_phys(seen), vma_prot(v->flags)));
		if (v->flags & VM_SHARED)
			vmobj_mark_dirty(v->obj, old);
		goto out_unlock; /* more rights need no flush: a stale entry only faults again */
	}
	if (old)
		page_get(old);
	spin_unlock(&f->mm->pt_lock);
	copy = new_anon_page(!source);
	if (!copy) {
		if (old)
			page_put(old);
		return -ENOMEM;
	}
	if (source)
		memcpy(page_to_virt(copy), source, PAGE_SIZE);
	gather_init(&g, f->mm);
	spin_lock(&f->mm->pt_lock);
	pte = arch_pte_find(&f->mm->arch, f->addr);
	if (pte && *pte == seen) {
		map_page(f, pte, f->addr, copy, vma_prot(v->flags));
		*pte = pte_mkdirty(*pte);
		v->has_anon = true;
		copy = NULL;
		if (old) {
			atomic_sub(&old->map_count, 1);
			rss_add(f->mm, old, -1);
		}
		gather_page(&g, f->addr, old);
	}
	spin_unlock(&f->mm->pt_lock);
	gather_flush(&g);
	if (copy)
		page_put(copy);
	if (old)
		page_put(old);
	return 0;
out_unlock:
	spin_unlock(&f->mm->pt_lock);
	return 0;
}

/* Prepared pages are the kernel's own: a program that may write (a debugger in the vDSO) gets a
 * copy. */
static int fault_special(struct fault *f)
{
	unsigned long pa = f->vma->special_phys + (f->addr - f->vma->start);
	pte_t *pte = lock_pte(f);

	if (!pte)
		return -ENOMEM;
	if (!pte_present(*pte))
		*pte = pte_wrprotect(pte_mkspecial(pte_make(pa, vma_prot(f->vma->flags))));
	spin_unlock(&f->mm->pt_lock);
	return 0;
}

static int check_rights(const struct vma *v, unsigned flags)
{
	if ((flags & FAULT_WRITE) && !(v->flags & VM_WRITE))
		return -EACCES;
	if ((flags & FAULT_EXEC) && !(v->flags & VM_EXEC))
		return -EACCES;
	return v->flags & VM_PROT ? 0 : -EACCES;
}

/* The area of addr, the stack grown to it if need be; mm->lock held for reading on success. */
static struct vma *find_area(struct mm *m, unsigned long addr)
{
	struct vma *v;

	down_read(&m->lock);
	v = vma_find(m, addr);
	if (v && addr >= v->start)
		return v;
	up_read(&m->lock);
	if (!v || !(v->flags & VM_GROWSDOWN))
		return NULL;
	down_write(&m->lock);
	v = vma_find(m, addr);
	if (!v || (addr < v->start && (!(v->flags & VM_GROWSDOWN) || stack_grow(m, v, addr)))) {
		up_write(&m->lock);
		return NULL;
	}
	downgrade_write(&m->lock);
	return v;
}

static int handle(struct fault *f)
{
	pte_t *pte;
	pte_t seen;

	spin_lock(&f->mm->pt_lock);
	pte = arch_pte_find(&f->mm->arch, f->addr);
	seen = pte ? *pte : PTE_NONE;
	spin_unlock(&f->mm->pt_lock);
	if (pte_present(seen)) {
		if (f->is_write && !pte_is_writable(seen))
			return fault_cow(f);
		/* The TLB of this CPU remembers less than the table allows. */
		arch_tlb_flush(&f->mm->arch, f->addr, f->addr + PAGE_SIZE);
		return 0;
	}
	if (f->vma->flags & VM_SPECIAL)
		return fault_special(f);
	return f->vma->obj ? fault_object(f) : fault_anon(f);
}

int mm_fault(struct mm *m, unsigned long addr, unsigned flags)
{
	struct fault f = {.mm = m, .addr = addr & PAGE_MASK, .is_write = flags & FAULT_WRITE};
	int err;

	if (addr >= m->task_size)
		return -EFAULT;
	f.vma = find_area(m, addr);
	if (!f.vma)
		return -EFAULT;
	err = check_rights(f.vma, flags);
	if (!err)
		err = handle(&f);
	up_read(&m->lock);
	__atomic_fetch_add(&m->minflt, 1, __ATOMIC_RELAXED);
	return err;
}

/* --- using another address space from the kernel --- */

struct page *mm_pin_page(struct mm *m, unsigned long addr, bool is_write)
{
	for (;;) {
		struct page *p = NULL;
		pte_t *pte;
		int err;

		spin_lock(&m->pt_lock);
		pte = addr < m->task_size ? arch_pte_find(&m->arch, addr & PAGE_MASK) : NULL;
		if (pte && pte_present(*pte) && (!is_write || pte_is_writable(*pte)) &&
		    (is_write || !pte_is_special(*pte) ||
		     pte_phys(*pte) == page_to_phys(zero_page))) {
			p = phys_to_page(pte_phys(*pte));
			page_get(p);
		}
		spin_unlock(&m->pt_lock);
		if (p)
			return p;
		err = mm_fault(m, addr, is_write ? FAULT_WRITE : 0);
		if (err)
			return ERR_PTR(-EFAULT);
	}
}

static long access_page(struct mm *m, unsigned long addr, void *buf, size_t n, bool is_write)
{
	struct page *p = mm_pin_page(m, addr, is_write);
	u8 *at;

	if (IS_ERR(p))
		return PTR_ERR(p);
	at = (u8 *)page_to_virt(p) + (addr & ~PAGE_MASK);
	if (is_write)
		memcpy(at, buf, n);
	else
		memcpy(buf, at, n);
	page_put(p);
	return 0;
}

long mm_access(struct mm *m, unsigned long addr, void *buf, size_t len, bool is_write)
{
	size_t done = 0;

	while (done < len) {
		size_t n = MIN(len - done, PAGE_SIZE - ((addr + done) & ~PAGE_MASK));

		if (access_page(m, addr + done, (u8 *)buf + done, n, is_write))
			break;
		done += n;
	}
	return done || !len ? (long)done : -EFAULT;
}
