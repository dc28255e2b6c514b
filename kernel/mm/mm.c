/* Address spaces as wholes: made, switched to, let go. */
#include "core/cpu.h"
#include "core/irq.h"
#include "core/sched.h"
#include "lib/err.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

static struct kmem_cache *mm_cache;
int mm_min_addr = 65536;

struct mm *mm_create(void)
{
	struct mm *m;

	if (unlikely(!mm_cache)) {
		struct kmem_cache *c = kmem_cache_create("mm", sizeof(struct mm), 16);

		if (!c)
			return NULL;
		(void)atomic_cmpxchg(&mm_cache, NULL, c);
	}
	m = kmem_cache_alloc(mm_cache, GFP_KERNEL | GFP_ZERO);
	if (!m)
		return NULL;
	ref_init(&m->users, 1);
	ref_init(&m->refs, 1);
	rwsem_init(&m->lock, RANK_MM, "mm");
	spin_init(&m->pt_lock, RANK_PTE, "page tables");
	m->task_size = USER_END;
	m->mmap_base = USER_END;
	m->mmap_min = ALIGN_UP((unsigned long)READ_ONCE(mm_min_addr), PAGE_SIZE);
	m->limit_as = m->limit_data = m->limit_data_hard = m->limit_stack = m->limit_memlock = ~0UL;
	m->dumpable = 1;
	if (arch_mm_init(&m->arch)) {
		kmem_cache_free(mm_cache, m);
		return NULL;
	}
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

/* Kernel threads run on whatever is loaded; that is what active_mm remembers. */
void mm_switch(struct mm *prev, struct mm *next)
{
	struct cpu *c = this_cpu();

	if (!next || c->active_mm == next)
		return;
	c->active_mm = next;
	arch_mm_switch(&next->arch);
}

/* On every CPU, interrupts off: a dying address space must not stay loaded. */
static void unload(void *arg)
{
	struct cpu *c = this_cpu();

	if (c->active_mm == arg) {
		c->active_mm = NULL;
		arch_mm_switch(NULL);
	}
}

static void unload_everywhere(struct mm *m)
{
	bool is_elsewhere = false;
	unsigned long flags;
	unsigned i;

	flags = arch_irq_save();
	unload(m);
	for_each_cpu (i)
		if (READ_ONCE(cpus[i].active_mm) == m)
			is_elsewhere = true;
	arch_irq_restore(flags);
	if (is_elsewhere)
		smp_call_others(unload, m);
}

static void drop_areas(struct mm *m, struct list_head *dead)
{
	struct vma *v, *next;

	for (v = m->first; v; v = next) {
		next = v->next;
		zap_range(v, v->start, v->end);
		vma_unlink_object(v);
		list_add_tail(&v->obj_node, dead);
	}
	m->areas = m->first = m->last = m->last_hit = NULL;
	m->nr_areas = 0;
	m->total_pages = m->data_pages = m->stack_pages = m->exec_pages = 0;
	m->shared_pages = m->locked_pages = 0;
	mm_count(MM_COMMIT, -(long)m->commit_known);
	m->commit_pages = m->commit_known = 0;
}

void mm_put(struct mm *m)
{
	struct list_head dead;
	struct file *exe;

	if (!ref_put(&m->users))
		return;
	list_init(&dead);
	unload_everywhere(m);
	down_write(&m->lock);
	drop_areas(m, &dead);
	arch_mm_destroy(&m->arch);
	exe = m->exe_file;
	m->exe_file = NULL;
	up_write(&m->lock);
	vma_free_list(&dead);
	if (exe)
		vma_file_ops->put(exe);
	mm_drop(m);
}

size_t mm_rss_pages(const struct mm *m)
{
	long n = READ_ONCE(m->rss_anon) + READ_ONCE(m->rss_file) + READ_ONCE(m->rss_shmem);

	return n > 0 ? (size_t)n : 0;
}
