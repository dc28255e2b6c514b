/*
 * NUMA policies on a machine with one node, 0: set_mempolicy(2), get_mempolicy(2), mbind(2),
 * set_mempolicy_home_node(2), migrate_pages(2), move_pages(2). Arguments are checked as on any
 * machine; every page is on node 0 and stays there.
 */
#include "sys/syscall.h"
#include <linux/capability.h>
#include <linux/mempolicy.h>

#define MAX_NODES  64 /* what a mask may name */
#define NR_NODES   1
#define NODE_0	   1ul
#define MODE_FLAGS (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES | MPOL_F_NUMA_BALANCING)
#define MODE_MAX   7 /* MPOL_WEIGHTED_INTERLEAVE, 6, is the last (Linux 6.9) */
#define STAT_CHUNK 16

/* A mask of `maxnode` - 1 bits: set_mempolicy(2). Bits of nodes that cannot be are -EINVAL. */
static int get_nodes(u64 *nodes, uaddr_t mask, unsigned long maxnode)
{
	unsigned long bits = maxnode - 1, words, i;

	*nodes = 0;
	if (!bits || !mask.v)
		return 0;
	if (bits > PAGE_SIZE * 8)
		return -EINVAL;
	words = DIV_ROUND_UP(bits, 64);
	for (i = 0; i < words; i++) {
		u64 word;

		if (copy_from_user(&word, uaddr_add(mask, i * 8), 8))
			return -EFAULT;
		if (i == words - 1 && bits % 64)
			word &= (1ul << (bits % 64)) - 1;
		if (i && word)
			return -EINVAL;
		if (!i)
			*nodes = word;
	}
	return 0;
}

/* Nodes of a policy as mask of `maxnode` - 1 bits; what lies beyond is zero. */
static int put_nodes(uaddr_t mask, unsigned long maxnode, u64 nodes)
{
	unsigned long bytes = ALIGN_UP(maxnode - 1, 64) / 8, i;

	if (bytes > 8 && bytes > PAGE_SIZE)
		return -EINVAL;
	for (i = 0; i < bytes; i += 8) {
		u64 word = i ? 0 : nodes;

		if (copy_to_user(uaddr_add(mask, i), &word, 8))
			return -EFAULT;
	}
	return 0;
}

static int check_mode(unsigned long mode)
{
	unsigned long flags = mode & MODE_FLAGS;

	mode &= ~(unsigned long)MODE_FLAGS;
	if (mode >= MODE_MAX)
		return -EINVAL;
	if ((flags & MPOL_F_STATIC_NODES) && (flags & MPOL_F_RELATIVE_NODES))
		return -EINVAL;
	if ((flags & MPOL_F_NUMA_BALANCING) && mode != MPOL_BIND)
		return -EINVAL;
	return 0;
}

/* The policy that mode and nodes make: set_mempolicy(2), ERRORS. */
static int make_policy(struct mempolicy *policy, unsigned long mode_flags, u64 nodes)
{
	unsigned long mode = mode_flags & ~(unsigned long)MODE_FLAGS;
	bool is_special = mode_flags & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES);

	*policy = (struct mempolicy){0};
	switch (mode) {
	case MPOL_DEFAULT:
		return nodes ? -EINVAL : 0;
	case MPOL_PREFERRED:
		if (!nodes && is_special)
			return -EINVAL;
		if (!nodes)
			mode_flags = (mode_flags & MODE_FLAGS) | MPOL_LOCAL;
		break;
	case MPOL_LOCAL:
		if (nodes || is_special)
			return -EINVAL;
		break;
	default:
		if (!nodes)
			return -EINVAL;
	}
	/* Relative nodes fold onto those there are; of the others one must exist. */
	if (nodes && !(mode_flags & MPOL_F_RELATIVE_NODES) && !(nodes & NODE_0))
		return fail(EINVAL, "none of the nodes exists");
	policy->mode = (u32)mode_flags;
	policy->nodes = nodes;
	return 0;
}

static int get_policy_args(struct mempolicy *policy, unsigned long mode, uaddr_t mask,
			   unsigned long maxnode, u64 *nodes)
{
	int err = check_mode(mode);

	(void)policy;
	return err ? err : get_nodes(nodes, mask, maxnode);
}

long sys_set_mempolicy(int mode, uaddr_t mask, unsigned long maxnode)
{
	struct mempolicy policy;
	u64 nodes;
	int err = get_policy_args(&policy, (unsigned)mode, mask, maxnode, &nodes);

	if (!err)
		err = make_policy(&policy, (unsigned)mode, nodes);
	if (!err)
		current->mempolicy = policy;
	return err;
}

long sys_mbind(unsigned long start, unsigned long len, unsigned long mode, uaddr_t mask,
	       unsigned long maxnode, unsigned int flags)
{
	unsigned long end = start + ALIGN_UP(len, PAGE_SIZE);
	struct mempolicy policy;
	u64 nodes;
	int err = get_policy_args(&policy, mode, mask, maxnode, &nodes);

	if (err)
		return err;
	if (flags & ~(unsigned)(MPOL_MF_STRICT | MPOL_MF_MOVE | MPOL_MF_MOVE_ALL))
		return -EINVAL;
	if ((flags & MPOL_MF_MOVE_ALL) && !task_capable(CAP_SYS_NICE))
		return -EPERM;
	if ((start & ~PAGE_MASK) || end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	err = make_policy(&policy, mode, nodes);
	return err ? err : mm_set_policy(current->mm, start, end, &policy);
}

long sys_set_mempolicy_home_node(unsigned long start, unsigned long len, unsigned long home_node,
				 unsigned long flags)
{
	unsigned long end = start + ALIGN_UP(len, PAGE_SIZE);

	if ((start & ~PAGE_MASK) || flags || home_node >= NR_NODES || end < start)
		return -EINVAL;
	return end == start ? 0 : mm_set_home_node(current->mm, start, end, (unsigned)home_node);
}

/* What get_mempolicy(2) shows as nodes of a policy. */
static u64 shown_nodes(const struct mempolicy *policy)
{
	u32 mode = policy->mode & ~(u32)MODE_FLAGS;

	if (policy->mode & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES))
		return policy->nodes;
	return mode == MPOL_DEFAULT || mode == MPOL_LOCAL ? 0 : NODE_0;
}

/* MPOL_F_NODE: a node in place of the policy. */
static int node_of(const struct mempolicy *policy, unsigned long addr, unsigned long flags)
{
	struct page *p;
	u32 mode = policy->mode & ~(u32)MODE_FLAGS;

	if (!(flags & MPOL_F_ADDR))
		return mode == MPOL_INTERLEAVE || mode == MODE_MAX - 1 ? 0 : -EINVAL;
	p = mm_pin_page(current->mm, addr, false);
	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	page_put(p);
	return 0;
}

long sys_get_mempolicy(uaddr_t mode, uaddr_t mask, unsigned long maxnode, unsigned long addr,
		       unsigned long flags)
{
	struct mempolicy policy = current->mempolicy;
	int shown, err;
	u64 nodes;

	if ((mask.v && maxnode < NR_NODES) ||
	    (flags & ~(unsigned long)(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED)))
		return -EINVAL;
	if (flags & MPOL_F_MEMS_ALLOWED) {
		if (flags & (MPOL_F_NODE | MPOL_F_ADDR))
			return -EINVAL;
		shown = 0;
		nodes = NODE_0;
	} else {
		if (flags & MPOL_F_ADDR) {
			struct mempolicy own;

			if (!mm_get_policy(current->mm, addr, &own))
				return -EFAULT;
			if (own.mode)
				policy = own;
		} else if (addr) {
			return -EINVAL;
		}
		shown = (int)policy.mode;
		nodes = shown_nodes(&policy);
		if (flags & MPOL_F_NODE) {
			shown = node_of(&policy, addr, flags);
			if (shown < 0)
				return shown;
		}
	}
	if (mode.v && copy_to_user(mode, &shown, sizeof(shown)))
		return -EFAULT;
	err = mask.v ? put_nodes(mask, maxnode, nodes) : 0;
	return err;
}

/* The task that `pid` names (0: the caller) if its pages may be moved; referenced, ERR_PTR. */
static struct task *movable_task(int pid)
{
	struct task *t;
	int err;

	if (!pid) {
		ref_get(&current->ref);
		return current;
	}
	t = task_find(pid);
	if (!t)
		return ERR_PTR(-ESRCH);
	err = task_may_access(t);
	if (err) {
		task_put(t);
		return ERR_PTR(err);
	}
	return t;
}

long sys_migrate_pages(int pid, unsigned long maxnode, uaddr_t old_nodes, uaddr_t new_nodes)
{
	u64 old, new;
	struct task *t;
	struct mm *m;
	int err = get_nodes(&old, old_nodes, maxnode);

	if (!err)
		err = get_nodes(&new, new_nodes, maxnode);
	if (err)
		return err;
	t = movable_task(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	if ((new & ~NODE_0) && !task_capable(CAP_SYS_NICE))
		err = -EPERM;
	else if (!(new &NODE_0))
		err = fail(EINVAL, "no such node");
	m = err ? NULL : task_get_mm(t);
	task_put(t);
	if (err)
		return err;
	if (!m)
		return -EINVAL;
	mm_put(m);
	return 0; /* pages that are on another node: none */
}

/* Where one page of move_pages(2) is to go; 0 or an error that ends the call. */
static int check_target(uaddr_t nodes, unsigned long i)
{
	int node;

	if (copy_from_user(&node, uaddr_add(nodes, i * sizeof(node)), sizeof(node)))
		return -EFAULT;
	return node == 0 ? 0 : -ENODEV;
}

static long move_or_tell(struct mm *m, unsigned long count, uaddr_t pages, uaddr_t nodes,
			 uaddr_t status)
{
	bool is_compat = arch_in_compat_syscall();
	size_t size = is_compat ? 4 : 8;
	unsigned long i;

	for (i = 0; i < count; i++) {
		unsigned long addr = 0;
		int found, err;

		if (copy_from_user(&addr, uaddr_add(pages, i * size), size))
			return -EFAULT;
		err = nodes.v ? check_target(nodes, i) : 0;
		if (err)
			return err;
		found = mm_page_status(m, addr);
		if (copy_to_user(uaddr_add(status, i * sizeof(found)), &found, sizeof(found)))
			return -EFAULT;
		if (i % STAT_CHUNK == 0) {
			cond_resched();
			if (thread_test_flags(this_thread(), TIF_KILLED))
				return -EINTR;
		}
	}
	return 0;
}

long sys_move_pages(int pid, unsigned long count, uaddr_t pages, uaddr_t nodes, uaddr_t status,
		    int flags)
{
	struct task *t;
	struct mm *m;
	long ret;

	if (flags & ~(MPOL_MF_MOVE | MPOL_MF_MOVE_ALL))
		return -EINVAL;
	if ((flags & MPOL_MF_MOVE_ALL) && !task_capable(CAP_SYS_NICE))
		return -EPERM;
	t = movable_task(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	m = task_get_mm(t);
	task_put(t);
	if (!m)
		return -EINVAL;
	ret = move_or_tell(m, count, pages, nodes, status);
	mm_put(m);
	return ret;
}
