/* /proc/PID/status, stat, statm, limits; proc_pid_status(5) and its kin. */
#include "proc/pid_ns.h"
#include "vfs/user_ns.h"
#include "fs/procfs/procfs.h"
#include "proc/seccomp.h"
#include "core/cpu.h"
#include "core/time.h"
#include "lib/err.h"
#include "lib/string.h"
#include "vfs/tty.h"

#define NS_PER_TICK (NSEC_PER_SEC / 100)
#define KIB(pages)  ((u64)(pages) * (PAGE_SIZE / 1024))

static const char *state_name(char c)
{
	switch (c) {
	case 'R':
		return "running";
	case 'S':
		return "sleeping";
	case 'D':
		return "disk sleep";
	case 'T':
		return "stopped";
	case 't':
		return "tracing stop";
	case 'Z':
		return "zombie";
	default:
		return "dead";
	}
}

struct signal_sets {
	u64 pending, shared_pending, blocked, ignored, caught;
};

static void read_signals(struct task *t, struct signal_sets *s)
{
	unsigned long f = spin_lock_irqsave(&t->process->sighand_lock);

	*s = (struct signal_sets){t->pending.set, t->process->pending.set, t->blocked, 0, 0};
	spin_unlock_irqrestore(&t->process->sighand_lock, f);
	signal_handler_sets(t->process, &s->ignored, &s->caught);
}

/* Last-level tables, by the areas that use them. */
static size_t count_tables(struct mm *m)
{
	unsigned long span = PAGE_SIZE * (PAGE_SIZE / sizeof(pte_t)), at = 0;
	size_t n = 0;

	spin_lock(&m->pt_lock);
	while ((at = arch_pte_next(&m->arch, at, m->task_size)) < m->task_size) {
		n++;
		at = ALIGN_DOWN(at, span) + span;
	}
	spin_unlock(&m->pt_lock);
	return n;
}

static void show_status_mm(struct proc_buf *b, struct task *t)
{
	struct mm *m = task_get_mm(t);
	size_t rss;

	if (!m)
		return;
	rss = mm_rss_pages(m);
	proc_printf(b, "VmPeak:\t%8lu kB\nVmSize:\t%8lu kB\nVmLck:\t%8lu kB\nVmPin:\t       0 kB\n",
		    KIB(MAX(m->peak_pages, m->total_pages)), KIB(m->total_pages),
		    KIB(m->locked_pages));
	proc_printf(b, "VmHWM:\t%8lu kB\nVmRSS:\t%8lu kB\n", KIB(MAX(m->hiwater_rss_pages, rss)),
		    KIB(rss));
	proc_printf(b, "RssAnon:\t%8lu kB\nRssFile:\t%8lu kB\nRssShmem:\t%8lu kB\n",
		    KIB(m->rss_anon), KIB(m->rss_file), KIB(m->rss_shmem));
	proc_printf(b, "VmData:\t%8lu kB\nVmStk:\t%8lu kB\nVmExe:\t%8lu kB\nVmLib:\t%8lu kB\n",
		    KIB(m->data_pages), KIB(m->stack_pages), (m->end_code - m->start_code) / 1024,
		    KIB(m->exec_pages));
	proc_printf(b, "VmPTE:\t%8lu kB\nVmSwap:\t       0 kB\nHugetlbPages:\t       0 kB\n",
		    KIB(count_tables(m)));
	mm_put(m);
}

static void show_status_ids(struct proc_buf *b, struct task *t)
{
	const struct cred *c = t->vfs.cred;

	const struct user_ns *u = current->real_cred->user_ns;

	proc_printf(b, "Uid:\t%u\t%u\t%u\t%u\n", from_kuid_munged(u, c->uid),
		    from_kuid_munged(u, c->euid), from_kuid_munged(u, c->suid),
		    from_kuid_munged(u, c->fsuid));
	proc_printf(b, "Gid:\t%u\t%u\t%u\t%u\n", from_kgid_munged(u, c->gid),
		    from_kgid_munged(u, c->egid), from_kgid_munged(u, c->sgid),
		    from_kgid_munged(u, c->fsgid));
	proc_printf(b, "FDSize:\t%u\nGroups:\t", t->vfs.files ? t->vfs.files->size : 0);
	for (u32 i = 0; i < c->nr_groups; i++)
		proc_printf(b, "%u ", from_kgid_munged(u, c->groups[i]));
	proc_printf(b, "\n");
}

static void show_status_caps(struct proc_buf *b, struct task *t)
{
	const struct cred *c = t->vfs.cred;

	proc_printf(b,
		    "CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\nCapBnd:\t%016lx\nCapAmb:\t%"
		    "016lx\n",
		    c->cap_inheritable, c->cap_permitted, c->cap_effective, c->cap_bounding,
		    c->cap_ambient);
	proc_printf(b, "NoNewPrivs:\t%d\nSeccomp:\t%d\nSeccomp_filters:\t%u\n",
		    task_no_new_privs(t), t->seccomp_mode, seccomp_depth(t));
}

/* 0: the parent cannot be seen. */
static int parent_nr(const struct proc_who *who, struct process *p)
{
	unsigned long f = tree_lock_irqsave();
	int pid = p->parent == p || !p->ppid ? 0 : p->parent->pid;

	if (!p->ppid && who->ns == NULL && p->parent != p)
		pid = p->parent->pid;
	tree_unlock_irqrestore(f);
	return proc_nr(who, pid);
}

/* The number `pid` in each PID namespace of the task from the mount's inwards; 0: not in it. */
static void show_numbers(struct proc_buf *b, const struct proc_who *who, const char *name,
			 const struct task *t, int pid)
{
	unsigned long f = tree_lock_irqsave();
	struct pidnum *own = pidnum_find(t->tid), *n = pidnum_find(pid);
	int nr[PID_LEVELS_MAX + 1];
	unsigned first = who->ns ? who->ns->level : 0, end = own ? own->level + 1 : 0;

	for (unsigned i = first; i < end; i++)
		nr[i] = n ? pidnum_nr_in(n, i ? own->nested[i - 1].ns : &init_pid_ns) : 0;
	tree_unlock_irqrestore(f);
	proc_printf(b, "%s:", name);
	for (unsigned i = first; i < end; i++)
		proc_printf(b, "\t%d", nr[i]);
	proc_printf(b, "\n");
}

int show_status(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);
	struct process *p;
	struct signal_sets s;
	u64 all;
	char st;

	if (!t)
		return -ESRCH;
	p = t->process;
	st = task_state_char(t);
	all = (2ul << (nr_cpus - 1)) - 1;
	proc_printf(b, "Name:\t%s\n", t->thread.comm);
	if (t->vfs.fs)
		proc_printf(b, "Umask:\t%04o\n", t->vfs.fs->umask);
	proc_printf(b,
		    "State:\t%c (%s)\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t%d\n",
		    st, state_name(st), proc_nr(who, p->pid), proc_nr(who, t->tid),
		    parent_nr(who, p), proc_nr(who, task_tracer_pid(t)));
	show_status_ids(b, t);
	show_numbers(b, who, "NStgid", t, p->pid);
	show_numbers(b, who, "NSpid", t, t->tid);
	show_numbers(b, who, "NSpgid", t, p->pgid);
	show_numbers(b, who, "NSsid", t, p->sid);
	show_status_mm(b, t);
	read_signals(t, &s);
	proc_printf(
		b,
		"CoreDumping:\t%d\nTHP_enabled:\t0\nuntag_mask:\t0xffffffffffffffff\nThreads:\t%"
		"u\nSigQ:\t%u/%lu\n",
		p->core != NULL, p->nr_tasks, task_queued_signals(t),
		p->rlim[RLIMIT_SIGPENDING].cur);
	proc_printf(b,
		    "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%"
		    "016lx\n",
		    s.pending, s.shared_pending, s.blocked, s.ignored, s.caught);
	show_status_caps(b, t);
	proc_printf(b, "Cpus_allowed:\t%lx\nCpus_allowed_list:\t", t->thread.affinity & all);
	for (unsigned i = 0, first = 1; i < nr_cpus; i++) {
		unsigned from = i;

		if (!(t->thread.affinity & BIT(i)))
			continue;
		while (i + 1 < nr_cpus && (t->thread.affinity & BIT(i + 1)))
			i++;
		proc_printf(b, from == i ? "%s%u" : "%s%u-%u", first ? "" : ",", from, i);
		first = 0;
	}
	proc_printf(b,
		    "\nMems_allowed:\t1\nMems_allowed_list:\t0\nvoluntary_ctxt_switches:\t%"
		    "lu\nnonvoluntary_ctxt_switches:\t%lu\n",
		    t->thread.nvcsw, t->thread.nivcsw);
	task_put(t);
	return 0;
}

/* As stat(2) encodes a device number. */
static int terminal_number(struct process *p)
{
	u64 rdev = p->tty && tty_driver_ops ? tty_driver_ops->rdev(p->tty) : 0;

	return (int)(DEV_MAJOR(rdev) << 8 | (DEV_MINOR(rdev) & 0xff) |
		     (DEV_MINOR(rdev) & ~0xffu) << 12);
}

static int terminal_group(struct process *p)
{
	return p->tty && tty_driver_ops ? tty_driver_ops->foreground(p->tty) : -1;
}

static void put_stat_rest(struct proc_buf *b, struct task *t, const struct mm *m,
			  const struct signal_sets *s)
{
	proc_printf(b, "%lu %lu %lu 0 0 %lu %lu %lu %lu 0 0 0 %d %u %u %d 0 0 0 ",
		    m ? m->start_code : 0, m ? m->end_code : 0, m ? m->start_stack : 0,
		    s->pending & 0x7fffffff, s->blocked & 0x7fffffff, s->ignored & 0x7fffffff,
		    s->caught & 0x7fffffff, t->process->exit_signal, t->thread.cpu,
		    (unsigned)t->thread.rt_priority, t->thread.policy);
	proc_printf(b, "%lu %lu %lu %lu %lu %lu %lu %d\n", m ? m->start_data : 0,
		    m ? m->end_data : 0, m ? m->start_brk : 0, m ? m->arg_start : 0,
		    m ? m->arg_end : 0, m ? m->env_start : 0, m ? m->env_end : 0,
		    m ? t->process->exit_status : 0);
}

int show_stat(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);
	struct process *p;
	struct signal_sets s;
	struct mm *m;
	u64 user, kernel;

	if (!t)
		return -ESRCH;
	p = t->process;
	m = task_get_mm(t);
	read_signals(t, &s);
	if (who->tid) {
		user = t->thread.user_ns;
		kernel = t->thread.kernel_ns;
	} else {
		process_cpu_times(p, &user, &kernel);
	}
	proc_printf(b, "%d (%s) %c %d %d %d %d %d 0 %lu %lu %lu %lu %lu %lu %lu %lu ",
		    proc_nr(who, t->tid), t->thread.comm, task_state_char(t), parent_nr(who, p),
		    proc_nr(who, p->pgid), proc_nr(who, p->sid), terminal_number(p),
		    proc_nr(who, terminal_group(p)), t->minflt + p->dead_minflt, p->child_minflt,
		    t->majflt + p->dead_majflt, p->child_majflt, user / NS_PER_TICK,
		    kernel / NS_PER_TICK, p->child_user_ns / NS_PER_TICK,
		    p->child_kernel_ns / NS_PER_TICK);
	proc_printf(b, "%d %d %u 0 %lu %lu %lu %lu ",
		    t->thread.rt_priority ? -1 - t->thread.rt_priority : 20 + t->thread.nice,
		    t->thread.nice, p->nr_tasks, t->start_ns / NS_PER_TICK,
		    m ? m->total_pages * PAGE_SIZE : 0, m ? mm_rss_pages(m) : 0,
		    p->rlim[RLIMIT_RSS].cur);
	/* Addresses are for those who may look closer. */
	if (m && !proc_may_trace(t)) {
		mm_put(m);
		m = NULL;
	}
	put_stat_rest(b, t, m, &s);
	if (m)
		mm_put(m);
	task_put(t);
	return 0;
}

int show_statm(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);
	struct mm *m;

	if (!t)
		return -ESRCH;
	m = task_get_mm(t);
	task_put(t);
	if (!m) {
		proc_printf(b, "0 0 0 0 0 0 0\n");
		return 0;
	}
	proc_printf(b, "%lu %lu %lu %lu 0 %lu 0\n", m->total_pages, mm_rss_pages(m),
		    (u64)(m->rss_file + m->rss_shmem),
		    (m->end_code - m->start_code + PAGE_SIZE - 1) / PAGE_SIZE,
		    m->data_pages + m->stack_pages);
	mm_put(m);
	return 0;
}

int show_limits(struct proc_buf *b, const struct proc_who *who)
{
	static const struct {
		const char *name, *unit;
	} limit[RLIM_NLIMITS] = {
		[RLIMIT_CPU] = {"Max cpu time", "seconds"},
		[RLIMIT_FSIZE] = {"Max file size", "bytes"},
		[RLIMIT_DATA] = {"Max data size", "bytes"},
		[RLIMIT_STACK] = {"Max stack size", "bytes"},
		[RLIMIT_CORE] = {"Max core file size", "bytes"},
		[RLIMIT_RSS] = {"Max resident set", "bytes"},
		[RLIMIT_NPROC] = {"Max processes", "processes"},
		[RLIMIT_NOFILE] = {"Max open files", "files"},
		[RLIMIT_MEMLOCK] = {"Max locked memory", "bytes"},
		[RLIMIT_AS] = {"Max address space", "bytes"},
		[RLIMIT_LOCKS] = {"Max file locks", "locks"},
		[RLIMIT_SIGPENDING] = {"Max pending signals", "signals"},
		[RLIMIT_MSGQUEUE] = {"Max msgqueue size", "bytes"},
		[RLIMIT_NICE] = {"Max nice priority", ""},
		[RLIMIT_RTPRIO] = {"Max realtime priority", ""},
		[RLIMIT_RTTIME] = {"Max realtime timeout", "us"},
	};
	struct task *t = proc_task(who);

	if (!t)
		return -ESRCH;
	proc_printf(b, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (unsigned i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit_k r = t->process->rlim[i];

		proc_printf(b, "%-25s ", limit[i].name);
		if (r.cur == ~0ul)
			proc_printf(b, "%-20s ", "unlimited");
		else
			proc_printf(b, "%-20lu ", r.cur);
		if (r.max == ~0ul)
			proc_printf(b, "%-20s ", "unlimited");
		else
			proc_printf(b, "%-20lu ", r.max);
		proc_printf(b, "%-10s\n", limit[i].unit);
	}
	task_put(t);
	return 0;
}
