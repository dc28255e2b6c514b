/* ioctl(2) of AF_INET and AF_INET6 sockets: the queue, and netdevice(7) of the one interface, lo.
 * Called through sock_ops. */
#include "net/inet/inet.h"
#include <asm/ioctls.h>
#include <linux/sockios.h>

/* What socket_ifreq() cannot say: the addresses of this family. */
static int interface_request(const struct socket *s, unsigned cmd, struct ifreq_k *r)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	u32 addr;

	switch (cmd) {
	case SIOCGIFADDR:
		addr = INADDR_LOOPBACK;
		break;
	case SIOCGIFNETMASK:
		addr = 0xff000000;
		break;
	case SIOCGIFBRDADDR:
		addr = 0; /* none */
		break;
	default:
		return -ENOTTY;
	}
	if (strncmp(r->name, "lo", sizeof(r->name)))
		return -ENODEV;
	if (s->ns)
		return -EADDRNOTAVAIL; /* lo is down, and has none */
	in.sin_addr.s_addr = lwip_htonl(addr);
	memcpy(r->pad, &in, sizeof(in));
	return 0;
}

/* tcp(7), SIOCINQ: up to the mark of urgent data, when there is one. */
static long stream_bytes(const struct inet_sock *i)
{
	u32 ahead = i->urgent.seq - inet_read_seq(i);

	if (i->urgent.state && !(i->s.options & SOCK_OPT_OOBINLINE) && ahead < i->rx_bytes)
		return ahead;
	return i->rx_bytes;
}

static long queued_bytes(struct inet_sock *i)
{
	if (i->s.type == SOCK_STREAM)
		return i->state == INET_LISTEN ? -EINVAL : stream_bytes(i);
	return i->head ? i->head->p->tot_len : 0; /* udp(7): of the next datagram */
}

long inet_ioctl(struct socket *s, unsigned cmd, void *arg)
{
	struct inet_sock *i = inet_sk(s);
	u32 unsent;
	long n = 0;

	switch (cmd) {
	case SIOCINQ:
		inet_lock();
		n = queued_bytes(i);
		inet_unlock();
		break;
	case SIOCOUTQ:
		inet_lock();
		inet_tcp_report(i, &unsent);
		inet_unlock();
		n = unsent;
		break;
	case SIOCATMARK:
		if (s->type != SOCK_STREAM)
			return -ENOTTY;
		inet_lock();
		n = inet_urgent_at_mark(i);
		inet_unlock();
		break;
	default:
		return arg ? interface_request(s, cmd, arg) : -ENOTTY;
	}
	if (n < 0)
		return n;
	*(int *)arg = (int)n;
	return 0;
}
