/* Credentials of tasks, capabilities(7), and the counts kept per real user id. */
#include "proc/pid.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/user_ns.h"
#include <linux/capability.h>
#include <linux/securebits.h>

#define CAP_BIT(c) BIT(c)
/* What a change of fsuid moves: the file-system capabilities. */
#define CAP_FS_SET                                                                  \
	(CAP_BIT(CAP_CHOWN) | CAP_BIT(CAP_MKNOD) | CAP_BIT(CAP_DAC_OVERRIDE) |      \
	 CAP_BIT(CAP_DAC_READ_SEARCH) | CAP_BIT(CAP_FOWNER) | CAP_BIT(CAP_FSETID) | \
	 CAP_BIT(CAP_LINUX_IMMUTABLE) | CAP_BIT(CAP_MAC_OVERRIDE))

int suid_dumpable;

static spinlock_t accounts_lock = SPINLOCK_INIT(RANK_LEAF, "accounts");
static struct list_head accounts = LIST_INIT(accounts);

static struct user_account *account_find(u32 uid)
{
	struct user_account *u;

	list_for_each_entry (u, &accounts, node)
		if (u->uid == uid) {
			ref_get(&u->ref);
			return u;
		}
	return NULL;
}

struct user_account *user_account_get(u32 uid)
{
	unsigned long f = spin_lock_irqsave(&accounts_lock);
	struct user_account *u = account_find(uid), *fresh;

	spin_unlock_irqrestore(&accounts_lock, f);
	if (u)
		return u;
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return NULL;
	fresh->uid = uid;
	ref_init(&fresh->ref, 1);
	f = spin_lock_irqsave(&accounts_lock);
	u = account_find(uid);
	if (!u) {
		list_add(&fresh->node, &accounts);
		u = fresh;
		fresh = NULL;
	}
	spin_unlock_irqrestore(&accounts_lock, f);
	kfree(fresh);
	return u;
}

void user_account_put(struct user_account *u)
{
	unsigned long f = spin_lock_irqsave(&accounts_lock);
	bool is_last = ref_put(&u->ref);

	if (is_last)
		list_del(&u->node);
	spin_unlock_irqrestore(&accounts_lock, f);
	if (is_last)
		kfree(u);
}

struct cred *cred_dup(const struct cred *c)
{
	struct cred *n = kmalloc(sizeof(*n), GFP_KERNEL);

	if (!n)
		return NULL;
	*n = *c;
	ref_init(&n->ref, 1);
	user_ns_get(n->user_ns);
	if (c->nr_groups) {
		n->groups = kmalloc(c->nr_groups * sizeof(u32), GFP_KERNEL);
		if (!n->groups) {
			user_ns_put(n->user_ns);
			kfree(n);
			return NULL;
		}
		memcpy(n->groups, c->groups, c->nr_groups * sizeof(u32));
	} else {
		n->groups = NULL;
	}
	return n;
}

/* The task's count moves to its new user; over the limit, the next execve fails (execve(2),
 * EAGAIN). */
static void move_account(struct task *t, const struct cred *c)
{
	struct user_account *to = user_account_get(c->uid), *from;
	unsigned long f;

	if (!to)
		return; /* the old user goes on paying */
	f = tree_lock_irqsave();
	spin_lock(&t->process->sighand_lock); /* senders charge the account under it */
	from = t->user;
	t->user = to;
	spin_unlock(&t->process->sighand_lock);
	tree_unlock_irqrestore(f);
	atomic_sub(&from->nr_tasks, 1);
	t->is_over_nproc = atomic_add(&to->nr_tasks, 1) > task_rlimit(t, RLIMIT_NPROC) && c->uid;
	user_account_put(from);
}

void task_set_cred(struct task *t, struct cred *c)
{
	const struct cred *old = t->real_cred;
	unsigned long f;

	if (old->euid != c->euid || old->egid != c->egid || old->fsuid != c->fsuid ||
	    old->fsgid != c->fsgid || !cred_caps_are_within(old, c)) {
		if (t->mm)
			WRITE_ONCE(t->mm->dumpable, (u32)suid_dumpable);
		t->exit_signal_on_death = 0;
	}
	if (old->uid != c->uid)
		move_account(t, c);
	f = tree_lock_irqsave();
	t->real_cred = c;
	t->vfs.cred = c;
	t->maps_ids = c->user_ns != &init_user_ns;
	tree_unlock_irqrestore(f);
	if (t->mm)
		arch_mm_set_owner(&t->mm->arch, c->euid);
	cred_put(old);
}

bool task_capable(unsigned cap)
{
	return cred_has_cap(current->real_cred, cap);
}

bool task_capable_in(const struct user_ns *u, unsigned cap)
{
	return cred_capable_in(current->real_cred, u, cap);
}

void cred_fix_uids(struct cred *c, const struct cred *old)
{
	u32 root = make_kuid(c->user_ns, 0);
	bool had_root = old->uid == root || old->euid == root || old->suid == root;
	bool has_root = c->uid == root || c->euid == root || c->suid == root;

	if (c->securebits & BIT(SECURE_NO_SETUID_FIXUP))
		return;
	if (had_root && !has_root) {
		if (!(c->securebits & BIT(SECURE_KEEP_CAPS))) {
			c->cap_permitted = 0;
			c->cap_effective = 0;
		}
		c->cap_ambient = 0;
	}
	if (old->euid == root && c->euid != root)
		c->cap_effective = 0;
	if (old->euid != root && c->euid == root)
		c->cap_effective = c->cap_permitted;
}

void cred_fix_fsuid(struct cred *c, const struct cred *old)
{
	u32 root = make_kuid(c->user_ns, 0);

	if (c->securebits & BIT(SECURE_NO_SETUID_FIXUP))
		return;
	if (old->fsuid == root && c->fsuid != root)
		c->cap_effective &= ~CAP_FS_SET;
	if (old->fsuid != root && c->fsuid == root)
		c->cap_effective |= c->cap_permitted & CAP_FS_SET;
}

bool task_has_own_cap(unsigned cap)
{
	return cred_has_own_cap(current->real_cred, cap);
}

bool cred_may_ptrace(u32 uid, u32 gid, const struct cred *c)
{
	const struct cred *me = current->real_cred;
	bool same_ids = uid == c->euid && uid == c->suid && uid == c->uid && gid == c->egid &&
			gid == c->sgid && gid == c->gid;

	if (same_ids && me->user_ns == c->user_ns && !(c->cap_permitted & ~me->cap_permitted))
		return true;
	return cred_capable_in(me, c->user_ns, CAP_SYS_PTRACE);
}

bool mm_may_ptrace(const struct mm *m)
{
	const struct cred *me = current->real_cred;

	return READ_ONCE(m->dumpable) == 1 || cred_has_cap(me, CAP_SYS_PTRACE) ||
	       (m->user_ns_id == me->user_ns->ns.id && cred_has_own_cap(me, CAP_SYS_PTRACE));
}

int task_may_access(struct task *t)
{
	const struct cred *me = current->real_cred, *c;
	bool ok;

	if (t->process == current->process)
		return 0;
	c = task_get_cred(t);
	ok = cred_may_ptrace(me->uid, me->gid, c);
	cred_put(c);
	return ok ? 0 : -EPERM;
}
