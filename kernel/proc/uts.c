/* uname(2)'s names: uts_namespaces(7). */
#include "proc/ns.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/sched.h>

spinlock_t uts_lock = SPINLOCK_INIT(RANK_LEAF, "uts");

static struct ns_common *uts_copy(struct ns_common *old, const struct cred *maker);

static void uts_free(struct ns_common *ns)
{
	kfree(container_of(ns, struct uts_ns, ns));
}

static const struct ns_type uts_type = {
	.name = "uts",
	.kind = NS_UTS,
	.flag = CLONE_NEWUTS,
	.copy = uts_copy,
	.free = uts_free,
};

struct uts_ns init_uts = {
	.ns = {.ref = {1}, .ino = NS_FIRST_INO + 6, .id = 1, .type = &uts_type},
	.name =
		{
			.sysname = "Linux",
			.nodename = "lstar",
			.release = "6.12.0-lstar",
			.version = "#1 SMP PREEMPT Lstar",
			.machine = "x86_64",
			.domainname = "(none)",
		},
};

static struct ns_common *uts_copy(struct ns_common *old, const struct cred *maker)
{
	struct uts_ns *from = container_of(old, struct uts_ns, ns);
	struct ns_common *ns = ns_new(sizeof(struct uts_ns), &uts_type, maker);
	unsigned long f;

	if (IS_ERR(ns))
		return ns;
	f = spin_lock_irqsave(&uts_lock);
	container_of(ns, struct uts_ns, ns)->name = from->name;
	spin_unlock_irqrestore(&uts_lock, f);
	return ns;
}

struct uts_ns *current_uts(void)
{
	return container_of(current->vfs.ns->ns[NS_UTS], struct uts_ns, ns);
}
