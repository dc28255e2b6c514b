/* Resource limits and what has been used. getrlimit(2), getrusage(2). */
#include "proc/pid.h"
#include <linux/capability.h>

#define UNLIMITED (~0UL)

static bool has_ipc_lock(void)
{
	return task_capable(CAP_IPC_LOCK);
}

static bool has_sys_admin(void)
{
	return task_capable(CAP_SYS_ADMIN);
}

void rlimit_init(struct process *p)
{
	struct mem_stats s;
	u64 max_tasks;
	unsigned i;

	p->loginuid = p->sessionid = ~0u;
	mm_has_ipc_lock = has_ipc_lock;
	mm_has_sys_admin = has_sys_admin;
	mem_stats(&s);
	max_tasks = MAX(MIN(s.total_pages * PAGE_SIZE / (8 * STACK_SIZE), PID_MAX), 64) / 2;
	for (i = 0; i < RLIM_NLIMITS; i++)
		p->rlim[i] = (struct rlimit_k){UNLIMITED, UNLIMITED};
	p->rlim[RLIMIT_STACK].cur = 8UL << 20;
	p->rlim[RLIMIT_CORE].cur = 0;
	p->rlim[RLIMIT_NPROC] = (struct rlimit_k){max_tasks, max_tasks};
	p->rlim[RLIMIT_NOFILE] = (struct rlimit_k){1024, 4096};
	p->rlim[RLIMIT_MEMLOCK] = (struct rlimit_k){8UL << 20, 8UL << 20};
	p->rlim[RLIMIT_SIGPENDING] = (struct rlimit_k){max_tasks, max_tasks};
	p->rlim[RLIMIT_MSGQUEUE] = (struct rlimit_k){819200, 819200};
	p->rlim[RLIMIT_NICE] = (struct rlimit_k){0, 0};
	p->rlim[RLIMIT_RTPRIO] = (struct rlimit_k){0, 0};
}

void rlimit_copy_to_mm(struct process *p, struct mm *m)
{
	WRITE_ONCE(m->limit_as, p->rlim[RLIMIT_AS].cur);
	WRITE_ONCE(m->limit_data, p->rlim[RLIMIT_DATA].cur);
	WRITE_ONCE(m->limit_data_hard, p->rlim[RLIMIT_DATA].max);
	WRITE_ONCE(m->limit_stack, p->rlim[RLIMIT_STACK].cur);
	WRITE_ONCE(m->limit_memlock, p->rlim[RLIMIT_MEMLOCK].cur);
}

void rlimit_copy_to_vfs(struct process *p, struct vfs_ctx *v)
{
	WRITE_ONCE(v->limit_fsize, p->rlim[RLIMIT_FSIZE].cur);
	WRITE_ONCE(v->limit_nofile, p->rlim[RLIMIT_NOFILE].cur);
}

void rlimit_changed(struct process *p, unsigned which)
{
	unsigned long f = tree_lock_irqsave();
	struct task *t;

	list_for_each_entry (t, &p->tasks, group_node) {
		rlimit_copy_to_vfs(p, &t->vfs);
		if (t->mm)
			rlimit_copy_to_mm(p, t->mm);
	}
	tree_unlock_irqrestore(f);
	if (which == RLIMIT_CPU || which == RLIMIT_RTTIME)
		cputimer_update(p);
}

/* The scheduler splits time when it looks; what it has not split yet counts as user time. */
static void task_times(struct task *t, u64 *user_ns, u64 *kernel_ns)
{
	u64 total = thread_cpu_time_ns(&t->thread);
	u64 kernel = READ_ONCE(t->thread.kernel_ns);

	if (kernel > total)
		kernel = total;
	*kernel_ns = kernel;
	*user_ns = total - kernel;
}

void process_cpu_times_locked(struct process *p, u64 *user_ns, u64 *kernel_ns)
{
	u64 user = p->dead_user_ns, kernel = p->dead_kernel_ns, total;
	struct task *t;

	list_for_each_entry (t, &p->tasks, group_node) {
		u64 u, k;

		task_times(t, &u, &k);
		user += u;
		kernel += k;
	}
	/* Time once reported as the user's may be split off to the kernel later. Neither goes back,
	 * and their sum stays what was used: what one keeps, the other waits for. */
	total = MAX(user + kernel, p->prev_user_ns + p->prev_kernel_ns);
	kernel = MAX(kernel, p->prev_kernel_ns);
	kernel = MIN(kernel, total - p->prev_user_ns);
	p->prev_user_ns = *user_ns = total - kernel;
	p->prev_kernel_ns = *kernel_ns = kernel;
}

u64 process_cpu_total_locked(struct process *p)
{
	u64 total = p->dead_user_ns + p->dead_kernel_ns;
	struct task *t;

	list_for_each_entry (t, &p->tasks, group_node)
		total += thread_cpu_time_ns(&t->thread);
	return total;
}

void process_cpu_times(struct process *p, u64 *user_ns, u64 *kernel_ns)
{
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);

	process_cpu_times_locked(p, user_ns, kernel_ns);
	spin_unlock_irqrestore(&p->sighand_lock, f);
}

u64 process_cpu_total(struct process *p)
{
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	u64 total = process_cpu_total_locked(p);

	spin_unlock_irqrestore(&p->sighand_lock, f);
	return total;
}

void task_usage(struct task *t, struct usage *u)
{
	task_times(t, &u->user_ns, &u->kernel_ns);
	u->minflt = t->minflt;
	u->majflt = t->majflt;
	u->nvcsw = t->thread.nvcsw;
	u->nivcsw = t->thread.nivcsw;
	u->maxrss_pages = t->process->maxrss_pages;
	if (t == current && t->mm)
		u->maxrss_pages =
			MAX(u->maxrss_pages, MAX(t->mm->hiwater_rss_pages, mm_rss_pages(t->mm)));
}

void process_usage(struct process *p, struct usage *u)
{
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	struct task *t;

	process_cpu_times_locked(p, &u->user_ns, &u->kernel_ns);
	u->minflt = p->dead_minflt;
	u->majflt = p->dead_majflt;
	u->nvcsw = p->dead_nvcsw;
	u->nivcsw = p->dead_nivcsw;
	u->maxrss_pages = p->maxrss_pages;
	list_for_each_entry (t, &p->tasks, group_node) {
		struct usage tu;

		task_usage(t, &tu);
		u->minflt += tu.minflt;
		u->majflt += tu.majflt;
		u->nvcsw += tu.nvcsw;
		u->nivcsw += tu.nivcsw;
		u->maxrss_pages = MAX(u->maxrss_pages, tu.maxrss_pages);
	}
	spin_unlock_irqrestore(&p->sighand_lock, f);
}
