/* fcntl(2). */
#include "sys/syscall.h"
#include "vfs/dnotify.h"
#include "vfs/fown.h"
#include "vfs/lease.h"
#include "vfs/memfd.h"
#include <linux/capability.h>
#include <linux/fcntl.h>

#define F_DUPFD_QUERY_K	  (F_LINUX_SPECIFIC_BASE + 3)
#define F_CREATED_QUERY_K (F_LINUX_SPECIFIC_BASE + 4)

/* What F_SETFL may change. */
#define SETFL_FLAGS ((u32)(O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME | FASYNC))

static long dup_from(struct file *f, unsigned long min, bool cloexec)
{
	const struct vfs_ctx *ctx = &current->vfs;
	int fd;

	if (min >= ctx->limit_nofile)
		return -EINVAL;
	fd = fd_alloc(ctx->files, (unsigned)min, ctx->limit_nofile, cloexec);
	if (fd >= 0)
		fd_install(ctx->files, (unsigned)fd, file_get(f));
	return fd;
}

static long set_flags(struct file *f, int fd, u32 flags)
{
	u32 changed = (f->flags ^ flags) & SETFL_FLAGS;

	if ((changed & flags & O_NOATIME) && !inode_is_owner(f->inode, current->vfs.cred))
		return -EPERM;
	if ((changed & flags & O_DIRECT) && !S_ISREG(f->inode->mode) && !S_ISFIFO(f->inode->mode))
		return -EINVAL;
	if (changed & FASYNC) {
		f->async_fd = fd;
		file_set_async(f, flags & FASYNC, current->process->pid, current->real_cred);
	}
	WRITE_ONCE(f->flags, (f->flags & ~SETFL_FLAGS) | (flags & SETFL_FLAGS));
	return 0;
}

/* --- locks --- */

/* i386: F_GETLK, F_SETLK and F_SETLKW take a struct flock of 32-bit numbers; F_GETLK64 and its like
 * (12 to 14) and the OFD calls the long one, which there is packed. */
#define F_LK64_FIRST 12
#define F_LK64_LAST  14

struct flock32 {
	s16 type, whence;
	s32 start, len, pid;
};
struct flock64_i386 {
	s16 type, whence;
	s64 start, len;
	s32 pid;
} __packed;

static int flock_get(struct flock *fl, uaddr_t from, bool is_short)
{
	struct flock64_i386 l;
	struct flock32 s;

	if (!arch_in_compat_syscall())
		return copy_from_user(fl, from, sizeof(*fl));
	memset(fl, 0, sizeof(*fl));
	if (is_short) {
		if (copy_from_user(&s, from, sizeof(s)))
			return -EFAULT;
		l = (struct flock64_i386){s.type, s.whence, s.start, s.len, s.pid};
	} else if (copy_from_user(&l, from, sizeof(l))) {
		return -EFAULT;
	}
	fl->l_type = l.type;
	fl->l_whence = l.whence;
	fl->l_start = l.start;
	fl->l_len = l.len;
	fl->l_pid = l.pid;
	return 0;
}

static int flock_put(uaddr_t to, const struct flock *fl, bool is_short)
{
	const struct flock64_i386 l = {fl->l_type, fl->l_whence, fl->l_start, fl->l_len, fl->l_pid};
	const struct flock32 s = {fl->l_type, fl->l_whence, (s32)fl->l_start, (s32)fl->l_len,
				  fl->l_pid};

	if (!arch_in_compat_syscall())
		return copy_to_user(to, fl, sizeof(*fl));
	if (!is_short)
		return copy_to_user(to, &l, sizeof(l));
	if (fl->l_start > INT32_MAX || fl->l_len > INT32_MAX)
		return -EOVERFLOW;
	return copy_to_user(to, &s, sizeof(s));
}

static long lock_cmd(struct file *f, unsigned cmd, uaddr_t arg, bool is_short)
{
	bool is_get = cmd == F_GETLK || cmd == F_OFD_GETLK;
	bool is_ofd = cmd == F_OFD_GETLK || cmd == F_OFD_SETLK || cmd == F_OFD_SETLKW;
	bool wait = cmd == F_SETLKW || cmd == F_OFD_SETLKW;
	void *owner = is_ofd ? (void *)f : (void *)current->vfs.files;
	struct flock64_k k;
	struct flock fl;
	long err;

	if (flock_get(&fl, arg, is_short))
		return -EFAULT;
	if (is_ofd && fl.l_pid)
		return -EINVAL;
	k = (struct flock64_k){.type = fl.l_type,
			       .whence = fl.l_whence,
			       .start = fl.l_start,
			       .len = fl.l_len};
	err = vfs_lock_posix(f, owner, current->process->pid, &k, wait, is_get);
	if (err || !is_get)
		return err;
	fl.l_type = (short)k.type;
	if (k.type != F_UNLCK) {
		fl.l_whence = (short)k.whence;
		fl.l_start = k.start;
		fl.l_len = k.len;
		fl.l_pid = k.pid > 0 ? pid_seen(k.pid) : k.pid;
	}
	return flock_put(arg, &fl, is_short);
}

/* --- owner of SIGIO and SIGURG: positive a process, negative a process group --- */

static bool owner_exists(int type, int pid)
{
	struct task *t;
	struct process *p;

	if (type == F_OWNER_TID) {
		t = task_find(pid);
		if (t)
			task_put(t);
		return t;
	}
	if (type == F_OWNER_PGRP)
		return true; /* a group needs no leader */
	p = process_find(pid);
	if (p)
		process_put(p);
	return p;
}

static long set_owner(struct file *f, int type, int pid)
{
	if (pid && !owner_exists(type, pid))
		return -ESRCH;
	pid = pid_given(pid);
	if (pid < 0)
		return -ESRCH;
	f->owner_type = type;
	f->owner_uid = current->vfs.cred->uid;
	f->owner_euid = current->vfs.cred->euid;
	WRITE_ONCE(f->owner_pid, pid);
	return 0;
}

long file_set_owner(struct file *f, int who)
{
	if (who == -2147483647 - 1)
		return -EINVAL;
	return who < 0 ? set_owner(f, F_OWNER_PGRP, -who) : set_owner(f, F_OWNER_PID, who);
}

int file_get_owner(const struct file *f)
{
	int pid = pid_seen(f->owner_pid);

	return f->owner_type == F_OWNER_PGRP ? -pid : pid;
}

/* How long written data is likely to live. Linux keeps it with the inode, too. -EINVAL: another
 * command. */
static long write_hint(struct file *f, unsigned cmd, uaddr_t arg)
{
	u64 hint = f->inode->write_hint;

	if (cmd != F_GET_RW_HINT && cmd != F_SET_RW_HINT)
		return -EINVAL;
	if (cmd == F_GET_RW_HINT)
		return copy_to_user(arg, &hint, sizeof(hint));
	if (!inode_is_owner(f->inode, current->vfs.cred))
		return -EPERM;
	if (copy_from_user(&hint, arg, sizeof(hint)))
		return -EFAULT;
	if (hint > RWH_WRITE_LIFE_EXTREME)
		return -EINVAL;
	f->inode->write_hint = (u8)hint;
	return 0;
}

static long owner_ex(struct file *f, unsigned cmd, uaddr_t arg)
{
	struct f_owner_ex o;

	if (cmd == F_GETOWN_EX) {
		o.type = f->owner_type;
		o.pid = pid_seen(f->owner_pid);
		return copy_to_user(arg, &o, sizeof(o));
	}
	if (copy_from_user(&o, arg, sizeof(o)))
		return -EFAULT;
	if (o.type != F_OWNER_TID && o.type != F_OWNER_PID && o.type != F_OWNER_PGRP)
		return -EINVAL;
	return set_owner(f, o.type, o.pid);
}

static long owner_cmd(struct file *f, unsigned cmd, unsigned long arg)
{
	switch (cmd) {
	case F_GETOWN:
		return file_get_owner(f);
	case F_SETOWN:
		return file_set_owner(f, (int)arg);
	case F_GETOWN_EX:
	case F_SETOWN_EX:
		return owner_ex(f, cmd, uaddr(arg));
	case F_GETSIG:
		return f->owner_sig;
	default: /* F_SETSIG */
		if (arg > NSIG_K)
			return -EINVAL;
		f->owner_sig = (int)arg;
		return 0;
	}
}

/* Leases and directory notification tell the caller, unless an owner was set. */
static long set_lease(struct file *f, int fd, int type)
{
	const struct cred *c = current->vfs.cred;
	long err = lease_set(f, fd, type, c);

	if (!err && type != F_UNLCK)
		fown_set_default(f, current->process->pid, c);
	return err;
}

static long set_notify(struct file *f, int fd, unsigned long arg)
{
	long err = dnotify_set(f, fd, current->vfs.files, arg);

	if (!err)
		fown_set_default(f, current->process->pid, current->vfs.cred);
	return err;
}

/* F_DUPFD_QUERY: do both descriptors mean the same open file? */
static long same_file(struct file *f, unsigned long fd)
{
	struct fdref r = fd_get_any(current->vfs.files, (unsigned)fd);
	long same;

	if (!r.file)
		return -EBADF;
	same = r.file == f;
	fd_put(r);
	return same;
}

static long fcntl_file(struct file *f, unsigned fd, unsigned cmd, unsigned long arg)
{
	struct fdtable *files = current->vfs.files;
	bool is_short = false;

	switch (cmd) {
	case F_DUPFD:
		return dup_from(f, (unsigned)arg, false);
	case F_DUPFD_CLOEXEC:
		return dup_from(f, (unsigned)arg, true);
	case F_DUPFD_QUERY_K:
		return same_file(f, arg);
	case F_GETFD:
		return fd_is_cloexec(files, fd) ? FD_CLOEXEC : 0;
	case F_SETFD:
		return fd_set_cloexec(files, fd, arg & FD_CLOEXEC);
	case F_GETFL:
		return (long)f->flags;
	}
	if (f->mode & FMODE_PATH)
		return -EBADF; /* open(2), O_PATH: nothing else works */
	if (arch_in_compat_syscall() && cmd >= F_LK64_FIRST && cmd <= F_LK64_LAST)
		cmd -= F_LK64_FIRST - F_GETLK;
	else
		is_short = cmd == F_GETLK || cmd == F_SETLK || cmd == F_SETLKW;
	switch (cmd) {
	case F_SETFL:
		return set_flags(f, (int)fd, (u32)arg);
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return lock_cmd(f, cmd, uaddr(arg), is_short);
	case F_GETOWN:
	case F_SETOWN:
	case F_GETOWN_EX:
	case F_SETOWN_EX:
	case F_GETSIG:
	case F_SETSIG:
		return owner_cmd(f, cmd, arg);
	case F_CREATED_QUERY_K:
		return !!(f->mode & FMODE_CREATED);
	case F_GETPIPE_SZ:
		return pipe_get_size(f);
	case F_SETPIPE_SZ:
		return pipe_set_size(f, (unsigned)arg,
				     cred_has_cap(current->vfs.cred, CAP_SYS_RESOURCE));
	case F_ADD_SEALS:
		return memfd_add_seals(f, (unsigned)arg);
	case F_GET_SEALS:
		return memfd_get_seals(f);
	case F_GETLEASE:
		return lease_get(f);
	case F_SETLEASE:
		return set_lease(f, (int)fd, (int)arg);
	case F_NOTIFY:
		return set_notify(f, (int)fd, arg);
	}
	return write_hint(f, cmd, uaddr(arg));
}

long sys_fcntl(int fd, unsigned int cmd, unsigned long arg)
{
	struct fdref r = fd_get_any(current->vfs.files, (unsigned)fd);
	long ret;

	if (!r.file)
		return -EBADF;
	ret = fcntl_file(r.file, (unsigned)fd, cmd, arg);
	fd_put(r);
	return ret;
}

/* flock(2). Next: vfs/lock.c. */
long sys_flock(int fd, unsigned int operation)
{
	struct fdref r;
	long err;

	switch (operation & ~LOCK_NB) {
	case LOCK_SH:
	case LOCK_EX:
	case LOCK_UN:
		break;
	default:
		return -EINVAL;
	}
	r = fd_get(current->vfs.files, (unsigned)fd);
	if (!r.file)
		return -EBADF;
	err = vfs_flock(r.file, (int)operation);
	fd_put(r);
	return err;
}
