/* SPDX-License-Identifier: Apache-2.0 */
/* sock_diag(7): sockets of AF_INET, AF_INET6 and AF_UNIX are told of; and rtnetlink(7)'s dumps of
 * addresses and routes. */
#include "inet_common.h"
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/un.h>

static char answer[65536];

/* Sends a request and calls `see` with each message of the answer; the error that ends it. */
static int ask(int protocol, int type, int flags, const void *body, size_t len,
	       void (*see)(const struct nlmsghdr *h))
{
	struct {
		struct nlmsghdr h;
		char body[128];
	} req = {.h = {.nlmsg_len = (unsigned)NLMSG_LENGTH(len),
		       .nlmsg_type = (unsigned short)type,
		       .nlmsg_flags = (unsigned short)(NLM_F_REQUEST | flags),
		       .nlmsg_seq = 5}};
	int fd = T_NEED(socket(AF_NETLINK, SOCK_RAW, protocol)), err = 1;

	memcpy(req.body, body, len);
	T_EQ(send(fd, &req, req.h.nlmsg_len, 0), req.h.nlmsg_len);
	while (err == 1) {
		int n = (int)T_OK(recv(fd, answer, sizeof(answer), 0));
		struct nlmsghdr *h = (void *)answer;

		for (; NLMSG_OK(h, (unsigned)n) && err == 1; h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_type == NLMSG_DONE)
				err = 0;
			else if (h->nlmsg_type == NLMSG_ERROR)
				err = ((struct nlmsgerr *)NLMSG_DATA(h))->error;
			else if (see)
				see(h);
			if (!(h->nlmsg_flags & NLM_F_MULTI) && err == 1)
				err = 0;
		}
	}
	close(fd);
	return err;
}

static struct {
	unsigned port, inode, state, queue, nr;
} seen, want;

static void see_inet(const struct nlmsghdr *h)
{
	const struct inet_diag_msg *d = NLMSG_DATA(h);

	T_EQ(h->nlmsg_type, SOCK_DIAG_BY_FAMILY);
	if (ntohs(d->id.idiag_sport) != want.port || d->idiag_state != want.state)
		return;
	seen.nr++;
	seen.inode = d->idiag_inode;
	seen.queue = d->idiag_wqueue;
}

static unsigned inode_of(int fd)
{
	struct stat st;

	T_OK(fstat(fd, &st));
	return (unsigned)st.st_ino;
}

static void inet(void)
{
	struct inet_diag_req_v2 r = {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP};
	unsigned port;
	int l = i_listen(&port), c, u = T_OK(socket(AF_INET, SOCK_DGRAM, 0));

	r.idiag_states = 1u << 10;
	want.port = port;
	want.state = 10;
	T_EQ(ask(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof(r), see_inet), 0);
	T_EQ(seen.nr, 1);
	T_EQ(seen.inode, inode_of(l));
	T_EQ(seen.queue, 5); /* the backlog */
	c = i_connect(port);
	r.idiag_states = ~0u;
	want.state = 1;
	seen.nr = 0;
	T_EQ(ask(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof(r), see_inet), 0);
	T_EQ(seen.nr, 1); /* the other end, which nobody has accepted */
	r.sdiag_protocol = IPPROTO_UDP;
	want.port = i_bind(u);
	want.state = 7;
	seen.nr = 0;
	T_EQ(ask(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof(r), see_inet), 0);
	T_EQ(seen.nr, 1);
	T_EQ(seen.inode, inode_of(u));
	T_ERR(ask(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, 4, see_inet)
		      ? (errno = EINVAL, -1)
		      : 0,
	      EINVAL);
	close(l);
	close(c);
	close(u);
}

static void see_unix(const struct nlmsghdr *h)
{
	const struct unix_diag_msg *d = NLMSG_DATA(h);

	if (d->udiag_ino == want.inode) {
		seen.nr++;
		seen.state = d->udiag_state;
	}
}

static void local(void)
{
	struct unix_diag_req r = {.sdiag_family = AF_UNIX, .udiag_states = ~0u};
	int p[2];

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
	want.inode = inode_of(p[1]);
	seen.nr = 0;
	r.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN;
	T_EQ(ask(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof(r), see_unix), 0);
	T_EQ(seen.nr, 1);
	T_EQ(seen.state, 1);
	close(p[0]);
	close(p[1]);
}

static void see_addr(const struct nlmsghdr *h)
{
	const struct ifaddrmsg *a = NLMSG_DATA(h);

	if (a->ifa_index != 1)
		return;
	T_EQ(a->ifa_scope, RT_SCOPE_HOST);
	seen.nr++;
}

static void see_route(const struct nlmsghdr *h)
{
	const struct rtmsg *t = NLMSG_DATA(h);

	T_EQ(h->nlmsg_type, RTM_NEWROUTE);
	if (t->rtm_type == RTN_LOCAL)
		seen.nr++;
}

static void routes(void)
{
	struct rtgenmsg g = {.rtgen_family = AF_UNSPEC};
	struct {
		struct rtmsg t;
		struct rtattr a;
		unsigned char dst[4];
	} to = {.t = {.rtm_family = AF_INET, .rtm_dst_len = 32}, .dst = {127, 0, 0, 9}};

	seen.nr = 0;
	T_EQ(ask(NETLINK_ROUTE, RTM_GETADDR, NLM_F_DUMP, &g, sizeof(g), see_addr), 0);
	T_EQ(seen.nr, 2);
	seen.nr = 0;
	T_EQ(ask(NETLINK_ROUTE, RTM_GETROUTE, NLM_F_DUMP, &g, sizeof(g), see_route), 0);
	T_CMP(seen.nr, >=, 3);
	to.a = (struct rtattr){.rta_len = RTA_LENGTH(4), .rta_type = RTA_DST};
	seen.nr = 0;
	T_EQ(ask(NETLINK_ROUTE, RTM_GETROUTE, 0, &to, sizeof(to), see_route), 0);
	T_EQ(seen.nr, 1);
	T_AS_USER
	{
		struct ifinfomsg i = {.ifi_index = 1, .ifi_flags = 1, .ifi_change = 1};

		T_EQ(ask(NETLINK_ROUTE, RTM_NEWLINK, NLM_F_ACK, &i, sizeof(i), NULL), -EPERM);
	}
}

TEST_MAIN
{
	inet();
	local();
	routes();
}
