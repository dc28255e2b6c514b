/* Processes: fork, exec, exit, wait, identity, sessions and groups. */
#include "sys/syscall.h"
#include "proc/exec.h"
#include "proc/pidfd.h"
#include "lib/printf.h"
#include "sys/ids.h"
#include "sys/uaccess_time.h"
#include "vfs/cred.h"
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/time.h>
#include <linux/wait.h>

long sys_getpid(void)
{
	return current->process->vpid;
}

long sys_gettid(void)
{
	return current->vtid;
}

long sys_getppid(void)
{
	return READ_ONCE(current->process->ppid);
}

/* --- clone(2) --- */

static const struct pt_regs *user_regs(void)
{
	return arch_thread_regs(this_thread());
}

long sys_fork(void)
{
	struct clone_request req = {.exit_signal = SIGCHLD};

	return do_clone(&req, user_regs());
}

long sys_vfork(void)
{
	struct clone_request req = {.flags = CLONE_VFORK | CLONE_VM, .exit_signal = SIGCHLD};

	return do_clone(&req, user_regs());
}

long sys_clone(unsigned long flags, unsigned long stack, uaddr_t parent_tid, uaddr_t child_tid,
	       unsigned long tls)
{
	struct clone_request req = {
		.flags = (u32)flags & ~(u32)CSIGNAL,
		.pidfd = parent_tid,
		.child_tid = child_tid,
		.parent_tid = parent_tid,
		.exit_signal = flags & CLONE_THREAD ? 0 : (int)(flags & CSIGNAL),
		.stack = stack,
		.tls = tls,
	};

	return do_clone(&req, user_regs());
}

/* Copy a structure of a size the caller states: shorter ones are filled with zeros, longer ones
 * must end in zeros (-E2BIG). */
static int copy_struct(void *dst, size_t size, uaddr_t src, size_t user_size)
{
	size_t i;
	u8 b;

	memset(dst, 0, size);
	for (i = size; i < user_size; i++) {
		if (copy_from_user(&b, uaddr_add(src, i), 1))
			return -EFAULT;
		if (b)
			return -E2BIG;
	}
	return copy_from_user(dst, src, MIN(size, user_size));
}

#define MAX_SET_TID 32 /* as many as PID namespaces can be nested */

static int check_clone_args(const struct clone_args *a)
{
	u64 known = 0xffffffffUL | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP;

	if (a->set_tid_size > MAX_SET_TID || !a->set_tid != !a->set_tid_size)
		return fail(EINVAL, "set_tid and its size do not fit");
	if ((a->exit_signal & ~(u64)CSIGNAL) || a->exit_signal > NSIG_K)
		return fail(EINVAL, "no such exit signal");
	if ((a->flags & CLONE_INTO_CGROUP) && a->cgroup > INT32_MAX)
		return -EINVAL;
	if (a->flags & ~known)
		return fail(EINVAL, "unknown flags");
	if (a->flags & (CLONE_DETACHED | (CSIGNAL & ~CLONE_NEWTIME)))
		return fail(EINVAL, "CLONE_DETACHED and signal bits are clone's, not clone3's");
	if ((a->flags & (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND)) ==
	    (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND))
		return fail(EINVAL, "shared handlers cannot be cleared");
	if ((a->flags & (CLONE_THREAD | CLONE_PARENT)) && a->exit_signal)
		return fail(EINVAL, "threads and siblings have no exit signal of their own");
	if (!a->stack != !a->stack_size)
		return fail(EINVAL, "stack and its size do not fit");
	if (a->stack && !arch_access_ok(uaddr(a->stack), a->stack_size))
		return -EINVAL;
	return 0;
}

long sys_clone3(uaddr_t args, size_t size)
{
	struct clone_args a;
	struct clone_request req;
	int tids[MAX_SET_TID];
	u32 desc[4]; /* i386: a struct user_desc */
	int err;

	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	err = copy_struct(&a, sizeof(a), args, size);
	if (!err)
		err = check_clone_args(&a);
	if (err)
		return err;
	if (copy_from_user(tids, uaddr(a.set_tid), a.set_tid_size * sizeof(tids[0])))
		return -EFAULT;
	if (arch_in_compat_syscall() && (a.flags & CLONE_SETTLS) &&
	    copy_from_user(desc, uaddr(a.tls), sizeof(desc)))
		return -EFAULT;
	req = (struct clone_request){
		.user_desc = arch_in_compat_syscall() ? desc : NULL,
		.flags = a.flags,
		.pidfd = uaddr(a.pidfd),
		.child_tid = uaddr(a.child_tid),
		.parent_tid = uaddr(a.parent_tid),
		.exit_signal = (int)a.exit_signal,
		.stack = a.stack ? a.stack + a.stack_size : 0,
		.tls = a.tls,
		.set_tid = tids,
		.nr_set_tid = (unsigned)a.set_tid_size,
	};
	return do_clone(&req, user_regs());
}

/* --- execve(2) --- */

static int add_strings(struct exec_strings *s, uaddr_t vec, bool is_env)
{
	bool is_32bit = arch_in_compat_syscall();
	u64 p;
	int err;

	if (!vec.v)
		return 0;
	for (;; vec = uaddr_add(vec, is_32bit ? sizeof(u32) : sizeof(p))) {
		p = 0;
		if (is_32bit ? arch_get_user32((u32 *)&p, vec) : arch_get_user64(&p, vec))
			return -EFAULT;
		if (!p)
			return 0;
		err = exec_strings_add_user(s, uaddr(p), is_env);
		if (err)
			return err;
		if (thread_test_flags(this_thread(), TIF_KILLED))
			return -ERESTARTNOHAND;
		cond_resched();
	}
}

static long exec_file(struct file *file, const char *path, bool is_path_lost, uaddr_t argv,
		      uaddr_t envp)
{
	struct exec_strings *s = exec_strings_new();
	long err = s ? add_strings(s, argv, false) : -ENOMEM;

	if (!err)
		err = add_strings(s, envp, true);
	if (err)
		file_put(file);
	else
		err = do_execve(file, path, is_path_lost, s);
	exec_strings_free(s);
	return err;
}

long sys_execve(uaddr_t path, uaddr_t argv, uaddr_t envp)
{
	char *name = path_string_get(path, false);
	struct file *file;
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	file = exec_open(AT_FDCWD, name, LOOKUP_FOLLOW);
	err = IS_ERR(file) ? PTR_ERR(file) : exec_file(file, name, false, argv, envp);
	path_string_put(name);
	return err;
}

/* What execveat(2) tells the program it was called: the path, or /dev/fd/N[/path]. */
static char *exec_name(int dfd, const char *path)
{
	size_t size = strlen(path) + 32;
	char *s = kmalloc(size, GFP_KERNEL);

	if (!s)
		return NULL;
	if (dfd == AT_FDCWD || path[0] == '/')
		str_copy(s, path, size);
	else if (!path[0])
		snprintf(s, size, "/dev/fd/%d", dfd);
	else
		snprintf(s, size, "/dev/fd/%d/%s", dfd, path);
	return s;
}

static bool is_cloexec(int fd)
{
	struct fdtable *t = current->vfs.files;
	bool is;

	spin_lock(&t->lock);
	is = fd >= 0 && (unsigned)fd < t->size && (t->cloexec_bits[fd / 64] >> (fd % 64) & 1);
	spin_unlock(&t->lock);
	return is;
}

long sys_execveat(int dirfd, uaddr_t path, uaddr_t argv, uaddr_t envp, int flags)
{
	unsigned lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct file *file;
	char *name, *shown;
	bool is_lost;
	long err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	name = path_string_get(path, flags & AT_EMPTY_PATH);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = -ENOMEM;
	shown = exec_name(dirfd, name);
	if (!shown)
		goto out;
	file = exec_open(dirfd, name, lookup);
	err = PTR_ERR(file);
	if (IS_ERR(file))
		goto out;
	is_lost = dirfd != AT_FDCWD && name[0] != '/' && is_cloexec(dirfd);
	err = exec_file(file, shown, is_lost, argv, envp);
out:
	kfree(shown);
	path_string_put(name);
	return err;
}

/* --- exit, wait --- */

long sys_exit(int status)
{
	do_exit((status & 0xff) << 8);
}

long sys_exit_group(int status)
{
	do_group_exit((status & 0xff) << 8);
}

static void to_timeval(struct __kernel_old_timeval *tv, u64 ns)
{
	tv->tv_sec = (long)(ns / NSEC_PER_SEC);
	tv->tv_usec = (long)(ns % NSEC_PER_SEC / NSEC_PER_USEC);
}

static int put_wait_rusage(uaddr_t to, const struct wait_request *w)
{
	struct rusage r;
	struct __kernel_old_timeval tv[2];

	memset(&r, 0, sizeof(r));
	to_timeval(&tv[0], w->user_ns);
	to_timeval(&tv[1], w->kernel_ns);
	memcpy(&r.ru_utime, &tv[0], sizeof(tv[0]));
	memcpy(&r.ru_stime, &tv[1], sizeof(tv[1]));
	r.ru_maxrss = (long)(w->maxrss_pages * (PAGE_SIZE / 1024));
	r.ru_minflt = (long)w->minflt;
	r.ru_majflt = (long)w->majflt;
	r.ru_nvcsw = (long)w->nvcsw;
	r.ru_nivcsw = (long)w->nivcsw;
	return rusage_put(to, &r);
}

long sys_wait4(int pid, uaddr_t status, int options, uaddr_t usage)
{
	struct wait_request w = {.options = options | WEXITED, .wants_rusage = usage.v != 0};
	long ret;
	u32 word;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | (int)__WCLONE | __WALL))
		return -EINVAL;
	if (pid == INT32_MIN)
		return -ESRCH; /* -pid does not exist */
	w.which = P_PID;
	w.id = pid_given(pid);
	if (pid == -1) {
		w.which = P_ALL;
	} else if (pid <= 0) {
		w.which = P_PGID;
		w.id = pid ? pid_given(-pid) : current->process->pgid;
	}
	ret = do_wait(&w);
	if (ret <= 0)
		return ret;
	switch (w.info.code) {
	case CLD_EXITED:
		word = (u32)(w.info.status & 0xff) << 8;
		break;
	case CLD_DUMPED:
		word = (u32)w.info.status | 0x80;
		break;
	case CLD_TRAPPED:
	case CLD_STOPPED:
		word = (u32)w.info.status << 8 | 0x7f;
		break;
	case CLD_CONTINUED:
		word = 0xffff;
		break;
	default:
		word = (u32)w.info.status;
		break;
	}
	if (status.v && arch_put_user32(status, word))
		return -EFAULT;
	if (usage.v && put_wait_rusage(usage, &w))
		return -EFAULT;
	return ret;
}

/* waitid's first two arguments; with P_PIDFD *p is the process, referenced. */
static int waitid_target(struct wait_request *w, int idtype, int id, struct process **p,
			 u32 *f_flags)
{
	w->which = idtype;
	w->id = id;
	switch (idtype) {
	case P_ALL:
		return 0;
	case P_PID:
		w->id = pid_given(id);
		return id > 0 ? 0 : -EINVAL;
	case P_PGID:
		if (id < 0)
			return -EINVAL;
		w->id = id ? pid_given(id) : current->process->pgid;
		return 0;
	case P_PIDFD:
		if (id < 0)
			return -EINVAL;
		*p = pidfd_find(id, f_flags);
		if (IS_ERR(*p))
			return (int)PTR_ERR(*p);
		w->which = P_PID;
		w->id = (*p)->pid;
		if (*f_flags & O_NONBLOCK)
			w->options |= WNOHANG;
		return 0;
	}
	return -EINVAL;
}

/* Linux stores these fields and leaves the rest of the structure as it is. */
static int put_wait_info(uaddr_t info, const struct wait_request *w, bool has_child)
{
	size_t first = offsetof(siginfo_t, si_pid);
	siginfo_t si;

	memset(&si, 0, sizeof(si));
	if (has_child) {
		si.si_signo = SIGCHLD;
		si.si_code = w->info.code;
		si.si_pid = w->info.pid;
		si.si_uid = uid_seen((u32)w->info.uid);
		si.si_status = w->info.status;
	}
	if (arch_in_compat_syscall()) /* the fields are where they are */
		first = 3 * sizeof(int);
	if (copy_to_user(info, &si, 3 * sizeof(int)))
		return -EFAULT;
	return copy_to_user(uaddr_add(info, first), &si.si_pid, 3 * sizeof(int));
}

long sys_waitid(int idtype, int id, uaddr_t info, int options, uaddr_t usage)
{
	struct wait_request w = {.options = options, .wants_rusage = usage.v != 0};
	struct process *p = NULL;
	u32 f_flags = 0;
	long ret;

	if (options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD |
			(int)__WCLONE | __WALL))
		return -EINVAL;
	if (!(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	ret = waitid_target(&w, idtype, id, &p, &f_flags);
	if (ret)
		return ret;
	ret = p && process_is_reaped(p) ? -ECHILD : do_wait(&w);
	if (p)
		process_put(p);
	if (!ret && (f_flags & O_NONBLOCK) && !(options & WNOHANG))
		ret = -EAGAIN;
	if (ret < 0)
		return ret;
	if (ret > 0 && usage.v && put_wait_rusage(usage, &w))
		return -EFAULT;
	return info.v ? put_wait_info(info, &w, ret > 0) : 0;
}

/* --- groups and sessions --- */

long sys_setsid(void)
{
	return process_new_session();
}

long sys_setpgid(int pid, int pgid)
{
	return process_set_group(pid, pgid);
}

long sys_getpgrp(void)
{
	return pid_seen(current->process->pgid);
}

/* pid may name any task; 0 = the caller. */
static long group_or_session(int pid, bool wants_session)
{
	struct task *t;
	long ret;

	if (!pid)
		return pid_seen(wants_session ? current->process->sid : current->process->pgid);
	t = task_find(pid);
	if (!t) {
		struct process *p = process_find(pid); /* a zombie */

		if (!p)
			return -ESRCH;
		ret = wants_session ? p->sid : p->pgid;
		process_put(p);
		return pid_seen((int)ret);
	}
	ret = wants_session ? t->process->sid : t->process->pgid;
	task_put(t);
	return pid_seen((int)ret);
}

long sys_getpgid(int pid)
{
	return group_or_session(pid, false);
}

long sys_getsid(int pid)
{
	return group_or_session(pid, true);
}
