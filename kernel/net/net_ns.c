#include "net/net_ns.h"
#include "lib/err.h"
#include "mm/kmalloc.h"
#include "net/socket.h"
#include <linux/sched.h>

static struct ns_common *net_copy(struct ns_common *old, const struct cred *maker);

static void net_free(struct ns_common *ns)
{
	kfree(ns);
}

static const struct ns_type net_type = {
	.name = "net",
	.kind = NS_NET,
	.flag = CLONE_NEWNET,
	.copy = net_copy,
	.free = net_free,
};

struct ns_common init_net = {.ref = {1}, .ino = NS_FIRST_INO + 1, .id = 1, .type = &net_type};

static struct ns_common *net_copy(struct ns_common *old, const struct cred *maker)
{
	(void)old;
	return ns_new(sizeof(struct ns_common), &net_type, maker);
}

void net_ns_init(void)
{
	ns_register(&init_net);
}

void socket_set_ns(struct socket *s, struct ns_common *ns)
{
	s->ns = ns && ns != &init_net ? ns_get(ns) : NULL;
}

const struct user_ns *socket_user_ns(const struct socket *s)
{
	return s->ns ? s->ns->owner : &init_user_ns;
}
