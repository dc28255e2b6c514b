/* clone(2), fork(2), vfork(2) and the first process. */
#include "proc/coredump.h"
#include "proc/pid_ns.h"
#include "proc/ipc.h"
#include "proc/ns.h"
#include "proc/trace_hooks.h"
#include "proc/exec.h"
#include "proc/pidfd.h"
#include "proc/ptrace.h"
#include "proc/ptrace_abi.h"
#include "proc/seccomp.h"
#include "core/log.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "mm/page.h"
#include "vfs/cred.h"
#include "vfs/tty.h"
#include <linux/capability.h>
#include <linux/sched.h>

#define INHERITED_TIF (TIF_SYSCALL_TRACE | TIF_STATS | TIF_SECCOMP)

/* Limit for tasks of the whole machine: an eighth of memory may be their stacks, as in Linux. */
unsigned task_limit(void)
{
	static unsigned max;
	struct mem_stats s;

	if (!max) {
		mem_stats(&s);
		max = (unsigned)MAX(MIN(s.total_pages * PAGE_SIZE / (8 * STACK_SIZE), PID_MAX), 64);
	}
	return max;
}

static int check_flags(const struct clone_request *req)
{
	u64 fl = req->flags;

	if ((fl & CLONE_NEWNS) && (fl & CLONE_FS))
		return fail(EINVAL, "a new mount namespace cannot share root and cwd");
	if ((fl & CLONE_THREAD) && !(fl & CLONE_SIGHAND))
		return fail(EINVAL, "threads share handlers");
	if ((fl & CLONE_SIGHAND) && !(fl & CLONE_VM))
		return fail(EINVAL, "shared handlers need shared memory");
	if ((fl & CLONE_PARENT) && (current->process->is_init || current->process->is_ns_init))
		return fail(EINVAL, "siblings of process 1 would never be reaped");
	if ((fl & CLONE_SETTLS) && !arch_access_ok(uaddr(req->tls), 0))
		return -EPERM; /* as arch_prctl(2) answers */
	if ((fl & CLONE_PIDFD) && (fl & (CLONE_DETACHED | CLONE_THREAD)))
		return fail(EINVAL, "a pidfd stands for a process");
	if ((fl & CLONE_PIDFD) && (fl & CLONE_PARENT_SETTID) && req->pidfd.v == req->parent_tid.v)
		return fail(EINVAL, "two numbers for one word");
	if (fl & CLONE_INTO_CGROUP)
		return fail(EBADF, "no descriptor is a control group's");
	if ((fl & CLONE_THREAD) && current->vfs.ns->ns[NS_PID] != &current_pid_ns()->ns)
		return fail(EINVAL, "children are born in another PID namespace");
	return fl & CLONE_NAMESPACES ? ns_check_clone(fl) : 0;
}

static int charge_user(struct task *t, const struct task *parent)
{
	struct user_account *u = parent->user;
	u32 n = atomic_add(&u->nr_tasks, 1);

	t->user = user_account_ref(u);
	if (n > task_rlimit(parent, RLIMIT_NPROC) && u->uid && !task_capable(CAP_SYS_RESOURCE) &&
	    !task_capable(CAP_SYS_ADMIN))
		return -EAGAIN;
	return 0;
}

/* What a task copies from the one that makes it. */
static void copy_task(struct task *t, const struct task *parent, const struct clone_request *req)
{
	u64 fl = req->flags;

	memcpy(t->thread.comm, parent->thread.comm, sizeof(t->thread.comm));
	thread_set_flags(&t->thread, READ_ONCE(parent->thread.flags) & INHERITED_TIF);
	t->is_traced_by_lstar = parent->is_traced_by_lstar;
	t->vfs.limit_fsize = parent->vfs.limit_fsize;
	t->vfs.limit_nofile = parent->vfs.limit_nofile;
	t->vfs.send_signal = parent->vfs.send_signal;
	t->blocked = parent->blocked;
	t->has_no_new_privs = parent->has_no_new_privs;
	t->mce_kill = parent->mce_kill;
	t->is_io_flusher = parent->is_io_flusher;
	t->timer_slack_ns = parent->timer_slack_ns;
	t->personality = parent->personality;
	t->ioprio = parent->ioprio;
	t->mempolicy = parent->mempolicy;
	if ((fl & (CLONE_VM | CLONE_VFORK)) == CLONE_VM)
		t->altstack.flags = SS_DISABLE;
	else
		t->altstack = parent->altstack;
	if (!(fl & CLONE_VM) && parent->rseq.v) {
		t->rseq = parent->rseq;
		t->rseq_len = parent->rseq_len;
		t->rseq_sig = parent->rseq_sig;
		t->thread.has_rseq = true;
		thread_set_flags(&t->thread, TIF_RSEQ);
	}
	if (fl & CLONE_CHILD_SETTID)
		t->set_child_tid = req->child_tid;
	if (fl & CLONE_CHILD_CLEARTID)
		t->clear_child_tid = req->child_tid;
	t->real_cred = cred_get(parent->real_cred);
	t->maps_ids = parent->maps_ids;
	t->vfs.cred = t->real_cred;
}

static int copy_resources(struct task *t, struct task *parent, u64 fl)
{
	int err = ns_fork(t, parent, fl);

	if (err)
		return err;
	if (fl & CLONE_FILES) {
		ref_get(&parent->vfs.files->ref);
		t->vfs.files = parent->vfs.files;
	} else {
		struct fdtable *files = fdtable_clone(parent->vfs.files);

		if (IS_ERR(files))
			return (int)PTR_ERR(files);
		t->vfs.files = files;
	}
	if (fl & CLONE_FS) {
		ref_get(&parent->vfs.fs->ref);
		t->vfs.fs = parent->vfs.fs;
	} else {
		t->vfs.fs = fs_struct_clone(parent->vfs.fs);
		if (!t->vfs.fs || IS_ERR(t->vfs.fs)) {
			t->vfs.fs = NULL;
			return -ENOMEM;
		}
		if (fl & CLONE_NEWNS) {
			err = fs_new_mounts(t->vfs.fs, t->real_cred);
			if (err)
				return err;
		}
	}
	if (fl & CLONE_VM) {
		mm_get(parent->mm);
		t->mm = parent->mm;
	} else {
		struct mm *m = mm_fork(parent->mm);

		if (IS_ERR(m))
			return (int)PTR_ERR(m);
		t->mm = m;
		arch_mm_set_owner(&m->arch, t->real_cred->euid);
	}
	t->thread.mm = t->mm;
	return fl & CLONE_SYSVSEM ? sem_undo_share(t, parent) : 0;
}

static struct process *copy_process_struct(const struct process *from,
					   const struct clone_request *req)
{
	struct process *p = process_alloc();

	if (!p)
		return NULL;
	if (req->flags & CLONE_SIGHAND) {
		ref_get(&from->sighand->ref);
		p->sighand = from->sighand;
	} else {
		p->sighand = sighand_new(from->sighand, req->flags & CLONE_CLEAR_SIGHAND);
	}
	if (!p->sighand) {
		process_put(p);
		return NULL;
	}
	p->action = p->sighand->action;
	memcpy(p->rlim, from->rlim, sizeof(p->rlim));
	p->exit_signal = req->flags & CLONE_PARENT ? from->exit_signal : req->exit_signal;
	p->oom_score_adj = from->oom_score_adj;
	p->core_filter = from->core_filter;
	p->has_thp_disabled = from->has_thp_disabled;
	p->oom_score_adj_min = from->oom_score_adj_min;
	p->loginuid = from->loginuid;
	p->sessionid = from->sessionid;
	p->maxrss_pages = 0;
	return p;
}

static void drop_resources(struct task *t)
{
	if (t->mm)
		mm_put(t->mm);
	if (t->vfs.fs)
		fs_struct_put(t->vfs.fs);
	if (t->vfs.files)
		fdtable_put(t->vfs.files);
	nsproxy_put(t->vfs.ns);
	sem_undo_exit(t);
}

/* Signals that came until now go to the parent alone, before the child exists. */
static int check_signals(struct task *parent)
{
	struct process *p = parent->process;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	int err = 0;

	signal_recalc(parent);
	if (thread_test_flags(&parent->thread, TIF_SIGPENDING))
		err = -ERESTARTNOINTR;
	spin_unlock_irqrestore(&p->sighand_lock, f);
	return err;
}

static void link_new_process(struct process *p, struct task *t, struct task *parent, u64 fl)
{
	struct process *me = parent->process;

	p->pid = t->tid;
	p->vpid = t->vtid;
	p->pid_level = t->num->level;
	p->pid_num = t->num;
	p->leader = t;
	if (unlikely(p->pid_level) && !pidnum_ns(t->num)->init) {
		pidnum_ns(t->num)->init = p;
		p->is_ns_init = p->is_unkillable = true;
	}
	ref_get(&t->ref);
	if (fl & CLONE_PARENT) {
		process_link(p, me->parent);
		p->parent_tid = me->parent_tid;
	} else {
		process_link(p, me);
		p->parent_tid = parent->tid;
	}
	process_join_group(p, me->pgrp_num);
	process_join_session(p, me->session_num);
	if (me->tty) {
		p->tty = me->tty;
		if (tty_driver_ops && tty_driver_ops->get)
			tty_driver_ops->get(p->tty);
	}
}

/* The last step, all or nothing: numbers, tree, group. */
static int link_task(struct task *t, struct task *parent, u64 fl)
{
	struct process *p = t->process, *me = parent->process;
	unsigned long f = tree_lock_irqsave();
	int err = 0;

	spin_lock(&me->sighand_lock);
	if (me->exec_task || (me->group_flags & GROUP_EXIT) ||
	    thread_test_flags(&parent->thread, TIF_SIGPENDING))
		err = -ERESTARTNOINTR;
	if (unlikely(t->num->level) && pidnum_ns(t->num)->is_dead)
		err = -ENOMEM;
	if (!err)
		seccomp_fork(t, parent);
	if (!err && (fl & CLONE_THREAD)) {
		list_add_tail(&t->group_node, &p->tasks);
		p->nr_tasks++;
		atomic_add(&p->nr_live, 1);
	}
	spin_unlock(&me->sighand_lock);
	if (!err) {
		t->num->task = t;
		nr_tasks_all++;
		if (!(fl & CLONE_THREAD)) {
			list_add_tail(&t->group_node, &p->tasks);
			p->nr_tasks = 1;
			p->nr_live = 1;
			link_new_process(p, t, parent, fl);
		}
	}
	tree_unlock_irqrestore(f);
	return err;
}

/* In the child, before it first sees user mode: CLONE_CHILD_SETTID. */
static void store_child_tid(struct task *t, struct pt_regs *regs)
{
	(void)regs;
	(void)arch_put_user32(t->set_child_tid, (u32)t->vtid);
}

static int init_registers(struct task *t, struct task *parent, const struct clone_request *req,
			  const struct pt_regs *regs)
{
	struct pt_regs r = *regs;
	int err;

	arch_set_return(&r, 0);
	if (req->stack)
		arch_set_user_sp(&r, req->stack);
	err = arch_thread_init_user(&t->thread, &parent->thread, &r);
	if (err)
		return err;
	if ((req->flags & CLONE_SETTLS) && req->user_desc) {
		err = (int)arch_set_thread_area(&t->thread, req->user_desc, false);
		if (err)
			return err;
	} else if (req->flags & CLONE_SETTLS) {
		if (req->tls >= USER_END)
			return fail(EPERM, "thread pointer beyond user space");
		arch_set_tls(&t->thread, req->tls);
	}
	if (req->flags & CLONE_CHILD_SETTID) {
		t->first_return = store_child_tid;
		thread_set_flags(&t->thread, TIF_SIGPENDING);
	}
	return 0;
}

static void undo_task(struct task *t)
{
	drop_resources(t);
	if (t->num) {
		unsigned long f = tree_lock_irqsave();

		pidnum_drop(t->num);
		tree_unlock_irqrestore(f);
	}
	if (t->user) {
		atomic_sub(&t->user->nr_tasks, 1);
		user_account_put(t->user);
	}
	if (t->process)
		process_put(t->process);
	if (t->real_cred)
		cred_put(t->real_cred);
	task_free_unused(t);
}

/* CLONE_PIDFD: the descriptor's number is stored before the child exists. The file in *file is
 * installed when it does. The number, or an error; 0 and no file without the flag. */
static int reserve_pidfd(struct task *t, struct task *parent, const struct clone_request *req,
			 struct file **file)
{
	int fd;

	*file = NULL;
	if (!(req->flags & CLONE_PIDFD))
		return 0;
	*file = pidfd_file(t->process, O_RDWR);
	if (IS_ERR(*file))
		return (int)PTR_ERR(*file);
	fd = fd_alloc(parent->vfs.files, 0, parent->vfs.limit_nofile, true);
	if (fd >= 0 && arch_put_user32(req->pidfd, (u32)fd)) {
		fd_cancel(parent->vfs.files, (unsigned)fd);
		fd = -EFAULT;
	}
	if (fd < 0)
		file_put(*file);
	return fd;
}

static bool may_have_child(const struct task *parent)
{
	if (parent->thread.policy == SCHED_DEADLINE && !parent->thread.reset_on_fork)
		return false; /* sched(7): its share is not for two */
	return nr_tasks_total() < task_limit();
}

static struct task *make_task(const struct clone_request *req, const struct pt_regs *regs)
{
	struct task *parent = current, *t;
	struct file *pidfd;
	struct pidnum *num;
	int err, fd;

	if (!may_have_child(parent))
		return ERR_PTR(-EAGAIN);
	t = task_alloc();
	if (!t)
		return ERR_PTR(-ENOMEM);
	err = charge_user(t, parent);
	if (err)
		goto undo;
	copy_task(t, parent, req);
	err = unlikely(req->flags & CLONE_NEWUSER) ? ns_fork_user(t, parent) : 0;
	if (err)
		goto undo;
	err = -ENOMEM;
	if (req->flags & CLONE_THREAD) {
		t->process = parent->process;
		ref_get(&t->process->ref);
	} else {
		t->process = copy_process_struct(parent->process, req);
		if (!t->process)
			goto undo;
	}
	err = copy_resources(t, parent, req->flags);
	if (err)
		goto undo;
	num = pidnum_alloc(pid_ns_of(t->vfs.ns->ns[NS_PID]), req->set_tid, req->nr_set_tid);
	err = (int)PTR_ERR(num);
	if (IS_ERR(num))
		goto undo;
	t->num = num;
	t->tid = num->nr;
	t->vtid = pidnum_nr_for(num, num);
	err = init_registers(t, parent, req, regs);
	if (err)
		goto undo;
	sched_fork(&t->thread, &parent->thread);
	err = fd = reserve_pidfd(t, parent, req, &pidfd);
	if (fd < 0)
		goto undo_thread;
	err = link_task(t, parent, req->flags);
	if (err) {
		if (pidfd) {
			fd_cancel(parent->vfs.files, (unsigned)fd);
			file_put(pidfd);
		}
		goto undo_thread;
	}
	if (pidfd)
		fd_install(parent->vfs.files, (unsigned)fd, pidfd);
	return t;
undo_thread:
	sched_release(&t->thread);
	arch_thread_free(&t->thread);
undo:
	undo_task(t);
	return ERR_PTR(err);
}

/* vfork(2): wait until the child has called execve or _exit. Only a fatal signal ends it sooner. */
static void wait_vfork(struct task *child, struct completion *done)
{
	struct task *t = current;
	unsigned long f;

	t->is_killable_sleep = true;
	smp_mb();
	wait_event(&done->q, READ_ONCE(done->is_done) || thread_test_flags(&t->thread, TIF_KILLED));
	t->is_killable_sleep = false;
	f = tree_lock_irqsave(); /* `done` is touched under this lock only; then it may go */
	child->vfork_done = NULL;
	tree_unlock_irqrestore(f);
}

long do_clone(const struct clone_request *req, const struct pt_regs *regs)
{
	struct task *parent = current, *t;
	struct completion done;
	int err, tid, event;

	err = check_flags(req);
	if (err)
		return err;
	err = check_signals(parent);
	if (err)
		return err;
	t = make_task(req, regs);
	if (IS_ERR(t))
		return PTR_ERR(t);
	tid = pidnum_nr_for(t->num, parent->num);
	if (req->flags & CLONE_PARENT_SETTID)
		(void)arch_put_user32(req->parent_tid, (u32)tid);
	if (req->flags & CLONE_VFORK) {
		completion_init(&done);
		t->vfork_done = &done;
		ref_get(&t->ref);
	}
	if (!(req->flags & CLONE_THREAD) &&
	    (task_rlimit(parent, RLIMIT_CPU) != ~0UL || task_rlimit(parent, RLIMIT_RTTIME) != ~0UL))
		cputimer_update(t->process);
	trace_hook_fork(t);
	event = 0;
	if (task_is_traced(parent)) {
		event = ptrace_fork_event(req->flags, req->exit_signal);
		ptrace_fork(t, req->flags, event);
	}
	sched_start(&t->thread);
	if (unlikely(event))
		ptrace_event(event, (u64)tid);
	if (req->flags & CLONE_VFORK) {
		wait_vfork(t, &done);
		task_put(t);
		ptrace_event(PTRACE_EVENT_VFORK_DONE, (u64)tid);
	}
	return tid;
}

static void send_vfs_signal(int signo)
{
	siginfo_t si;

	/* SIGPIPE and SIGXFSZ are the thread's own doing (pipe(7), setrlimit(2)). */
	siginfo_user(&si, signo, SI_USER);
	signal_task(current, &si);
}

static const struct cred *root_cred(void)
{
	struct cred *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return NULL;
	ref_init(&c->ref, 1);
	c->user_ns = user_ns_get(&init_user_ns);
	c->cap_effective = BIT(CAP_LAST_CAP + 1) - 1;
	c->cap_permitted = c->cap_effective;
	c->cap_bounding = c->cap_effective;
	return c;
}

/* Process 1's own thread: becomes /init. */
static void init_main(void *arg)
{
	static const char path[] = "/init";
	struct exec_strings *args = exec_strings_new();
	struct file *file;
	long err = -ENOMEM;

	(void)arg;
	if (!args || exec_strings_add(args, path, false) ||
	    exec_strings_add(args, "HOME=/", true) || exec_strings_add(args, "TERM=linux", true))
		panic("cannot execute %s: out of memory", path);
	file = exec_open(AT_FDCWD, path, LOOKUP_FOLLOW);
	err = IS_ERR(file) ? PTR_ERR(file) : do_execve(file, path, false, args);
	if (err)
		panic("cannot execute %s: error %ld", path, -err);
	exec_strings_free(args);
}

static struct process *init_process_new(struct task *t)
{
	struct process *p = process_alloc();

	if (!p)
		return NULL;
	p->sighand = sighand_new(NULL, false);
	if (!p->sighand)
		return NULL;
	p->action = p->sighand->action;
	p->is_init = true;
	p->core_filter = CORE_FILTER_DEFAULT;
	p->is_unkillable = true;
	p->exit_signal = SIGCHLD;
	p->leader = t;
	rlimit_init(p);
	return p;
}

static void link_init(struct process *p, struct task *t)
{
	unsigned long f = tree_lock_irqsave();

	p->pid = p->vpid = t->tid;
	p->pid_num = t->num;
	ref_get(&t->ref);
	process_link(p, p);
	process_join_group(p, t->num);
	process_join_session(p, t->num);
	list_add_tail(&t->group_node, &p->tasks);
	p->nr_tasks = 1;
	p->nr_live = 1;
	t->num->task = t;
	nr_tasks_all = 1;
	init_process = p;
	tree_unlock_irqrestore(f);
}

int start_init(void)
{
	struct task *t;
	struct process *p;

	if (task_init_caches())
		return -ENOMEM;
	session_init();
	fown_init();
	ns_init_first();
	t = task_alloc();
	p = t ? init_process_new(t) : NULL;
	if (!p)
		return -ENOMEM;
	t->process = p;
	t->user = user_account_get(0);
	t->real_cred = root_cred();
	t->vfs.cred = t->real_cred;
	t->vfs.ns = nsproxy_get(&init_nsproxy);
	t->vfs.fs = fs_struct_new(&vfs_root);
	t->vfs.files = fdtable_new();
	t->vfs.send_signal = send_vfs_signal;
	t->timer_slack_ns = 50 * NSEC_PER_USEC;
	if (!t->user || !t->real_cred || !t->vfs.fs || IS_ERR(t->vfs.fs) || !t->vfs.files ||
	    IS_ERR(t->vfs.files))
		return -ENOMEM;
	t->user->nr_tasks = 1;
	t->num = pidnum_alloc(&init_pid_ns, NULL, 0);
	if (IS_ERR(t->num))
		return (int)PTR_ERR(t->num);
	t->tid = t->vtid = t->num->nr;
	str_copy(t->thread.comm, "init", sizeof(t->thread.comm));
	rlimit_copy_to_vfs(p, &t->vfs);
	oom_handler = oom_kill;
	arch_thread_init_kernel(&t->thread, init_main, t);
	sched_fork(&t->thread, NULL);
	link_init(p, t);
	sched_start(&t->thread);
	return 0;
}
