/* unshare(2), setns(2), pivot_root(2). Next: vfs/mount_ns.c. */
#include "sys/syscall.h"
#include "proc/ns.h"
#include "proc/pidfd.h"
#include "proc/pid.h"
#include "proc/sem.h"
#include <linux/capability.h>
#include <linux/sched.h>

#define UNSHARE_FLAGS                                                                       \
	(CLONE_THREAD | CLONE_FS | CLONE_SIGHAND | CLONE_VM | CLONE_FILES | CLONE_SYSVSEM | \
	 CLONE_NAMESPACES)

/* --- unshare --- */

static void task_set_fs(struct fs_struct *own)
{
	struct fs_struct *old = current->vfs.fs;
	unsigned long f = tree_lock_irqsave();

	current->vfs.fs = own;
	tree_unlock_irqrestore(f);
	fs_struct_put(old);
}

/* The same root and current directory, for this task alone; with CLONE_NEWNS in mounts of its own.
 */
static long unshare_fs(bool new_mounts)
{
	struct fs_struct *old = current->vfs.fs, *own = old;
	int err = 0;

	if (ref_read(&old->ref) != 1) {
		own = fs_struct_clone(old);
		if (!own)
			return -ENOMEM;
	}
	if (new_mounts)
		err = fs_new_mounts(own, current->real_cred);
	if (own == old)
		return err;
	if (err)
		fs_struct_put(own);
	else
		task_set_fs(own);
	return err;
}

static long check_unshare(unsigned long flags)
{
	if (flags & ~(unsigned long)UNSHARE_FLAGS)
		return -EINVAL;
	/* Taken only where there is nothing to do: a process of one thread. */
	if ((flags & (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)) && current->process->nr_tasks > 1)
		return -EINVAL;
	if ((flags & (CLONE_SIGHAND | CLONE_VM)) && ref_read(&current->mm->users) > 1)
		return -EINVAL;
	if (flags & CLONE_NAMESPACES & ~ns_flags_served())
		return fail(EINVAL, "no such namespaces here");
	return 0;
}

static long unshare_set(unsigned long flags)
{
	struct nsproxy *p = nsproxy_copy(current->vfs.ns, flags, current->real_cred);

	if (IS_ERR(p))
		return PTR_ERR(p);
	task_set_nsproxy(p);
	return 0;
}

long sys_unshare(unsigned long flags)
{
	long err = check_unshare(flags);

	if (!err && (flags & CLONE_NAMESPACES) &&
	    !task_capable_in(current->real_cred->user_ns, CAP_SYS_ADMIN))
		err = -EPERM;
	if (!err && (flags & (CLONE_FS | CLONE_NEWNS)))
		err = unshare_fs(flags & CLONE_NEWNS);
	if (!err && (flags & CLONE_FILES))
		err = unshare_files();
	if (!err && (flags & (CLONE_SYSVSEM | CLONE_NEWIPC)) && current->sem_undo)
		sem_undo_exit(current);
	if (!err && (flags & CLONE_SET))
		err = unshare_set(flags);
	return err;
}

/* --- setns --- */

/* A call in progress: all is checked before anything changes. */
struct entering {
	struct ns_common *ns[NR_NS_KINDS]; /* references; NULL: stays */
};

static bool is_admin_in(const struct ns_common *ns)
{
	return task_capable_in(ns->owner, CAP_SYS_ADMIN);
}

/* setns(2), "Details for specific namespace types". */
static long check_entering(const struct entering *e)
{
	const struct user_ns *own = current->real_cred->user_ns;

	for (unsigned kind = 0; kind < NR_NS_KINDS; kind++) {
		if (!e->ns[kind])
			continue;
		if (kind == NS_USER)
			return fail(EINVAL, "not one's own user namespace, and there is no other");
		if (!is_admin_in(e->ns[kind]) || !task_capable_in(own, CAP_SYS_ADMIN))
			return -EPERM;
		if (kind == NS_MNT && !task_capable_in(own, CAP_SYS_CHROOT))
			return -EPERM;
	}
	return 0;
}

static long enter(const struct entering *e)
{
	struct nsproxy *p;
	long err = check_entering(e);

	if (err)
		return err;
	p = nsproxy_copy(current->vfs.ns, 0, current->real_cred);
	if (IS_ERR(p))
		return PTR_ERR(p);
	for (unsigned kind = 0; kind < NR_NS_IN_SET; kind++)
		if (e->ns[kind]) {
			ns_put(p->ns[kind]);
			p->ns[kind] = ns_get(e->ns[kind]);
		}
	if (e->ns[NS_IPC] && current->sem_undo)
		sem_undo_exit(current);
	if (e->ns[NS_MNT])
		err = fs_enter_mounts(current->vfs.fs, e->ns[NS_MNT]);
	if (err)
		nsproxy_put(p);
	else
		task_set_nsproxy(p);
	return err;
}

/* A pidfd stands for all namespaces of its process; nstype names those that are wanted. */
static long collect_process(struct entering *e, struct process *p, u64 flags)
{
	static const int flag_of[NR_NS_KINDS] = {
		[NS_UTS] = CLONE_NEWUTS,       [NS_IPC] = CLONE_NEWIPC, [NS_NET] = CLONE_NEWNET,
		[NS_CGROUP] = CLONE_NEWCGROUP, [NS_PID] = CLONE_NEWPID, [NS_MNT] = CLONE_NEWNS,
		[NS_USER] = CLONE_NEWUSER,
	};
	struct task *t;
	long err;

	if (!flags || (flags & ~(ns_flags_served() | CLONE_NEWUSER)))
		return -EINVAL;
	t = task_find(p->pid);
	if (!t)
		return -ESRCH;
	err = task_may_access(t);
	for (unsigned kind = 0; kind < NR_NS_KINDS && !err; kind++) {
		if (!(flags & (u64)(u32)flag_of[kind]))
			continue;
		e->ns[kind] = task_get_ns(t, kind);
		if (!e->ns[kind])
			err = -ESRCH;
	}
	task_put(t);
	return err;
}

long sys_setns(int fd, int nstype)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	struct entering e = {0};
	struct ns_common *ns;
	struct process *p;
	long err = -EINVAL;

	if (!r.file)
		return -EBADF;
	ns = file_ns(r.file);
	p = pidfd_process(r.file);
	if (ns && (!nstype || nstype == ns->type->flag)) {
		e.ns[ns->type->kind] = ns_get(ns);
		err = 0;
	} else if (!ns && p) {
		err = collect_process(&e, p, (u64)(u32)nstype);
	}
	fd_put(r);
	if (!err)
		err = enter(&e);
	for (unsigned kind = 0; kind < NR_NS_KINDS; kind++)
		ns_put(e.ns[kind]);
	return err;
}

/* --- pivot_root --- */

static void change_all(const struct path *was, const struct path *now)
{
	struct process *p;
	struct task *t;
	int next = 1, tid;

	while ((p = process_next(next))) {
		next = p->pid + 1;
		for (tid = 0; (t = task_next(p, tid)); tid = t->tid + 1, task_put(t)) {
			struct fs_struct *fs = task_get_fs(t);

			if (fs) {
				fs_replace(fs, was, now, t == current);
				fs_struct_put(fs);
			}
		}
		process_put(p);
	}
}

long sys_pivot_root(uaddr_t new_root, uaddr_t put_old)
{
	struct user_path new, old;
	struct path was, now;
	char *name = user_path_get(&new, new_root, false);
	long err;

	if (!task_capable(CAP_SYS_ADMIN)) {
		if (!IS_ERR(name))
			user_path_put(&new);
		return -EPERM;
	}
	if (IS_ERR(name))
		return PTR_ERR(name);
	name = user_path_get(&old, put_old, false);
	if (IS_ERR(name)) {
		user_path_put(&new);
		return PTR_ERR(name);
	}
	err = vfs_pivot_root(&current->vfs, new.name, old.name, &was, &now);
	user_path_put(&old);
	user_path_put(&new);
	if (err)
		return err;
	change_all(&was, &now);
	path_put(&was);
	path_put(&now);
	return 0;
}
