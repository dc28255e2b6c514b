/* netdevice(7): questions about interfaces by ioctl, which any socket answers. There is "lo". */
#include "net/net_ns.h"
#include "net/socket.h"
#include "lib/string.h"
#include <linux/capability.h>
#include <linux/sockios.h>

#define LOOPBACK_INDEX 1
#define LOOPBACK_MTU   65536

static bool is_question(unsigned cmd)
{
	switch (cmd) {
	case SIOCGIFNAME:
	case SIOCGIFINDEX:
	case SIOCGIFFLAGS:
	case SIOCGIFMTU:
	case SIOCGIFHWADDR:
	case SIOCGIFTXQLEN:
	case SIOCGIFMETRIC:
		return true;
	}
	return false;
}

/* SIOCSIFFLAGS: lo is up and stays up, and in other namespaces than the first down. */
static long set_flags(const struct socket *s, const struct ifreq_k *r)
{
	if (!socket_capable(socket_user_ns(s), CAP_NET_ADMIN))
		return -EPERM;
	if (strncmp(r->name, "lo", sizeof(r->name)))
		return -ENODEV;
	return !!(r->flags & IF_FLAG_UP) == !s->ns ? 0 : -EOPNOTSUPP;
}

long socket_ifreq(const struct socket *s, unsigned cmd, struct ifreq_k *r)
{
	if (cmd == SIOCSIFFLAGS)
		return set_flags(s, r);
	if (!is_question(cmd))
		return -ENOTTY;
	if (cmd == SIOCGIFNAME) {
		if (r->number != LOOPBACK_INDEX)
			return -ENODEV;
		memset(r->name, 0, sizeof(r->name));
		memcpy(r->name, "lo", 3);
		return 0;
	}
	r->name[IF_NAME_SIZE - 1] = '\0';
	if (strcmp(r->name, "lo"))
		return -ENODEV;
	memset(r->pad, 0, sizeof(r->pad));
	switch (cmd) {
	case SIOCGIFINDEX:
		r->number = LOOPBACK_INDEX;
		break;
	case SIOCGIFFLAGS:
		r->flags = s->ns ? IF_FLAGS_LOOPBACK_DOWN : IF_FLAGS_LOOPBACK;
		break;
	case SIOCGIFMTU:
		r->number = LOOPBACK_MTU;
		break;
	case SIOCGIFHWADDR:
		r->address_family = IF_TYPE_LOOPBACK;
		break;
	case SIOCGIFTXQLEN:
		r->number = 1000;
		break;
	}
	return 0;
}
