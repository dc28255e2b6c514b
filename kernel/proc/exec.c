/*
 * execve(2): recognise the format, follow #! lines, compute the new credentials, and at the point
 * of no return strip the process down to one task with fresh memory.
 */
#include "proc/exec_internal.h"
#include "proc/pid.h"
#include "proc/ptrace.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/user_ns.h"
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/personality.h>
#include <linux/securebits.h>

#define MAX_SCRIPTS 5

struct file *exec_open(int dfd, const char *path, unsigned lookup_flags)
{
	u32 flags = O_RDONLY | VFS_O_EXEC | (lookup_flags & LOOKUP_FOLLOW ? 0 : O_NOFOLLOW);
	struct file *f = vfs_open(&current->vfs, dfd, path, flags, 0, lookup_flags);
	int err;

	if (IS_ERR(f))
		return f;
	err = inode_deny_write(f->inode);
	if (err) {
		file_put(f);
		return ERR_PTR(err);
	}
	f->mode |= FMODE_DENYWRITE; /* until the last reference goes */
	return f;
}

struct file *exec_open_interp(const char *path)
{
	return path[0] ? exec_open(AT_FDCWD, path, LOOKUP_FOLLOW) : ERR_PTR(-EACCES);
}

void exec_allow_write(struct file *f)
{
	f->mode &= ~(u32)FMODE_DENYWRITE;
	inode_allow_write(f->inode);
}

static int read_head(struct exec *e)
{
	long n;

	memset(e->head, 0, sizeof(e->head));
	n = kernel_read(e->file, e->head, sizeof(e->head), 0);
	return n < 0 ? (int)n : 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* First in [s, last] that is no blank; NULL. */
static char *skip_blanks(char *s, char *last)
{
	for (; s <= last; s++)
		if (!is_blank(*s))
			return s;
	return NULL;
}

/* First blank or NUL in [s, last]; NULL. */
static char *find_end(char *s, char *last)
{
	for (; s <= last; s++)
		if (is_blank(*s) || !*s)
			return s;
	return NULL;
}

/*
 * Cut "#!INTERPRETER [ARGUMENT]" out of the head, which is changed. Without an end of line in the
 * head, the interpreter's name must be whole; its argument may be cut off. -ENOEXEC.
 */
static int parse_script(char *head, char **interp, char **arg)
{
	char *last = head + EXEC_HEAD_BYTES - 1, *sep;
	char *end = memchr(head, '\n', EXEC_HEAD_BYTES);

	if (!end) {
		end = skip_blanks(head + 2, last);
		if (!end || !find_end(end, last))
			return -ENOEXEC;
		end = last;
	}
	while (is_blank(end[-1]))
		end--;
	*interp = skip_blanks(head + 2, end);
	if (!*interp || *interp == end)
		return fail(ENOEXEC, "#! without an interpreter");
	*arg = NULL;
	sep = find_end(*interp, end);
	if (sep && *sep)
		*arg = skip_blanks(sep, end);
	*end = 0;
	if (*arg)
		*sep = 0;
	return 0;
}

/* e->file is a script: its interpreter takes its place. */
static int follow_script(struct exec *e, const char *script)
{
	char *interp, *arg;
	const char *args[3];
	unsigned n = 0;
	struct file *f;
	int err;

	if (e->depth++ >= MAX_SCRIPTS)
		return fail(ELOOP, "scripts interpreted by scripts, five times over");
	err = parse_script(e->head, &interp, &arg);
	if (err)
		return err;
	if (e->is_path_lost)
		return fail(ENOENT, "the script's name is gone once descriptors are closed");
	args[n++] = interp;
	if (arg)
		args[n++] = arg;
	args[n++] = script;
	err = exec_strings_prepend_args(e->args, args, n, true);
	if (err)
		return err;
	f = exec_open_interp(interp);
	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	file_put(e->file);
	e->file = f;
	return 0;
}

/* Is root and cwd, or anything a tracer could use, shared with another process? Then set-user-ID
 * does not take (execve(2)). */
static bool is_fs_shared(struct task *t)
{
	struct process *p = t->process;
	unsigned long f = tree_lock_irqsave();
	struct task *o;
	unsigned n = 0;

	list_for_each_entry (o, &p->tasks, group_node)
		if (o->vfs.fs == t->vfs.fs)
			n++;
	tree_unlock_irqrestore(f);
	return ref_read(&t->vfs.fs->ref) > n;
}

static void apply_set_id(struct exec *e, struct cred *c)
{
	const struct inode *inode = e->file->inode;

	if (!path_may_suid(&current->vfs, &e->file->path) || task_no_new_privs(current))
		return;
	/* Not for the ids of somebody who is not in the caller's user namespace. */
	if (from_kuid(c->user_ns, inode->uid) == NO_KID ||
	    from_kgid(c->user_ns, inode->gid) == NO_KID)
		return;
	if (is_fs_shared(current) && !task_has_own_cap(CAP_SETUID))
		return;
	if (task_is_traced(current) && !task_capable(CAP_SYS_PTRACE))
		return;
	if (inode->mode & S_ISUID)
		c->euid = inode->uid;
	if ((inode->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		c->egid = inode->gid;
}

/* Does the caller's state forbid to gain anything by execve(2)? */
static bool may_not_gain(void)
{
	return task_no_new_privs(current) ||
	       (is_fs_shared(current) && !task_has_own_cap(CAP_SETUID)) ||
	       (task_is_traced(current) && !task_capable(CAP_SYS_PTRACE));
}

/* capabilities(7), "Transformation of capabilities during execve()". -EPERM: the file wants more
 * than the bounding set leaves. */
static int apply_capabilities(struct exec *e, struct cred *c, const struct cred *old)
{
	bool is_root_special = !(c->securebits & BIT(SECURE_NOROOT));
	struct file_caps f;
	bool has_caps = exec_file_caps(e->file, &f), wants_all = f.is_effective;
	u64 wanted = f.permitted;
	u32 root = make_kuid(c->user_ns, 0);
	bool is_root = c->uid == root, is_effective_root = c->euid == root;

	/* A set-user-ID-root program that has capabilities gets these alone. */
	if (is_root_special && (is_root || is_effective_root) &&
	    !(has_caps && !is_root && is_effective_root)) {
		f.inheritable = ~0UL;
		f.permitted = ~0UL;
		f.is_effective |= is_effective_root;
	}
	if (c->euid != old->uid || c->egid != old->gid || has_caps)
		c->cap_ambient = 0;
	c->cap_permitted = (c->cap_inheritable & f.inheritable) | (f.permitted & c->cap_bounding);
	if (has_caps && wants_all && (wanted & ~c->cap_permitted))
		return -EPERM;
	if (has_caps && (c->cap_permitted & ~old->cap_permitted) && may_not_gain())
		c->cap_permitted &= old->cap_permitted;
	c->cap_permitted |= c->cap_ambient;
	c->cap_effective = f.is_effective ? c->cap_permitted : c->cap_ambient;
	c->securebits &= ~BIT(SECURE_KEEP_CAPS);
	e->is_secure = c->euid != old->uid || c->egid != old->gid ||
		       (!is_root && (f.is_effective || (c->cap_permitted & ~c->cap_ambient)));
	return 0;
}

static int make_cred(struct exec *e)
{
	const struct cred *old = current->real_cred;
	struct cred *c = cred_dup(old);
	int err;

	if (!c)
		return -ENOMEM;
	apply_set_id(e, c);
	err = apply_capabilities(e, c, old);
	if (err) {
		cred_put(c);
		return err;
	}
	c->suid = c->fsuid = c->euid;
	c->sgid = c->fsgid = c->egid;
	e->cred = c;
	return 0;
}

/* Every other task of the process ends; the caller becomes its leader. -EAGAIN when another task
 * is at the same or the process is being ended. */
static int become_only_task(struct task *t)
{
	struct process *p = t->process;
	struct task *old_leader = NULL;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);

	if ((p->group_flags & GROUP_EXIT) || p->exec_task) {
		spin_unlock_irqrestore(&p->sighand_lock, f);
		return -EAGAIN;
	}
	p->exec_task = t;
	signal_zap_others(p, t);
	spin_unlock_irqrestore(&p->sighand_lock, f);
	t->is_killable_sleep = true;
	for (;;) {
		set_thread_state(TS_UNINTERRUPTIBLE);
		if (READ_ONCE(p->nr_tasks) == 1 || thread_test_flags(&t->thread, TIF_KILLED))
			break;
		schedule();
	}
	set_thread_state(TS_RUNNING);
	t->is_killable_sleep = false;
	f = tree_lock_irqsave();
	spin_lock(&p->sighand_lock);
	p->exec_task = NULL;
	spin_unlock(&p->sighand_lock);
	if (p->nr_tasks != 1) {
		tree_unlock_irqrestore(f);
		return -EAGAIN;
	}
	if (p->leader != t) {
		old_leader = p->leader;
		if (old_leader->tracing.tracer)
			ptrace_unlink(old_leader);
		p->leader = t;
		ref_get(&t->ref);
		t->num->task = NULL;
		pidnum_drop(t->num);
		t->num = pidnum_use(p->pid_num);
		t->num->task = t;
		t->tid = p->pid;
		t->vtid = p->vpid;
	}
	tree_unlock_irqrestore(f);
	if (old_leader)
		task_put(old_leader);
	return 0;
}

/* Own table of handlers and of descriptors, whoever they were shared with. */
static int unshare_tables(struct task *t)
{
	struct process *p = t->process;
	unsigned long f;

	if (ref_read(&p->sighand->ref) > 1) {
		struct sighand *sh = sighand_new(p->sighand, false), *old;

		if (!sh)
			return -ENOMEM;
		f = spin_lock_irqsave(&p->sighand_lock);
		old = p->sighand;
		p->sighand = sh;
		p->action = sh->action;
		spin_unlock_irqrestore(&p->sighand_lock, f);
		sighand_put(old);
	}
	if (ref_read(&t->vfs.files->ref) > 1) {
		struct fdtable *files = fdtable_clone(t->vfs.files), *old;

		if (IS_ERR(files))
			return (int)PTR_ERR(files);
		f = tree_lock_irqsave();
		old = t->vfs.files;
		t->vfs.files = files;
		tree_unlock_irqrestore(f);
		fdtable_put(old);
	}
	return 0;
}

static void switch_mm(struct task *t, struct mm *m)
{
	unsigned long f;

	if (t->mm)
		m->mdwe = mm_mdwe_of_child(t->mm);
	task_leave_mm(t);
	task_drop_mm(t);
	f = tree_lock_irqsave();
	t->mm = m;
	t->thread.mm = m;
	mm_switch(NULL, m);
	tree_unlock_irqrestore(f);
	rlimit_copy_to_mm(t->process, m);
}

static void set_comm(struct task *t, const char *path)
{
	const char *slash = strrchr(path, '/');

	str_copy(t->thread.comm, slash ? slash + 1 : path, sizeof(t->thread.comm));
}

/* What does not survive an execve, in the list of execve(2). */
static void reset_task(struct exec *e, struct task *t)
{
	struct process *p = t->process, *c;
	bool changes_ids =
		e->cred->euid != t->real_cred->uid || e->cred->egid != t->real_cred->gid ||
		e->cred->euid != t->real_cred->euid || e->cred->egid != t->real_cred->egid;
	unsigned long f;

	signal_flush_handlers(p);
	posix_timers_exit(p);
	t->altstack.sp = 0;
	t->altstack.size = 0;
	t->restart.func = NULL;
	t->rseq = uaddr(0);
	t->thread.has_rseq = false;
	thread_clear_flags(&t->thread, TIF_DISPATCH);
	t->set_child_tid = uaddr(0);
	if (e->is_secure) {
		t->personality &= ~(unsigned long)PER_CLEAR_ON_SETID;
		t->exit_signal_on_death = 0;
		if (p->rlim[RLIMIT_STACK].cur > 8UL << 20)
			p->rlim[RLIMIT_STACK].cur = 8UL << 20;
	}
	set_comm(t, e->path);
	fdtable_close_on_exec(t->vfs.files);
	f = tree_lock_irqsave();
	p->did_exec = true;
	p->exit_signal = SIGCHLD;
	/* A parent that is another program now hears of its children by SIGCHLD alone. */
	list_for_each_entry (c, &p->children, sibling) {
		c->exit_signal = SIGCHLD;
		c->parent_tid = p->pid;
	}
	tree_unlock_irqrestore(f);
	if (changes_ids)
		t->exit_signal_on_death = 0;
	task_set_cred(t, e->cred);
	e->cred = NULL;
	t->mm->user_ns_id = e->is_unreadable ? init_user_ns.ns.id : t->real_cred->user_ns->ns.id;
	t->mm->dumpable = changes_ids || e->is_secure || e->is_unreadable ? (u32)suid_dumpable : 1;
}

int exec_commit(struct exec *e)
{
	struct task *t = current;
	int err;

	err = become_only_task(t);
	if (err)
		return err;
	e->is_committed = true;
	err = unshare_tables(t);
	if (err)
		return err;
	switch_mm(t, e->mm);
	e->mm = NULL;
	t->mm->exe_file = e->file;
	file_get(e->file);
	reset_task(e, t);
	return 0;
}

static int load(struct exec *e)
{
	const char *script = e->path;
	char name[EXEC_HEAD_BYTES];
	int err;

	for (;;) {
		err = read_head(e);
		if (err)
			return err;
		if (e->head[0] != '#' || e->head[1] != '!')
			break;
		err = follow_script(e, script);
		if (err)
			return err;
		/* The next level's script is the interpreter just opened. */
		str_copy(name, skip_blanks(e->head + 2, e->head + sizeof(e->head) - 1),
			 sizeof(name));
		script = name;
	}
	e->is_unreadable = vfs_permission(&e->file->path, current->real_cred, MAY_READ) != 0;
	err = make_cred(e);
	if (err)
		return err;
	return (int)elf_load(e);
}

long do_execve(struct file *file, const char *path, bool is_path_lost, struct exec_strings *args)
{
	struct task *t = current;
	struct exec *e = kzalloc(sizeof(*e), GFP_KERNEL);
	long err = -ENOMEM;
	int old_tid = t->vtid;

	if (!e) {
		file_put(file);
		return err;
	}
	e->file = file;
	e->path = path;
	e->is_path_lost = is_path_lost;
	e->args = args;
	err = -EAGAIN;
	if (t->is_over_nproc && atomic_load(&t->user->nr_tasks) > task_rlimit(t, RLIMIT_NPROC))
		goto out;
	t->is_over_nproc = false;
	err = 0;
	if (!exec_strings_count(args, false)) /* argv[0] is always there, as since Linux 5.18 */
		err = exec_strings_add(args, "", false);
	if (!err)
		err = load(e);
	if (err && e->is_committed) {
		signal_force_simple(t, SIGSEGV);
		err = 0;
	} else if (!err && task_is_traced(t)) {
		ptrace_exec_event(old_tid);
	}
out:
	if (e->mm)
		mm_put(e->mm);
	if (e->cred)
		cred_put(e->cred);
	file_put(e->file);
	kfree(e);
	return err;
}
