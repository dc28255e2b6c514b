/*
 * Numbers. One table says which numbers are in use and by whom; a number is given out again only
 * when no task, process, group or session carries it. Everything here is under tree_lock.
 */
#include "proc/pid_ns.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/cred.h"
#include <linux/capability.h>

#define PID_HASH      256u
#define PID_RESERVED  300 /* after the first round, low numbers stay with the system */
#define BITS_PER_WORD 64

spinlock_t tree_lock = SPINLOCK_INIT(RANK_PROC, "tree_lock");
struct list_head all_processes = LIST_INIT(all_processes);
unsigned nr_tasks_all;
struct process *init_process;

static struct list_head pid_hash[PID_HASH];
static u64 pid_bits[PID_MAX / BITS_PER_WORD];
static int last_pid;
static u64 nr_made; /* numbers given out since boot */
int pid_max = PID_MAX;

static struct list_head *hash_head(int nr)
{
	struct list_head *h = &pid_hash[(unsigned)nr % PID_HASH];

	if (unlikely(!h->next))
		list_init(h);
	return h;
}

int pid_scan_bits(const u64 *bits, int from, int to, bool used)
{
	while (from < to) {
		u64 w = bits[from / BITS_PER_WORD];

		if (!used)
			w = ~w;
		w &= ~0UL << (from % BITS_PER_WORD);
		if (w) {
			int nr = from / BITS_PER_WORD * BITS_PER_WORD + __builtin_ctzl(w);

			return nr < to ? nr : -1;
		}
		from = (from / BITS_PER_WORD + 1) * BITS_PER_WORD;
	}
	return -1;
}

/* tree lock held; wanted 0: any. */
static inline int take_first(struct pidnum *n, int wanted)
{
	int nr = wanted;

	if (!wanted) {
		nr = pid_scan_bits(pid_bits, last_pid + 1, pid_max, false);
		if (nr < 0)
			nr = pid_scan_bits(pid_bits, PID_RESERVED, MIN(last_pid, pid_max), false);
		if (nr < 0)
			return -EAGAIN;
		last_pid = nr;
	} else if (pid_bits[nr / BITS_PER_WORD] & BIT(nr % BITS_PER_WORD)) {
		return -EEXIST;
	}
	n->nr = nr;
	nr_made++;
	pid_bits[nr / BITS_PER_WORD] |= BIT(nr % BITS_PER_WORD);
	list_add(&n->hash_node, hash_head(nr));
	return 0;
}

static void drop_first(struct pidnum *n)
{
	pid_bits[n->nr / BITS_PER_WORD] &= ~BIT(n->nr % BITS_PER_WORD);
	list_del(&n->hash_node);
}

/* clone3(2), set_tid: may the caller choose these? */
static int check_wanted(const struct pid_ns *ns, const int *set_tid, unsigned nr)
{
	if (nr > ns->level + 1)
		return fail(EINVAL, "more numbers than namespaces");
	for (unsigned i = 0; i < nr; i++, ns = ns->parent) {
		if (set_tid[i] < 1 || set_tid[i] >= pid_max)
			return -EINVAL;
		if (set_tid[i] != 1 && ns->level && !ns->init)
			return fail(EINVAL, "the first process of a namespace is 1");
		if (!task_capable_in(ns->ns.owner, CAP_CHECKPOINT_RESTORE) &&
		    !task_capable_in(ns->ns.owner, CAP_SYS_ADMIN))
			return -EPERM;
	}
	return 0;
}

/* tree lock held: the innermost first. */
static int take_all(struct pidnum *n, struct pid_ns *ns, const int *set_tid, unsigned nr)
{
	unsigned i = 0;
	int err = 0;

	for (; ns->level && !err; ns = ns->parent, i++) {
		struct pid_level *l = &n->nested[ns->level - 1];

		l->num = n;
		err = pid_level_take(ns, l, i < nr ? set_tid[i] : 0);
		if (err)
			break;
	}
	if (!err)
		err = take_first(n, i < nr ? set_tid[i] : 0);
	for (unsigned k = n->level; err && i; i--, k--)
		pid_level_drop(&n->nested[k - 1]);
	return err;
}

struct pidnum *pidnum_alloc(struct pid_ns *ns, const int *set_tid, unsigned nr)
{
	int err = unlikely(nr) ? check_wanted(ns, set_tid, nr) : 0;
	struct pidnum *n;
	unsigned long f;

	if (err)
		return ERR_PTR(err);
	n = kmalloc(sizeof(*n), GFP_KERNEL);
	if (!n)
		return ERR_PTR(-ENOMEM);
	list_init(&n->members);
	n->uses = 1;
	n->task = NULL;
	n->process = NULL;
	n->level = 0;
	n->nested = NULL;
	if (unlikely(ns->level)) {
		n->level = ns->level;
		n->nested = kcalloc(n->level, sizeof(*n->nested), GFP_KERNEL);
		if (!n->nested) {
			kfree(n);
			return ERR_PTR(-ENOMEM);
		}
		ns_get(&ns->ns);
	}
	f = tree_lock_irqsave();
	err = likely(!(n->level | nr)) ? take_first(n, 0) : take_all(n, ns, set_tid, nr);
	tree_unlock_irqrestore(f);
	if (likely(!err))
		return n;
	if (n->level)
		ns_put(&ns->ns);
	kfree(n->nested);
	kfree(n);
	return ERR_PTR(err);
}

u64 pid_nr_made(void)
{
	return READ_ONCE(nr_made);
}

struct pidnum *pidnum_find(int nr)
{
	struct pidnum *n;
	struct list_head *h;

	if (nr <= 0 || nr >= PID_MAX || !(pid_bits[nr / BITS_PER_WORD] & BIT(nr % BITS_PER_WORD)))
		return NULL;
	h = hash_head(nr);
	list_for_each_entry (n, h, hash_node)
		if (n->nr == nr)
			return n;
	return NULL;
}

void pidnum_drop(struct pidnum *n)
{
	if (--n->uses)
		return;
	drop_first(n);
	if (unlikely(n->level)) {
		struct pid_ns *ns = pidnum_ns(n);

		for (unsigned i = 0; i < n->level; i++)
			pid_level_drop(&n->nested[i]);
		kfree(n->nested);
		ns_put(&ns->ns);
	}
	kfree(n);
}

static struct task *find_task_in(const struct pid_ns *ns, int tid)
{
	unsigned long f = tree_lock_irqsave();
	struct pidnum *n = pidnum_find_in(ns, tid);
	struct task *t = n ? n->task : NULL;

	if (t)
		ref_get(&t->ref);
	tree_unlock_irqrestore(f);
	return t;
}

static struct process *find_process_in(const struct pid_ns *ns, int pid)
{
	unsigned long f = tree_lock_irqsave();
	struct pidnum *n = pidnum_find_in(ns, pid);
	struct process *p = n ? n->process : NULL;

	if (p)
		ref_get(&p->ref);
	tree_unlock_irqrestore(f);
	return p;
}

struct task *task_find(int tid)
{
	return find_task_in(current_pid_ns(), tid);
}

struct task *task_find_pid(int tid)
{
	return find_task_in(&init_pid_ns, tid);
}

struct process *process_find(int pid)
{
	return find_process_in(current_pid_ns(), pid);
}

struct process *process_find_pid(int pid)
{
	return find_process_in(&init_pid_ns, pid);
}

struct process *process_next(int pid)
{
	unsigned long f = tree_lock_irqsave();
	struct process *p = NULL;

	if (pid < 1)
		pid = 1;
	while (!p && pid < PID_MAX) {
		int nr = pid_scan_bits(pid_bits, pid, PID_MAX, true);

		if (nr < 0)
			break;
		p = pidnum_find(nr)->process;
		pid = nr + 1;
	}
	if (p)
		ref_get(&p->ref);
	tree_unlock_irqrestore(f);
	return p;
}

struct task *task_next(struct process *p, int tid)
{
	unsigned long f = tree_lock_irqsave();
	struct task *t, *best = NULL;

	list_for_each_entry (t, &p->tasks, group_node)
		if (t->tid >= tid && (!best || t->tid < best->tid))
			best = t;
	if (best)
		ref_get(&best->ref);
	tree_unlock_irqrestore(f);
	return best;
}

bool process_is_reaped(struct process *p)
{
	unsigned long f = tree_lock_irqsave();
	bool is = !p->leader;

	tree_unlock_irqrestore(f);
	return is;
}

unsigned nr_tasks_total(void)
{
	return READ_ONCE(nr_tasks_all);
}

int pid_last(void)
{
	return READ_ONCE(last_pid);
}

struct mm *task_get_mm(struct task *t)
{
	unsigned long f = tree_lock_irqsave();
	struct mm *m = t->mm;

	if (m)
		mm_get(m);
	tree_unlock_irqrestore(f);
	return m;
}

struct fdtable *task_get_files(struct task *t)
{
	unsigned long f = tree_lock_irqsave();
	struct fdtable *files = t->vfs.files;

	if (files)
		ref_get(&files->ref);
	tree_unlock_irqrestore(f);
	return files;
}

struct fs_struct *task_get_fs(struct task *t)
{
	unsigned long f = tree_lock_irqsave();
	struct fs_struct *fs = t->vfs.fs;

	if (fs)
		ref_get(&fs->ref);
	tree_unlock_irqrestore(f);
	return fs;
}

const struct cred *task_get_cred(struct task *t)
{
	unsigned long f = tree_lock_irqsave();
	const struct cred *c = cred_get(t->real_cred);

	tree_unlock_irqrestore(f);
	return c;
}

char task_state_char(const struct task *t)
{
	u32 state = READ_ONCE(t->thread.state);

	if (t->process->is_zombie || (state & TS_DEAD))
		return 'Z';
	if (state & TS_STOPPED)
		return 'T';
	if (state & TS_TRACED)
		return 't';
	if (state & TS_UNINTERRUPTIBLE)
		return 'D';
	return state & TS_INTERRUPTIBLE ? 'S' : 'R';
}

unsigned task_queued_signals(struct task *t)
{
	unsigned long f = tree_lock_irqsave();
	unsigned n = t->user ? atomic_load(&t->user->nr_signals) : 0;

	tree_unlock_irqrestore(f);
	return n;
}

int task_tracer_pid(const struct task *t)
{
	unsigned long f = tree_lock_irqsave();
	int pid = t->tracing.tracer ? t->tracing.tracer->process->pid : 0;

	tree_unlock_irqrestore(f);
	return pid;
}

void process_join_group(struct process *p, struct pidnum *group)
{
	struct pidnum *old = p->pgrp_num;

	pidnum_use(group);
	list_del(&p->group_node);
	list_add_tail(&p->group_node, &group->members);
	p->pgrp_num = group;
	p->pgid = group->nr;
	if (old)
		pidnum_drop(old);
}

void process_join_session(struct process *p, struct pidnum *session)
{
	struct pidnum *old = p->session_num;

	p->session_num = pidnum_use(session);
	p->sid = session->nr;
	if (old)
		pidnum_drop(old);
}

void process_link(struct process *p, struct process *parent)
{
	p->parent = parent;
	p->ppid = parent == p ? 0 : process_nr_for(parent, p);
	if (parent != p)
		list_add_tail(&p->sibling, &parent->children);
	list_add_tail(&p->all_node, &all_processes);
	pidnum_use(p->pid_num)->process = p;
	ref_get(&p->ref);
}

void process_unlink(struct process *p)
{
	struct task *leader = p->leader;

	list_del(&p->all_node);
	list_del(&p->sibling);
	list_del(&p->group_node);
	p->pid_num->process = NULL;
	pidnum_drop(p->pid_num);
	pidnum_drop(p->pgrp_num);
	pidnum_drop(p->session_num);
	p->leader = NULL;
	task_put(leader);
}
