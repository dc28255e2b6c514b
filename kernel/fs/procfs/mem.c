/* /proc/PID/mem, pagemap, clear_refs: the memory of a program, and its pages. proc(5). */
#include "fs/procfs/procfs.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/capability.h>

/* --- mem --- */

/* The file stays with the address space it was opened for, also over an exec of another program. */
int mem_open(struct file *f, const struct proc_who *who)
{
	struct task *t = proc_task(who);
	struct mm *m;

	if (!t)
		return -ESRCH;
	m = task_get_mm(t);
	task_put(t);
	f->private = m;
	if (m) {
		mm_grab(m);
		mm_put(m);
	}
	return 0;
}

void mem_release(struct file *f)
{
	if (f->private)
		mm_drop(f->private);
}

/* The address space while it is in use; NULL: it has ended. */
static struct mm *living_mm(struct file *f)
{
	struct mm *m = f->private;

	return m && ref_get_unless_zero(&m->users) ? m : NULL;
}

static long move(struct file *f, struct iter *it, s64 *pos, bool is_write)
{
	struct mm *m = living_mm(f);
	long done = 0, n = 0;
	char *page;

	if (!m)
		return 0;
	page = kmalloc(PAGE_SIZE, GFP_KERNEL);
	while (page && it->count) {
		size_t want = MIN(it->count, PAGE_SIZE), moved;

		if (is_write && iter_get(it, page, want) != want) {
			n = -EFAULT;
			break;
		}
		n = mm_access_force(m, (unsigned long)*pos, page, want, is_write);
		if (n <= 0) {
			n = -EIO;
			break;
		}
		moved = is_write ? (size_t)n : iter_put(it, page, (size_t)n);
		*pos += (s64)moved;
		done += (long)moved;
		if (moved < (size_t)n || (size_t)n < want) {
			n = -EFAULT;
			break;
		}
	}
	mm_put(m);
	if (!page)
		return -ENOMEM;
	kfree(page);
	return done ? done : n < 0 ? n : 0;
}

long mem_read(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos)
{
	return move(f, it, pos, false);
}

long mem_write(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos)
{
	return move(f, it, pos, true);
}

/* --- pagemap: one 64-bit word per page --- */

#define PM_PRESENT   BIT(63)
#define PM_FILE	     BIT(61)
#define PM_EXCLUSIVE BIT(56)
#define PM_DIRTY     BIT(55)
#define CHUNK	     64

static u64 pagemap_word(struct mm *m, unsigned long va, bool with_frames)
{
	pte_t *pte = arch_pte_find(&m->arch, va), old;
	struct page *p;
	u64 word;

	if (!pte || pte_none(*pte))
		return 0;
	old = *pte;
	word = PM_PRESENT | PM_DIRTY | (with_frames ? pte_phys(old) >> PAGE_SHIFT : 0);
	if (pte_is_special(old))
		return word;
	p = phys_to_page(pte_phys(old));
	if (!(p->flags & PG_ANON))
		word |= PM_FILE;
	if (mm_page_maps(m, va, p) == 1)
		word |= PM_EXCLUSIVE;
	return word;
}

long pagemap_read(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos)
{
	bool with_frames = cred_has_cap(current->vfs.cred, CAP_SYS_ADMIN);
	struct mm *m = living_mm(f);
	u64 words[CHUNK], index = (u64)*pos / 8;
	long done = 0, err = 0;

	if (!m)
		return 0;
	if ((*pos | (s64)it->count) % 8)
		err = -EINVAL;
	while (!err && it->count && index < m->task_size >> PAGE_SHIFT) {
		unsigned n = (unsigned)MIN(it->count / 8, (size_t)CHUNK), i;

		n = (unsigned)MIN((u64)n, (m->task_size >> PAGE_SHIFT) - index);
		spin_lock(&m->pt_lock);
		for (i = 0; i < n; i++)
			words[i] = pagemap_word(m, (index + i) << PAGE_SHIFT, with_frames);
		spin_unlock(&m->pt_lock);
		if (iter_put(it, words, n * 8ul) != n * 8ul)
			err = -EFAULT;
		else
			done += n * 8l;
		index += n;
		cond_resched();
	}
	mm_put(m);
	*pos += done;
	return done ? done : err;
}

/* --- clear_refs --- */

/* 1 to 3: referenced marks, which nothing here depends on; 5: the peak of the resident set.
 * Soft-dirty tracking (4) there is none. */
long store_clear_refs(const struct proc_who *who, char *text, size_t n)
{
	struct task *t;
	struct mm *m;
	const char *end;
	u64 what;

	if (!parse_u64(text, 10, &what, &end) || what < 1 || what > 5 || what == 4)
		return -EINVAL;
	t = proc_task(who);
	if (!t)
		return -ESRCH;
	m = task_get_mm(t);
	task_put(t);
	if (m && what == 5)
		m->hiwater_rss_pages = mm_rss_pages(m);
	if (m)
		mm_put(m);
	return (long)n;
}
