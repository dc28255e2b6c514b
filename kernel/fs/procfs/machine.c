/* Machine-wide figures: memory, interrupts, tasks. proc(5). */
#include "fs/procfs/procfs.h"
#include "core/cpu.h"
#include "core/irq.h"
#include "core/ksym.h"
#include "core/log.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/capability.h>

#define NR_GSI 64

void proc_count_tasks(u64 *minflt, u64 *majflt, unsigned *nr_blocked)
{
	struct process *p;

	*minflt = *majflt = 0;
	*nr_blocked = 0;
	for (int pid = 1; (p = process_next(pid)); pid++) {
		struct usage u;
		struct task *t;

		pid = p->pid;
		process_usage(p, &u);
		*minflt += u.minflt + p->child_minflt;
		*majflt += u.majflt + p->child_majflt;
		for (int tid = 1; (t = task_next(p, tid)); tid++) {
			tid = t->tid;
			*nr_blocked += READ_ONCE(t->thread.state) == TS_UNINTERRUPTIBLE;
			task_put(t);
		}
		process_put(p);
	}
}

/* --- memory --- */

int show_vmstat(struct proc_buf *b, const struct proc_who *who)
{
	struct mem_stats m;
	u64 minflt, majflt;
	unsigned nr_blocked;

	mem_stats(&m);
	proc_count_tasks(&minflt, &majflt, &nr_blocked);
	proc_printf(b, "nr_free_pages %lu\nnr_inactive_anon 0\nnr_active_anon %lu\n", m.free_pages,
		    m.anon_pages);
	proc_printf(b, "nr_inactive_file %lu\nnr_active_file 0\nnr_slab_reclaimable 0\n",
		    m.cached_pages);
	proc_printf(b, "nr_slab_unreclaimable %lu\nnr_anon_pages %lu\nnr_file_pages %lu\n",
		    m.slab_pages, m.anon_pages, m.cached_pages + m.shmem_pages);
	proc_printf(b, "nr_dirty %lu\nnr_shmem %lu\nnr_kernel_stack %lu\nnr_page_table_pages %lu\n",
		    m.dirty_pages, m.shmem_pages, m.kstack_pages * (PAGE_SIZE / 1024),
		    m.table_pages);
	proc_printf(b, "pgpgin 0\npgpgout 0\npswpin 0\npswpout 0\npgfault %lu\npgmajfault %lu\n",
		    minflt + majflt, majflt);
	return 0;
}

int show_buddyinfo(struct proc_buf *b, const struct proc_who *who)
{
	u64 blocks[NR_PAGE_ORDERS];

	mem_free_blocks(blocks);
	proc_printf(b, "Node 0, zone   Normal ");
	for (unsigned i = 0; i < NR_PAGE_ORDERS; i++)
		proc_printf(b, "%6lu ", blocks[i]);
	proc_printf(b, "\n");
	return 0;
}

int show_zoneinfo(struct proc_buf *b, const struct proc_who *who)
{
	struct mem_stats m;

	mem_stats(&m);
	proc_printf(b, "Node 0, zone   Normal\n  pages free     %lu\n", m.free_pages);
	proc_printf(b, "        min      %lu\n        low      %lu\n        high     %lu\n",
		    m.reserve_pages / 2, m.reserve_pages, m.reserve_pages);
	proc_printf(b, "        spanned  %lu\n        present  %lu\n        managed  %lu\n",
		    (u64)nr_page_frames, (u64)nr_page_frames, m.total_pages);
	proc_printf(b,
		    "      nr_free_pages %lu\n      nr_anon_pages %lu\n      nr_file_pages %lu\n",
		    m.free_pages, m.anon_pages, m.cached_pages + m.shmem_pages);
	return 0;
}

int show_slabinfo(struct proc_buf *b, const struct proc_who *who)
{
	struct kmem_cache_stats s;

	proc_printf(b, "slabinfo - version: 2.1\n"
		       "# name            <active_objs> <num_objs> <objsize> <objperslab> "
		       "<pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata "
		       "<active_slabs> <num_slabs> <sharedavail>\n");
	for (unsigned i = 0; kmem_cache_stats(i, &s); i++)
		proc_printf(b,
			    "%-17s %6lu %6lu %6u %4u %4u : tunables    0    0    0 : slabdata "
			    "%6lu %6lu      0\n",
			    s.name, (u64)s.nr_used, (u64)s.nr_slabs * s.nr_per_slab, s.size_bytes,
			    s.nr_per_slab, s.pages_per_slab, (u64)s.nr_slabs, (u64)s.nr_slabs);
	return 0;
}

int show_swaps(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	return 0;
}

/* --- interrupts --- */

static void put_cpu_names(struct proc_buf *b, unsigned indent)
{
	unsigned i;

	proc_printf(b, "%*s", (int)indent, "");
	for_each_cpu (i)
		proc_printf(b, "CPU%-8u", i);
	proc_printf(b, "\n");
}

/* All devices' interrupts go to the first CPU. */
int show_interrupts(struct proc_buf *b, const struct proc_who *who)
{
	unsigned i, gsi;

	put_cpu_names(b, 11);
	for (gsi = 0; gsi < NR_GSI; gsi++) {
		if (!irq_is_used(gsi))
			continue;
		proc_printf(b, "%3u: ", gsi);
		for_each_cpu (i)
			proc_printf(b, "%10lu ", i ? 0 : irq_count(gsi));
		proc_printf(b, " IO-APIC %3u-edge      virtio\n", gsi);
	}
	return 0;
}

/* There are none: their work is done by threads. */
int show_softirqs(struct proc_buf *b, const struct proc_who *who)
{
	static const char *const names[] = {"HI",	"TIMER",   "NET_TX", "NET_RX",	"BLOCK",
					    "IRQ_POLL", "TASKLET", "SCHED",  "HRTIMER", "RCU"};
	unsigned n, i;

	put_cpu_names(b, 20);
	for (n = 0; n < ARRAY_SIZE(names); n++) {
		proc_printf(b, "%12s:", names[n]);
		for_each_cpu (i)
			proc_printf(b, " %10u", 0);
		proc_printf(b, "\n");
	}
	return 0;
}

/* --- the kernel's names, and its log --- */

struct symbols {
	struct proc_buf *b;
	bool with_addresses;
};

static void put_symbol(void *arg, unsigned long addr, const char *name)
{
	struct symbols *s = arg;

	proc_printf(s->b, "%016lx t %s\n", s->with_addresses ? addr : 0, name);
}

/* proc(5), kptr_restrict: addresses are for CAP_SYSLOG. */
int show_kallsyms(struct proc_buf *b, const struct proc_who *who)
{
	struct symbols s = {b,
			    proc_kptr_restrict < 2 && cred_has_cap(current->vfs.cred, CAP_SYSLOG)};

	ksym_for_each(put_symbol, &s);
	return 0;
}

#define KMSG_POLL_NS (50 * NSEC_PER_MSEC)

/* What was logged since the last read of anybody; proc(5) and syslog(2), SYSLOG_ACTION_READ. */
long kmsg_read(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos)
{
	size_t n = MIN(it->count, PAGE_SIZE), moved;
	char *buf = kmalloc(n ? n : 1, GFP_KERNEL);

	if (!buf)
		return -ENOMEM;
	while (n && !(moved = log_take(buf, n))) {
		if ((f->flags & O_NONBLOCK) || thread_signal_pending()) {
			kfree(buf);
			return f->flags & O_NONBLOCK ? -EAGAIN : -ERESTARTSYS;
		}
		set_thread_state(TS_INTERRUPTIBLE);
		schedule_until(now_mono_ns() + KMSG_POLL_NS);
	}
	n = n ? iter_put(it, buf, moved) : 0;
	kfree(buf);
	return n || !it->count ? (long)n : -EFAULT;
}

/* --- sysrq-trigger --- */

/* Of the keys of sysrq: c crashes, s writes all back, f makes room in memory. The others do
 * nothing, as on a kernel without their parts. */
long store_sysrq_trigger(const struct proc_who *who, char *text, size_t n)
{
	switch (text[0]) {
	case 'c':
		panic("sysrq triggered crash");
	case 's':
		vfs_sync_all();
		break;
	case 'f':
		oom_handler();
		break;
	}
	return (long)n;
}
