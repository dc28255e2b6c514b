/* Reaching into an address space that need not be the running one. */
#include "lib/err.h"
#include "lib/string.h"
#include "mm/internal.h"

/* The page at addr if its PTE allows what is asked; referenced. */
static struct page *mapped_page(struct mm *m, unsigned long addr, bool is_write)
{
	struct page *p = NULL;
	pte_t *pte;

	spin_lock(&m->pt_lock);
	pte = is_write ? arch_pte_find_own(&m->arch, addr) : arch_pte_find(&m->arch, addr);
	if (pte && pte_present(*pte) && (!is_write || pte_is_writable(*pte))) {
		p = phys_to_page(pte_phys(*pte));
		page_get(p);
	}
	spin_unlock(&m->pt_lock);
	return p;
}

static bool is_secret(struct mm *m, unsigned long addr)
{
	struct vma *v;
	bool yes;

	down_read(&m->lock);
	v = vma_find(m, addr);
	yes = v && v->start <= addr && (v->flags & VM_SECRET);
	up_read(&m->lock);
	return yes;
}

struct page *mm_pin_page(struct mm *m, unsigned long addr, bool is_write)
{
	unsigned tries;

	if (unlikely(READ_ONCE(m->has_secrets)) && is_secret(m, addr))
		return ERR_PTR(-EFAULT);

	for (tries = 0; tries < 1000; tries++) {
		int err = mm_fault(m, addr, FAULT_USER | (is_write ? FAULT_WRITE : 0));
		struct page *p;

		if (err)
			return ERR_PTR(err == -ENOMEM ? -ENOMEM : -EFAULT);
		p = mapped_page(m, addr, is_write);
		if (p)
			return p;
	}
	return ERR_PTR(-EFAULT);
}

/* What the area shows at va, mapped or not; NULL: anonymous memory that was never touched. */
static struct page *shown_page(struct mm *m, const struct vma *v, unsigned long va)
{
	struct page *p = mapped_page(m, va, false);
	u64 index = vma_index(v, va);

	if (p)
		return p;
	if (v->flags & VM_SPECIAL) {
		p = phys_to_page(v->special_phys + (va - v->start));
		page_get(p);
		return p;
	}
	if (!v->obj)
		return NULL;
	if (index >= DIV_ROUND_UP(READ_ONCE(v->obj->size_bytes), PAGE_SIZE))
		return ERR_PTR(-EIO);
	return vmobj_get_page(v->obj, index);
}

/*
 * As a debugger: read anything that is mapped, and write private pages although they are read-only
 * -- to a copy, which replaces the page. mm->lock held for reading; referenced page or error.
 */
static struct page *force_page(struct mm *m, struct vma *v, unsigned long addr, bool is_write)
{
	unsigned long va = ALIGN_DOWN(addr, PAGE_SIZE);
	struct page *p, *copy;
	pte_t *pte, old;

	if (is_write && table_unshare(m, va))
		return ERR_PTR(-ENOMEM);
	p = shown_page(m, v, va);
	if (IS_ERR(p) || (!is_write && p))
		return p;
	if (p && (p->flags & PG_ANON) && ref_read(&p->ref) == 2)
		return p; /* the PTE's and ours: no copy needed */
	copy = alloc_page(GFP_USER | GFP_ZERO);
	if (!copy)
		goto out_nomem;
	if (!is_write)
		return copy; /* an untouched anonymous page reads as zeros */
	if (p)
		memcpy(page_to_virt(copy), page_to_virt(p), PAGE_SIZE);
	spin_lock(&m->pt_lock);
	pte = arch_pte_alloc(&m->arch, va);
	old = pte ? *pte : PTE_NONE;
	if (!pte || (!pte_none(old) && p && pte_phys(old) != page_to_phys(p))) {
		spin_unlock(&m->pt_lock);
		page_put(copy);
		goto out_nomem;
	}
	WRITE_ONCE(*pte, PTE_NONE);
	arch_tlb_flush(&m->arch, va, va + PAGE_SIZE);
	copy->flags = PG_ANON | PG_UPTODATE;
	copy->map_count = 1;
	page_get(copy);
	WRITE_ONCE(*pte, pte_make(page_to_phys(copy), vma_prot(v->flags) & ~VMP_WRITE));
	if (!pte_none(old) && !pte_is_special(old)) {
		struct page *before = phys_to_page(pte_phys(old));

		--*rss_counter(m, v, before);
		table_of(pte)->index -= (before->flags & PG_ANON) != 0;
		atomic_sub(&before->map_count, 1);
		page_put(before);
	}
	m->rss_anon++;
	table_of(pte)->index++;
	spin_unlock(&m->pt_lock);
	mm_count(MM_ANON, 1);
	if (p)
		page_put(p);
	return copy;
out_nomem:
	if (p)
		page_put(p);
	return ERR_PTR(-ENOMEM);
}

static struct page *forced_page(struct mm *m, unsigned long addr, bool is_write)
{
	struct page *p;
	struct vma *v;

	down_read(&m->lock);
	v = vma_find(m, addr);
	/* Writing makes a copy: of what may become writable (the vDSO, not the clock's page). */
	if (!v || v->start > addr || (v->flags & VM_SECRET) ||
	    (is_write && (v->flags & (VM_SHARED | VM_MAYWRITE)) != VM_MAYWRITE))
		p = ERR_PTR(-EIO);
	else
		p = force_page(m, v, addr, is_write);
	up_read(&m->lock);
	return p;
}

static long access(struct mm *m, unsigned long addr, void *buf, size_t len, bool is_write,
		   bool is_forced)
{
	size_t done = 0;

	while (done < len) {
		size_t off = (addr + done) & (PAGE_SIZE - 1);
		size_t n = MIN(len - done, PAGE_SIZE - off);
		struct page *p = mm_pin_page(m, addr + done, is_write);
		u8 *at;

		if (IS_ERR(p) && is_forced && PTR_ERR(p) == -EFAULT)
			p = forced_page(m, addr + done, is_write);
		if (IS_ERR(p))
			return done ? (long)done : PTR_ERR(p);
		at = (u8 *)page_to_virt(p) + off;
		if (is_write)
			memcpy(at, (u8 *)buf + done, n);
		else
			memcpy((u8 *)buf + done, at, n);
		page_put(p);
		done += n;
	}
	return (long)done;
}

long mm_access(struct mm *m, unsigned long addr, void *buf, size_t len, bool is_write)
{
	return access(m, addr, buf, len, is_write, false);
}

long mm_access_force(struct mm *m, unsigned long addr, void *buf, size_t len, bool is_write)
{
	return access(m, addr, buf, len, is_write, true);
}

bool mm_has_anon(struct mm *m, unsigned long start, unsigned long end)
{
	bool found = false;
	unsigned long va;

	spin_lock(&m->pt_lock);
	for (va = start; va < end && !found; va += PAGE_SIZE) {
		pte_t *pte;

		va = arch_pte_next(&m->arch, va, end);
		pte = va < end ? arch_pte_find(&m->arch, va) : NULL;
		found = pte && is_anon_page(*pte);
	}
	spin_unlock(&m->pt_lock);
	return found;
}

struct page *mm_dump_page(struct mm *m, unsigned long addr)
{
	struct page *p;
	struct vma *v;

	down_read(&m->lock);
	v = vma_find(m, addr);
	if (!v || v->start > addr || ((v->flags & VM_SPECIAL) && !v->special_phys)) {
		p = NULL;
	} else if (v->flags & VM_SPECIAL) {
		p = phys_to_page(v->special_phys + (addr - v->start));
		page_get(p);
	} else {
		p = mapped_page(m, addr, false);
		if (!p && v->obj)
			p = force_page(m, v, addr, false);
	}
	up_read(&m->lock);
	return IS_ERR(p) ? NULL : p;
}
