/* ipc_namespaces(7): objects of System V IPC and POSIX message queues of one's own. */
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "proc/ipc.h"
#include "proc/ns.h"

struct ipc_space init_ipc;

static struct ns_common *ipc_copy(struct ns_common *old, const struct cred *maker);

static struct ipc_space *space_of(struct ns_common *ns)
{
	return container_of(ns, struct ipc_space, ns.ns);
}

static void ipc_free(struct ns_common *ns)
{
	struct ipc_space *s = space_of(ns);

	mqueue_exit_ns(&s->ns);
	shm_exit_ns(s);
	sem_exit_ns(s);
	msg_exit_ns(s);
	kfree(s);
}

static const struct ns_type ipc_type = {
	.name = "ipc",
	.kind = NS_IPC,
	.flag = CLONE_NEWIPC,
	.copy = ipc_copy,
	.free = ipc_free,
};

static void init(struct ipc_space *s)
{
	mqueue_init_ns(&s->ns);
	shm_init_ns(s);
	sem_init_ns(s);
	msg_init_ns(s);
}

void ipc_init_first(void)
{
	init_ipc.ns.ns =
		(struct ns_common){.ref = {1}, .ino = NS_FIRST_INO + 7, .id = 1, .type = &ipc_type};
	init(&init_ipc);
	ns_register(&init_ipc.ns.ns);
}

static struct ns_common *ipc_copy(struct ns_common *old, const struct cred *maker)
{
	struct ns_common *ns = ns_new(sizeof(struct ipc_space), &ipc_type, maker);

	(void)old;
	if (!IS_ERR(ns))
		init(space_of(ns));
	return ns;
}

struct ipc_space *current_ipc(void)
{
	return space_of(current->vfs.ns->ns[NS_IPC]);
}
