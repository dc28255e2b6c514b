/* Small files of /proc/PID: accounts, scheduling, identity. proc(5). */
#include "fs/procfs/procfs.h"
#include "core/cpu.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/capability.h>

/* What a function prints of the task. */
static int with_task(struct proc_buf *b, const struct proc_who *who,
		     void (*show)(struct proc_buf *b, struct task *t))
{
	struct task *t = proc_task(who);

	if (!t)
		return -ESRCH;
	show(b, t);
	task_put(t);
	return 0;
}

/* Where it sleeps is not kept: as a kernel without CONFIG_KALLSYMS answers. */
int show_wchan(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);

	if (!t)
		return -ESRCH;
	task_put(t);
	proc_write(b, "0", 1);
	return 0;
}

int show_timers(struct proc_buf *b, const struct proc_who *who)
{
	static const char *const ways[] = {
		[SIGEV_SIGNAL] = "signal", [SIGEV_NONE] = "none", [SIGEV_THREAD] = "thread"};
	struct task *t = proc_task(who);
	struct timer_facts facts = {.id = INT32_MAX};

	if (!t)
		return -ESRCH;
	while (posix_timer_below(t->process, facts.id, &facts)) {
		proc_printf(b, "ID: %d\nsignal: %d/%016lx\n", facts.id, facts.signo, facts.value);
		proc_printf(b, "notify: %s/%s.%d\nClockID: %d\n",
			    ways[facts.notify & ~SIGEV_THREAD_ID],
			    facts.notify & SIGEV_THREAD_ID ? "tid" : "pid", facts.target,
			    facts.clock_id);
		cond_resched();
	}
	task_put(t);
	return 0;
}

static void put_personality(struct proc_buf *b, struct task *t)
{
	proc_printf(b, "%08lx\n", t->personality);
}

int show_personality(struct proc_buf *b, const struct proc_who *who)
{
	return with_task(b, who, put_personality);
}

/* CPU time, time waiting for a CPU (not kept), times it was given one. */
static void put_schedstat(struct proc_buf *b, struct task *t)
{
	proc_printf(b, "%lu 0 %lu\n", thread_cpu_time_ns(&t->thread),
		    t->thread.nvcsw + t->thread.nivcsw);
}

int show_schedstat(struct proc_buf *b, const struct proc_who *who)
{
	return with_task(b, who, put_schedstat);
}

static void put_ms(struct proc_buf *b, const char *name, u64 ns)
{
	proc_printf(b, "%-45s:%14lu.%06lu\n", name, ns / 1000000, ns % 1000000);
}

static void put_number(struct proc_buf *b, const char *name, u64 n)
{
	proc_printf(b, "%-45s:%21lu\n", name, n);
}

static void put_sched(struct proc_buf *b, struct task *t)
{
	const struct thread *th = &t->thread;

	proc_printf(b, "%s (%d, #threads: %u)\n", th->comm, t->tid, t->process->nr_tasks);
	proc_printf(b, "-------------------------------------------------------------------\n");
	put_ms(b, "se.exec_start", th->exec_start_ns);
	put_ms(b, "se.vruntime", th->vruntime_ns);
	put_ms(b, "se.sum_exec_runtime", thread_cpu_time_ns(&t->thread));
	put_number(b, "nr_switches", th->nvcsw + th->nivcsw);
	put_number(b, "nr_voluntary_switches", th->nvcsw);
	put_number(b, "nr_involuntary_switches", th->nivcsw);
	put_number(b, "se.load.weight", (u64)th->weight << 10);
	put_number(b, "policy", (u64)th->policy);
	put_number(b, "prio", (u64)(th->rt_priority ? 99 - th->rt_priority : 120 + th->nice));
}

int show_sched(struct proc_buf *b, const struct proc_who *who)
{
	return with_task(b, who, put_sched);
}

/* proc(5), timerslack_ns: of another task, with CAP_SYS_NICE. */
static long may_see_slack(const struct task *t)
{
	return t == current || task_capable(CAP_SYS_NICE) ? 0 : -EPERM;
}

int show_timerslack(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);
	int err;

	if (!t)
		return -ESRCH;
	err = (int)may_see_slack(t);
	if (!err)
		proc_printf(b, "%lu\n", t->timer_slack_ns);
	task_put(t);
	return err;
}

long store_timerslack(const struct proc_who *who, char *text, size_t n)
{
	struct task *t;
	const char *end;
	long ret;
	u64 v;

	if (!parse_u64(text, 0, &v, &end) || (*end && *end != '\n'))
		return -EINVAL;
	t = proc_task(who);
	if (!t)
		return -ESRCH;
	ret = may_see_slack(t);
	if (!ret)
		t->timer_slack_ns = v ? v : 50000;
	task_put(t);
	return ret ? ret : (long)n;
}

int show_children(struct proc_buf *b, const struct proc_who *who)
{
	struct process *p;
	int pid;

	for (pid = 1; (p = process_next(pid)); pid++) {
		pid = p->pid;
		if (READ_ONCE(p->parent_tid) == (who->tid ? who->tid : who->pid) && pid != 1)
			proc_printf(b, "%d ", proc_nr(who, pid));
		process_put(p);
	}
	return 0;
}

int show_cpuset(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "/\n");
	return 0;
}

int show_cgroup(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "0::/\n");
	return 0;
}

static void put_loginuid(struct proc_buf *b, struct task *t)
{
	proc_printf(b, "%u", t->process->loginuid);
}

int show_loginuid(struct proc_buf *b, const struct proc_who *who)
{
	return with_task(b, who, put_loginuid);
}

/* A login sets it for itself; once set, only CAP_AUDIT_CONTROL changes it. Each login is a session.
 */
long store_loginuid(const struct proc_who *who, char *text, size_t n)
{
	static u32 last_session;
	struct task *t;
	const char *end;
	long ret = (long)n;
	u64 uid;

	if (!parse_u64(text, 10, &uid, &end) || (*end && *end != '\n') || uid > 0xffffffff)
		return -EINVAL;
	t = proc_task(who);
	if (!t)
		return -ESRCH;
	if (t->process != current->process) {
		ret = -EPERM;
	} else if (t->process->loginuid != 0xffffffff && !task_capable(CAP_AUDIT_CONTROL)) {
		ret = -EPERM;
	} else {
		t->process->loginuid = (u32)uid;
		t->process->sessionid =
			uid == 0xffffffff ? 0xffffffff : atomic_add(&last_session, 1);
	}
	task_put(t);
	return ret;
}

static void put_sessionid(struct proc_buf *b, struct task *t)
{
	proc_printf(b, "%u", t->process->sessionid);
}

int show_sessionid(struct proc_buf *b, const struct proc_who *who)
{
	return with_task(b, who, put_sessionid);
}

/* "device X mounted on Y with fstype Z", out of the lines of mounts. */
static void put_mountstats(void *arg, const char *line)
{
	const char *at = strchr(line, ' '), *type = at ? strchr(at + 1, ' ') : NULL;
	const char *end = type ? strchr(type + 1, ' ') : NULL;

	if (!end)
		return;
	proc_write(arg, "device ", 7);
	proc_write(arg, line, (size_t)(at - line));
	proc_write(arg, " mounted on ", 12);
	proc_write(arg, at + 1, (size_t)(type - at - 1));
	proc_write(arg, " with fstype ", 13);
	proc_write(arg, type + 1, (size_t)(end - type - 1));
	proc_write(arg, "\n", 1);
}

int show_mountstats(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);
	struct fs_struct *fs;
	struct path root;

	if (!t)
		return -ESRCH;
	fs = task_get_fs(t);
	task_put(t);
	if (!fs)
		return -EINVAL;
	fs_get_root(fs, &root);
	fs_struct_put(fs);
	vfs_show_mounts(&root, false, put_mountstats, b);
	path_put(&root);
	return 0;
}
