/*
 * A process that dies by a signal of SIG_CORE_SET leaves a core file: here is when, where, and how
 * its other threads are brought to a halt. What is in it: coredump_elf.c. core(5).
 */
#include "proc/coredump.h"
#include "proc/ns.h"
#include "proc/pid.h"
#include "core/log.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

#define NAME_BYTES 256

char core_pattern[CORE_PATTERN_BYTES] = "core";
int core_uses_pid;
spinlock_t core_lock = SPINLOCK_INIT(RANK_LEAF, "core");

/* On the dumping task's stack; p->core, sighand_lock. */
struct core_wait {
	struct task *dumper;
	unsigned nr_to_park;
	struct waitq parked;
};

/* --- the name --- */

struct name {
	char text[NAME_BYTES];
	size_t len;
};

static __printf(2, 3) void add(struct name *n, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(n->text + n->len, sizeof(n->text) - n->len, fmt, ap);
	va_end(ap);
	n->len = MIN(n->len + (size_t)len, sizeof(n->text) - 1);
}

/* A text that may hold slashes becomes part of one name. */
static void add_escaped(struct name *n, const char *s)
{
	size_t from = n->len;

	add(n, "%s", s);
	for (; from < n->len; from++)
		if (n->text[from] == '/')
			n->text[from] = '!';
	if (!strcmp(s, "."))
		n->text[n->len - 1] = '!';
}

static void add_exe(struct name *n, bool whole_path)
{
	struct file *f = current->mm->exe_file;
	char *buf = kmalloc(PAGE_SIZE, GFP_KERNEL), *s = NULL, *slash;
	struct path root;
	bool reachable;

	if (buf && f) {
		fs_get_root(current->vfs.fs, &root);
		s = path_name(&f->path, &root, buf, PAGE_SIZE, &reachable);
		path_put(&root);
	}
	if (!s || IS_ERR(s)) {
		add_escaped(n, current->thread.comm);
	} else {
		slash = strrchr(s, '/');
		add_escaped(n, whole_path || !slash ? s : slash + 1);
	}
	kfree(buf);
}

static void add_field(struct name *n, char c, const siginfo_t *si, bool *has_pid)
{
	struct task *t = current;

	switch (c) {
	case '%':
		add(n, "%%");
		break;
	case 'p':
	case 'P':
		*has_pid = true;
		add(n, "%d", c == 'p' ? t->process->vpid : t->process->pid);
		break;
	case 'i':
	case 'I':
		add(n, "%d", c == 'i' ? t->vtid : t->tid);
		break;
	case 'u':
		add(n, "%u", t->real_cred->uid);
		break;
	case 'g':
		add(n, "%u", t->real_cred->gid);
		break;
	case 'd':
		add(n, "%u", t->mm->dumpable);
		break;
	case 's':
		add(n, "%d", si->si_signo);
		break;
	case 't':
		add(n, "%lu", now_real_ns() / NSEC_PER_SEC);
		break;
	case 'h':
		add_escaped(n, current_uts()->name.nodename);
		break;
	case 'e':
		add_escaped(n, t->thread.comm);
		break;
	case 'f':
		add_exe(n, false);
		break;
	case 'E':
		add_exe(n, true);
		break;
	case 'c':
		add(n, "%lu", task_rlimit(t, RLIMIT_CORE));
		break;
	case 'C':
		add(n, "%u", t->thread.cpu);
		break;
	}
}

/* False: no file by this pattern. */
static bool make_name(struct name *n, const siginfo_t *si)
{
	char pattern[CORE_PATTERN_BYTES];
	bool has_pid = false;
	unsigned long f = spin_lock_irqsave(&core_lock);

	memcpy(pattern, core_pattern, sizeof(pattern));
	spin_unlock_irqrestore(&core_lock, f);
	n->len = 0;
	n->text[0] = 0;
	if (pattern[0] == '|')
		return false;
	for (const char *p = pattern; *p; p++) {
		if (*p != '%') {
			add(n, "%c", *p);
		} else if (p[1]) {
			add_field(n, *++p, si, &has_pid);
		}
	}
	if (!has_pid && core_uses_pid)
		add(n, ".%d", current->process->vpid);
	return n->len > 0;
}

/* --- the file --- */

bool core_write(struct core_file *c, const void *data, size_t n)
{
	const u8 *from = data;

	if (n > c->limit - c->written)
		return false;
	c->written += n;
	c->ends_in_hole = false;
	while (n) {
		long done = kernel_write(&current->vfs, c->file, from, n, c->pos);

		if (done <= 0)
			return false;
		from += done;
		n -= (size_t)done;
		c->pos += done;
	}
	cond_resched();
	return true;
}

void core_skip_to(struct core_file *c, s64 pos)
{
	if (pos == c->pos)
		return;
	c->pos = pos;
	c->ends_in_hole = true;
}

/* A regular file of one name, ours, that nobody else can read. */
static bool is_good_file(const struct file *f)
{
	const struct inode *i = f->inode;

	return S_ISREG(i->mode) && i->nlink == 1 && i->uid == current->vfs.cred->fsuid &&
	       (i->mode & 0677) == 0600;
}

static bool write_file(const struct name *n, u64 limit, const siginfo_t *si, u32 more_flags)
{
	u32 flags = O_CREAT | O_RDWR | O_NOFOLLOW | O_LARGEFILE | more_flags;
	struct core_file c = {.limit = limit};
	bool has_dumped = false;
	struct file *f;

	f = vfs_open(&current->vfs, AT_FDCWD, n->text, flags, 0600, 0);
	if (IS_ERR(f))
		return false;
	if (is_good_file(f) && !vfs_truncate(&current->vfs, f->inode, 0)) {
		c.file = f;
		has_dumped = core_write_elf(&c, si);
		if (c.ends_in_hole && c.pos > 0) {
			c.pos--;
			c.limit = ~0UL;
			(void)core_write(&c, "", 1);
		}
	}
	file_put(f);
	return has_dumped;
}

/* suid_dumpable 2: the file is root's, new, and not in a directory that the program chose. */
static bool write_file_of_root(const struct name *n, u64 limit, const siginfo_t *si)
{
	struct cred *root = n->text[0] == '/' ? cred_dup(current->real_cred) : NULL;
	const struct cred *mine = current->vfs.cred;
	bool has_dumped;

	if (!root)
		return false;
	root->fsuid = 0;
	current->vfs.cred = root;
	has_dumped = write_file(n, limit, si, O_EXCL);
	current->vfs.cred = mine;
	cred_put(root);
	return has_dumped;
}

/* --- the other threads --- */

void coredump_park(struct task *t, unsigned long *flags)
{
	struct process *p = t->process;
	struct core_wait *w = p->core;

	if (likely(!w) || w->dumper == t)
		return;
	t->is_core_parked = true;
	w->nr_to_park--;
	waitq_wake_all(&w->parked);
	spin_unlock_irqrestore(&p->sighand_lock, *flags);
	/* The dumper waits for all before it goes: w stays as long as p->core does. */
	for (;;) {
		set_thread_state(TS_UNINTERRUPTIBLE);
		if (!READ_ONCE(t->is_core_parked))
			break;
		schedule();
	}
	set_thread_state(TS_RUNNING);
	*flags = spin_lock_irqsave(&p->sighand_lock);
}

/* The process is ending from here on, by this signal; false: it was already. */
static bool halt_others(struct core_wait *w, int signo)
{
	struct task *me = current, *t;
	struct process *p = me->process;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);

	if ((p->group_flags & GROUP_EXIT) || (p->exec_task && p->exec_task != me)) {
		spin_unlock_irqrestore(&p->sighand_lock, f);
		return false;
	}
	p->group_flags |= GROUP_EXIT;
	p->group_exit_code = signo;
	p->core = w;
	list_for_each_entry (t, &p->tasks, group_node)
		if (t != me && !t->is_exiting)
			w->nr_to_park++;
	signal_zap_others(p, me);
	spin_unlock_irqrestore(&p->sighand_lock, f);
	wait_event(&w->parked, READ_ONCE(w->nr_to_park) == 0);
	return true;
}

static void release_others(int status)
{
	struct process *p = current->process;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	struct task *t;

	p->core = NULL;
	p->group_exit_code = status;
	list_for_each_entry (t, &p->tasks, group_node)
		if (t->is_core_parked) {
			t->is_core_parked = false;
			wake_thread(&t->thread);
		}
	spin_unlock_irqrestore(&p->sighand_lock, f);
}

int coredump(const siginfo_t *si)
{
	struct task *t = current;
	u64 limit = task_rlimit(t, RLIMIT_CORE);
	struct core_wait w = {.dumper = t};
	int status = si->si_signo;
	struct name *n;

	if (limit < PAGE_SIZE || !t->mm->dumpable || t->process->is_init)
		return status;
	n = kmalloc(sizeof(*n), GFP_KERNEL);
	if (!n)
		return status;
	waitq_init(&w.parked);
	if (make_name(n, si)) {
		if (!halt_others(&w, status)) {
			status = -1;
		} else {
			if (t->mm->dumpable == 1 ? write_file(n, limit, si, 0)
						 : write_file_of_root(n, limit, si))
				status |= 0x80;
			release_others(status);
		}
	}
	kfree(n);
	return status;
}
