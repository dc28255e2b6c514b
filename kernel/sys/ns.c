/* unshare(2), setns(2), pivot_root(2). Next: vfs/mount_ns.c. */
#include "sys/syscall.h"
#include "proc/pidfd.h"
#include "proc/pid.h"
#include "proc/sem.h"
#include <linux/capability.h>
#include <linux/sched.h>

#define OTHER_NAMESPACES                                                                \
	(CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | \
	 CLONE_NEWNET | CLONE_NEWTIME)
#define UNSHARE_FLAGS                                                                     \
	(CLONE_THREAD | CLONE_FS | CLONE_NEWNS | CLONE_SIGHAND | CLONE_VM | CLONE_FILES | \
	 CLONE_SYSVSEM | OTHER_NAMESPACES)

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
		err = fs_new_mounts(own);
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
	if ((flags & (CLONE_NEWNS | (OTHER_NAMESPACES & ~CLONE_NEWUSER))) &&
	    !(flags & CLONE_NEWUSER) && !task_capable(CAP_SYS_ADMIN))
		return -EPERM;
	return flags & OTHER_NAMESPACES ? fail(EINVAL, "namespaces of mounts only") : 0;
}

long sys_unshare(unsigned long flags)
{
	long err = check_unshare(flags);

	if (!err && (flags & (CLONE_FS | CLONE_NEWNS)))
		err = unshare_fs(flags & CLONE_NEWNS);
	if (!err && (flags & CLONE_FILES))
		err = unshare_files();
	if (!err && (flags & CLONE_SYSVSEM) && current->sem_undo)
		sem_undo_exit(current);
	return err;
}

/* --- setns --- */

static long enter_mounts(struct mnt_ns *ns)
{
	const struct cred *c = current->vfs.cred;

	if (!cred_has_cap(c, CAP_SYS_ADMIN) || !cred_has_cap(c, CAP_SYS_CHROOT))
		return -EPERM;
	return fs_enter_mounts(current->vfs.fs, ns);
}

/* A pidfd stands for all namespaces of its process; nstype names those that are wanted. */
static long enter_process(struct process *p, int nstype)
{
	struct task *t;
	struct fs_struct *fs;
	struct mnt_ns *ns;
	long err;

	if (!nstype || (nstype & ~(int)CLONE_NEWNS))
		return fail(EINVAL, "namespaces of mounts only");
	t = task_find(p->pid);
	fs = t ? task_get_fs(t) : NULL;
	if (!fs) {
		if (t)
			task_put(t);
		return -ESRCH;
	}
	err = task_may_access(t);
	ns = fs_mounts(fs);
	if (!err)
		err = enter_mounts(ns);
	mnt_ns_put(ns);
	fs_struct_put(fs);
	task_put(t);
	return err;
}

long sys_setns(int fd, int nstype)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	struct mnt_ns *ns;
	long err = -EINVAL;

	if (!r.file)
		return -EBADF;
	ns = file_mnt_ns(r.file);
	if (ns && (!nstype || nstype == CLONE_NEWNS))
		err = enter_mounts(ns);
	else if (!ns && pidfd_process(r.file))
		err = enter_process(pidfd_process(r.file), nstype);
	fd_put(r);
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
