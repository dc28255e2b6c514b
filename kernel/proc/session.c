/* Process groups, sessions and their terminals. setsid(2), setpgid(2), tty_ioctl(4). */
#include "proc/pid_ns.h"
#include "lib/err.h"
#include "vfs/tty.h"
#include <linux/capability.h>

/* The session's tasks share the CPU as one. Without memory they stay with the old session's. */
static void new_sched_group(struct process *p)
{
	struct sched_group *g = sched_group_new();
	unsigned long f;
	struct task *t;

	if (!g)
		return;
	f = spin_lock_irqsave(&p->sighand_lock);
	list_for_each_entry (t, &p->tasks, group_node)
		if (!t->is_exiting)
			sched_set_group(&t->thread, g);
	spin_unlock_irqrestore(&p->sighand_lock, f);
	sched_group_put(g);
}

int process_new_session(void)
{
	struct process *p = current->process;
	struct pidnum *n = p->pid_num;
	struct tty *tty;
	unsigned long f = tree_lock_irqsave();

	if (p->is_session_leader || !list_empty(&n->members)) {
		tree_unlock_irqrestore(f);
		return fail(EPERM, "a process group of this number exists");
	}
	process_join_session(p, n);
	process_join_group(p, n);
	p->is_session_leader = true;
	tty = p->tty;
	p->tty = NULL;
	tree_unlock_irqrestore(f);
	new_sched_group(p);
	if (tty && tty_driver_ops && tty_driver_ops->put)
		tty_driver_ops->put(tty);
	return p->vpid;
}

/* tree_lock held; the rules of setpgid(2) in their order. */
static int set_group_locked(struct process *me, int pid, int pgid)
{
	const struct pid_ns *ns = current_pid_ns();
	struct pidnum *n = pidnum_find_in(ns, pid), *g;
	struct process *p = n ? n->process : NULL;

	if (!p || p->is_zombie)
		return -ESRCH;
	if (p->parent == me && p != me) {
		if (p->sid != me->sid)
			return fail(EPERM, "the child is in another session");
		if (p->did_exec)
			return fail(EACCES, "the child has called execve");
	} else if (p != me) {
		return -ESRCH;
	}
	if (p->is_session_leader)
		return fail(EPERM, "a session leader stays in its group");
	g = p->pid_num;
	if (pgid != pid) {
		g = pidnum_find_in(ns, pgid);
		if (!g || list_empty(&g->members) ||
		    list_first_entry(&g->members, struct process, group_node)->sid != me->sid)
			return fail(EPERM, "no such group in this session");
	}
	if (p->pgrp_num != g)
		process_join_group(p, g);
	return 0;
}

int process_set_group(int pid, int pgid)
{
	struct process *me = current->process;
	unsigned long f;
	int err;

	if (!pid)
		pid = me->vpid;
	if (!pgid)
		pgid = pid;
	if (pgid < 0)
		return -EINVAL;
	f = tree_lock_irqsave();
	err = set_group_locked(me, pid, pgid);
	tree_unlock_irqrestore(f);
	return err;
}

bool pgrp_is_orphaned(struct pidnum *group, struct process *ignored)
{
	struct process *p;

	list_for_each_entry (p, &group->members, group_node) {
		if (p == ignored || p->is_zombie || p->parent == init_process || p->parent == p ||
		    p->parent->is_ns_init)
			continue;
		if (p->parent->pgrp_num != group && p->parent->sid == p->sid)
			return false;
	}
	return true;
}

static bool has_stopped_member(struct pidnum *group)
{
	struct process *p;

	list_for_each_entry (p, &group->members, group_node)
		if (READ_ONCE(p->group_flags) & GROUP_STOPPED)
			return true;
	return false;
}

void pgrp_orphan_check(struct process *p, struct process *parent)
{
	struct pidnum *group = p->pgrp_num;
	struct process *ignored = NULL;
	siginfo_t si;

	if (!parent) {
		parent = p->parent;
		ignored = p;
	}
	if (parent->pgrp_num == group || parent->sid != p->sid ||
	    !pgrp_is_orphaned(group, ignored) || !has_stopped_member(group))
		return;
	siginfo_kernel(&si, SIGHUP);
	signal_pgrp_locked(group, &si);
	siginfo_kernel(&si, SIGCONT);
	signal_pgrp_locked(group, &si);
}

int signal_pgrp_locked(struct pidnum *group, const siginfo_t *si)
{
	struct process *p;
	int err = -ESRCH;

	list_for_each_entry (p, &group->members, group_node) {
		int e = signal_process(p, si);

		if (err)
			err = e;
	}
	return err;
}

int signal_pgrp(int pgid, const siginfo_t *si)
{
	unsigned long f = tree_lock_irqsave();
	struct pidnum *g = pidnum_find(pgid);
	int err = g ? signal_pgrp_locked(g, si) : -ESRCH;

	tree_unlock_irqrestore(f);
	return err;
}

static void put_ttys(struct tty *tty, unsigned nr)
{
	while (nr--)
		if (tty_driver_ops && tty_driver_ops->put)
			tty_driver_ops->put(tty);
}

/* tree_lock held: no process of the session has the terminal any more; how many had it. */
static unsigned clear_session_tty(struct tty *tty, int sid)
{
	struct process *p;
	unsigned n = 0;

	list_for_each_entry (p, &all_processes, all_node)
		if (p->sid == sid && p->tty == tty) {
			p->tty = NULL;
			n++;
		}
	return n;
}

/* The session leader gives its terminal up: the foreground group is hung up, everyone loses it. */
static void leader_releases(struct process *p, bool is_exit)
{
	struct tty *tty;
	struct pidnum *g;
	unsigned long f = tree_lock_irqsave();
	siginfo_t si;
	unsigned n;
	int fg;

	tty = p->tty;
	if (!tty) {
		tree_unlock_irqrestore(f);
		return;
	}
	fg = tty_driver_ops && tty_driver_ops->foreground ? tty_driver_ops->foreground(tty) : 0;
	g = fg ? pidnum_find(fg) : NULL;
	if (g) {
		siginfo_kernel(&si, SIGHUP);
		signal_pgrp_locked(g, &si);
		siginfo_kernel(&si, SIGCONT);
		signal_pgrp_locked(g, &si);
	}
	n = clear_session_tty(tty, p->sid);
	tree_unlock_irqrestore(f);
	if (tty_driver_ops && tty_driver_ops->session_ended)
		tty_driver_ops->session_ended(tty, is_exit);
	put_ttys(tty, n);
}

void session_leader_exit(struct process *p)
{
	leader_releases(p, true);
}

static int hook_signal_pgrp(int pgid, int signo)
{
	siginfo_t si;

	siginfo_kernel(&si, signo);
	return signal_pgrp(pgid, &si);
}

static int hook_current_sid(void)
{
	return current->process->sid;
}

static int hook_current_pgid(void)
{
	return current->process->pgid;
}

static bool hook_current_is_leader(void)
{
	return current->process->is_session_leader;
}

static struct tty *hook_current_tty(void)
{
	return READ_ONCE(current->process->tty);
}

static int hook_background(int signo)
{
	struct process *p = current->process;
	unsigned long f;
	siginfo_t si;
	int err = -ERESTARTSYS;

	if (signal_is_ignored(current, signo))
		return signo == SIGTTIN ? -EIO : 0;
	f = tree_lock_irqsave();
	if (pgrp_is_orphaned(p->pgrp_num, NULL)) {
		err = -EIO;
	} else {
		siginfo_kernel(&si, signo);
		signal_pgrp_locked(p->pgrp_num, &si);
	}
	tree_unlock_irqrestore(f);
	if (err == -ERESTARTSYS)
		thread_set_flags(&current->thread, TIF_SIGPENDING);
	return err;
}

static int hook_check_pgrp(int pgid, int sid)
{
	unsigned long f = tree_lock_irqsave();
	struct pidnum *g = pidnum_find(pgid);
	int err = 0;

	if (!g || list_empty(&g->members))
		err = -ESRCH;
	else if (list_first_entry(&g->members, struct process, group_node)->sid != sid)
		err = -EPERM;
	tree_unlock_irqrestore(f);
	return err;
}

static int hook_acquire(struct tty *tty, int tty_sid, bool steal, bool is_readable)
{
	struct process *p = current->process;
	bool is_admin = task_capable(CAP_SYS_ADMIN);
	unsigned stolen = 0;
	unsigned long f = tree_lock_irqsave();
	int err = 0;

	if (p->is_session_leader && p->sid == tty_sid)
		goto out;
	err = -EPERM;
	if (!p->is_session_leader || p->tty)
		goto out;
	if (tty_sid) {
		if (!steal || !is_admin)
			goto out;
		stolen = clear_session_tty(tty, tty_sid);
	}
	if (!is_readable && !is_admin)
		goto out;
	err = 0;
	p->tty = tty;
	if (tty_driver_ops && tty_driver_ops->get)
		tty_driver_ops->get(tty);
out:
	tree_unlock_irqrestore(f);
	put_ttys(tty, stolen);
	return err;
}

static int hook_release(struct tty *tty)
{
	struct process *p = current->process;
	unsigned long f;

	if (READ_ONCE(p->tty) != tty || !tty)
		return -ENOTTY;
	if (p->is_session_leader) {
		leader_releases(p, false);
		return 0;
	}
	f = tree_lock_irqsave();
	p->tty = NULL;
	tree_unlock_irqrestore(f);
	put_ttys(tty, 1);
	return 0;
}

static void hook_hangup(struct tty *tty, int sid)
{
	unsigned long f = tree_lock_irqsave();
	struct pidnum *n = pidnum_find(sid);
	struct process *leader = n ? n->process : NULL;
	unsigned nr = clear_session_tty(tty, sid);
	siginfo_t si;

	if (leader && leader->is_session_leader) {
		siginfo_kernel(&si, SIGHUP);
		signal_process(leader, &si);
		siginfo_kernel(&si, SIGCONT);
		signal_process(leader, &si);
	}
	tree_unlock_irqrestore(f);
	put_ttys(tty, nr);
}

static void hook_current_ids(u32 *uid, u32 *gid)
{
	*uid = current->vfs.cred->fsuid;
	*gid = current->vfs.cred->fsgid;
}

static long hook_open_fd(const char *path, u32 o_flags)
{
	const struct vfs_ctx *ctx = &current->vfs;
	struct file *f = vfs_open(ctx, AT_FDCWD, path, o_flags, 0, LOOKUP_FOLLOW);
	int fd;

	if (IS_ERR(f))
		return PTR_ERR(f);
	fd = fd_alloc(ctx->files, 0, ctx->limit_nofile, o_flags & O_CLOEXEC);
	if (fd < 0)
		file_put(f);
	else
		fd_install(ctx->files, (unsigned)fd, f);
	return fd;
}

static const struct tty_proc_ops hooks = {
	.signal_pgrp = hook_signal_pgrp,
	.current_sid = hook_current_sid,
	.current_pgid = hook_current_pgid,
	.current_is_session_leader = hook_current_is_leader,
	.current_tty = hook_current_tty,
	.background = hook_background,
	.check_pgrp = hook_check_pgrp,
	.acquire = hook_acquire,
	.release = hook_release,
	.hangup = hook_hangup,
	.pid_seen = pid_seen,
	.pid_given = pid_given,
	.capable = task_capable,
	.current_ids = hook_current_ids,
	.open_fd = hook_open_fd,
};

void session_init(void)
{
	tty_proc_ops = &hooks;
}
