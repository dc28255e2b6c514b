#include "proc/pid_ns.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/sched.h>

#define HASH_SIZE     64u
#define FIRST_AGAIN   300 /* as in the first namespace, after the first round */
#define BITS_PER_WORD 64

static struct list_head hash[HASH_SIZE]; /* of struct pid_level; tree lock */

static struct ns_common *pid_copy(struct ns_common *old, const struct cred *maker);

static void pid_free(struct ns_common *ns)
{
	struct pid_ns *p = pid_ns_of(ns);
	struct pid_ns *up = p->parent;

	kfree(p->bits);
	kfree(p);
	ns_put(&up->ns);
}

static struct ns_common *pid_parent(struct ns_common *ns)
{
	struct pid_ns *up = pid_ns_of(ns)->parent, *own = current_pid_ns();

	/* Only what the caller's namespace has in it. */
	for (const struct pid_ns *p = up; p; p = p->parent)
		if (p == own)
			return &up->ns;
	return NULL;
}

static const struct ns_type pid_type = {
	.name = "pid",
	.kind = NS_PID,
	.flag = CLONE_NEWPID,
	.copy = pid_copy,
	.free = pid_free,
	.parent = pid_parent,
};

struct pid_ns init_pid_ns = {
	.ns = {.ref = {1}, .ino = NS_FIRST_INO + 4, .id = 1, .type = &pid_type},
};

static struct ns_common *pid_copy(struct ns_common *old, const struct cred *maker)
{
	struct pid_ns *from = pid_ns_of(old), *p;
	int err = -ENOMEM;

	if (from != current_pid_ns())
		return ERR_PTR(-EINVAL); /* the next child is to be in another one already */
	if (from->level >= PID_LEVELS_MAX)
		return ERR_PTR(-ENOSPC);
	if (!user_ns_is_within(maker->user_ns, from->ns.owner))
		return ERR_PTR(-EINVAL);
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return ERR_PTR(err);
	p->bits = kzalloc(PID_MAX / 8, GFP_KERNEL);
	if (p->bits)
		err = ns_init(&p->ns, &pid_type, maker);
	if (err) {
		kfree(p->bits);
		kfree(p);
		return ERR_PTR(err);
	}
	ns_get(&from->ns);
	p->parent = from;
	p->level = from->level + 1;
	waitq_init(&p->wait);
	return &p->ns;
}

/* --- numbers --- */

static struct list_head *hash_head(const struct pid_ns *ns, int nr)
{
	struct list_head *h = &hash[((unsigned)nr + ns->ns.ino * 7) % HASH_SIZE];

	if (unlikely(!h->next))
		list_init(h);
	return h;
}

struct pidnum *pidnum_find_in(const struct pid_ns *ns, int nr)
{
	struct list_head *h;
	struct pid_level *l;

	if (likely(!ns->level))
		return pidnum_find(nr);
	h = hash_head(ns, nr);
	list_for_each_entry (l, h, node)
		if (l->nr == nr && l->ns == ns)
			return l->num;
	return NULL;
}

int pid_level_take(struct pid_ns *ns, struct pid_level *l, int wanted)
{
	int nr = wanted;

	if (ns->is_dead || (ns->last_pid && !ns->init))
		return fail(ENOMEM, "its process 1 has ended, or could not be made");
	if (!wanted) {
		nr = pid_scan_bits(ns->bits, ns->last_pid + 1, pid_max, false);
		if (nr < 0)
			nr = pid_scan_bits(ns->bits, FIRST_AGAIN, MIN(ns->last_pid, pid_max),
					   false);
		if (nr < 0)
			return -EAGAIN;
		ns->last_pid = nr;
	} else if (ns->bits[nr / BITS_PER_WORD] & BIT(nr % BITS_PER_WORD)) {
		return -EEXIST;
	} else if (!ns->last_pid) {
		ns->last_pid = nr;
	}
	ns->bits[nr / BITS_PER_WORD] |= BIT(nr % BITS_PER_WORD);
	ns->nr_in_use++;
	l->ns = ns;
	l->nr = nr;
	list_add(&l->node, hash_head(ns, nr));
	return 0;
}

void pid_level_drop(struct pid_level *l)
{
	struct pid_ns *ns = l->ns;

	list_del(&l->node);
	ns->bits[l->nr / BITS_PER_WORD] &= ~BIT(l->nr % BITS_PER_WORD);
	ns->nr_in_use--;
	if (unlikely(ns->is_dead))
		waitq_wake_all(&ns->wait);
}

int pid_in_ns(const struct pid_ns *ns, int pid)
{
	struct pidnum *n;
	unsigned long f;
	int nr;

	if (likely(!ns->level) || pid <= 0)
		return pid;
	f = tree_lock_irqsave();
	n = pidnum_find(pid);
	nr = n ? pidnum_nr_in(n, ns) : 0;
	tree_unlock_irqrestore(f);
	return nr;
}

int pid_from_ns(const struct pid_ns *ns, int nr)
{
	struct pidnum *n;
	unsigned long f;
	int pid;

	if (likely(!ns->level) || nr <= 0)
		return nr;
	f = tree_lock_irqsave();
	n = pidnum_find_in(ns, nr);
	pid = n ? n->nr : -1;
	tree_unlock_irqrestore(f);
	return pid;
}

int pid_seen(int pid)
{
	return pid_in_ns(current_pid_ns(), pid);
}

int pid_given(int nr)
{
	return pid_from_ns(current_pid_ns(), nr);
}

struct process *process_next_in(const struct pid_ns *ns, int *nr)
{
	struct process *p = NULL;
	unsigned long f;

	if (!ns->level) {
		p = process_next(*nr);
		if (p)
			*nr = p->pid;
		return p;
	}
	f = tree_lock_irqsave();
	for (int at = MAX(*nr, 1); !p && at < PID_MAX; at++) {
		struct pidnum *n;

		at = pid_scan_bits(ns->bits, at, PID_MAX, true);
		if (at < 0)
			break;
		n = pidnum_find_in(ns, at);
		p = n ? n->process : NULL;
		*nr = at;
	}
	if (p)
		ref_get(&p->ref);
	tree_unlock_irqrestore(f);
	return p;
}

/* --- the end: pid_namespaces(7), "The namespace init process" --- */

/* tree_lock held. */
static void kill_members(struct pid_ns *ns, const struct process *init)
{
	struct process *p;
	siginfo_t si;

	siginfo_kernel(&si, SIGKILL);
	list_for_each_entry (p, &all_processes, all_node)
		if (p != init && pidnum_nr_in(p->pid_num, ns))
			signal_process(p, &si);
}

/* tree_lock held: children that ended before nobody will wait for any more. */
static void collect_zombies(struct process *init, struct list_head *reaped)
{
	struct process *c, *n;

	list_for_each_entry_safe (c, n, &init->children, sibling)
		if (c->is_zombie && !c->leader->tracing.tracer) {
			process_unlink(c);
			list_add(&c->sibling, reaped);
		}
}

void pid_ns_reboot(struct pid_ns *ns, int signo)
{
	unsigned long f = tree_lock_irqsave();
	siginfo_t si;

	siginfo_kernel(&si, SIGKILL);
	ns->reboot_signal = signo;
	if (ns->init)
		signal_process(ns->init, &si);
	tree_unlock_irqrestore(f);
}

void pid_ns_end(struct process *init)
{
	struct pid_ns *ns = pidnum_ns(init->pid_num);
	struct list_head reaped = LIST_INIT(reaped);
	struct process *c, *n;
	unsigned long f = tree_lock_irqsave();

	ns->is_dead = true;
	spin_lock(&init->sighand_lock);
	init->action[SIGCHLD].handler = HANDLER_IGN;
	spin_unlock(&init->sighand_lock);
	kill_members(ns, init);
	collect_zombies(init, &reaped);
	tree_unlock_irqrestore(f);
	list_for_each_entry_safe (c, n, &reaped, sibling) {
		list_del(&c->sibling);
		process_put(c);
	}
	wait_event(&ns->wait, READ_ONCE(ns->nr_in_use) <= 1);
	f = tree_lock_irqsave();
	ns->init = NULL;
	if (ns->reboot_signal)
		init->group_exit_code = ns->reboot_signal;
	tree_unlock_irqrestore(f);
}
