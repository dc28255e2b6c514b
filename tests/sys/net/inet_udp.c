/* SPDX-License-Identifier: Apache-2.0 */
/* udp(7) and raw(7) on the loopback. */
#include "inet_common.h"
#include <netinet/udp.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sys/ioctl.h>

static void datagrams(void)
{
	int a = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), b = T_OK(socket(AF_INET, SOCK_DGRAM, 0));
	struct sockaddr_in to = i_loopback(i_bind(a)), from, none = {.sin_family = AF_UNSPEC};
	socklen_t len = sizeof(from);
	char buf[8];
	int n;

	T_ERR(send(b, "x", 1, 0), EDESTADDRREQ);
	T_ERR(recv(a, buf, 1, MSG_DONTWAIT), EAGAIN);
	T_EQ(i_poll(a, POLLIN | POLLOUT), POLLOUT);
	T_EQ(sendto(b, "hello", 5, 0, (void *)&to, sizeof(to)), 5);
	T_EQ(sendto(b, "", 0, 0, (void *)&to, sizeof(to)), 0);
	T_EQ(i_wait(a, POLLIN), POLLIN);
	T_OK(ioctl(a, FIONREAD, &n));
	T_EQ(n, 5);
	T_EQ(recvfrom(a, buf, 3, MSG_PEEK | MSG_TRUNC, (void *)&from, &len), 5);
	T_EQ(recvfrom(a, buf, 3, 0, (void *)&from, &len), 3);
	T_EQ(len, sizeof(from));
	T_EQ(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	T_EQ(recv(a, buf, sizeof(buf), 0), 0); /* the empty one */
	T_OK(connect(b, (void *)&to, sizeof(to)));
	T_EQ(send(b, "x", 1, 0), 1);
	T_EQ(recv(a, buf, sizeof(buf), 0), 1);
	/* Connected: others are not heard. */
	T_OK(getsockname(b, (void *)&from, &len));
	T_EQ(sendto(a, "y", 1, 0, (void *)&from, sizeof(from)), 1);
	T_EQ(recv(b, buf, sizeof(buf), 0), 1);
	T_OK(connect(b, (void *)&none, sizeof(none)));
	T_ERR(getpeername(b, (void *)&from, &len), ENOTCONN);
	/* Nobody there: the next call hears of it. */
	T_OK(connect(b, (void *)&to, sizeof(to)));
	close(a);
	T_EQ(send(b, "x", 1, 0), 1);
	T_ERR(recv(b, buf, 1, 0), ECONNREFUSED);
	close(b);
}

/* MSG_MORE and UDP_CORK hold a datagram back. */
static void more(void)
{
	int a = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), b = T_OK(socket(AF_INET, SOCK_DGRAM, 0));
	struct sockaddr_in to = i_loopback(i_bind(a));
	char buf[16], bytes[CMSG_SPACE(sizeof(int))] = "";
	int on = 1;
	struct iovec iov = {"z", 1};
	struct cmsghdr *c = (void *)bytes;
	struct msghdr m = {&to, sizeof(to), &iov, 1, bytes, CMSG_LEN(sizeof(int)), 0};

	T_EQ(sendto(b, "abc", 3, MSG_MORE, (void *)&to, sizeof(to)), 3);
	T_ERR(recv(a, buf, sizeof(buf), MSG_DONTWAIT), EAGAIN);
	T_EQ(sendto(b, "d", 1, 0, (void *)&to, sizeof(to)), 1);
	T_EQ(recv(a, buf, sizeof(buf), 0), 4);
	T_TRUE(!memcmp(buf, "abcd", 4));
	T_OK(setsockopt(b, IPPROTO_UDP, UDP_CORK, &on, sizeof(on)));
	T_EQ(sendto(b, "e", 1, 0, (void *)&to, sizeof(to)), 1);
	T_EQ(sendto(b, "f", 1, 0, (void *)&to, sizeof(to)), 1);
	T_ERR(recv(a, buf, sizeof(buf), MSG_DONTWAIT), EAGAIN);
	on = 0;
	T_OK(setsockopt(b, IPPROTO_UDP, UDP_CORK, &on, sizeof(on)));
	T_EQ(recv(a, buf, sizeof(buf), 0), 2);
	/* Control data that only AF_UNIX passes is overlooked; unknown data of IP's is not. */
	c->cmsg_len = CMSG_LEN(sizeof(int));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	T_EQ(sendmsg(b, &m, 0), 1);
	T_EQ(recv(a, buf, sizeof(buf), 0), 1);
	c->cmsg_level = SOL_IP;
	c->cmsg_type = 99;
	T_ERR(sendmsg(b, &m, 0), EINVAL);
	T_EQ(sendto(b, "g", 1, MSG_MORE, (void *)&to, sizeof(to)), 1);
	close(b);
	T_ERR(recv(a, buf, sizeof(buf), MSG_DONTWAIT), EAGAIN);
	close(a);
}

static void limits(void)
{
	static char big[70000];
	int a = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), b = T_OK(socket(AF_INET, SOCK_DGRAM, 0));
	struct sockaddr_in to = i_loopback(i_bind(a)), all = i_loopback(9);

	T_ERR(sendto(b, big, 65508, 0, (void *)&to, sizeof(to)), EMSGSIZE);
	T_EQ(sendto(b, big, 65507, 0, (void *)&to, sizeof(to)), 65507);
	T_EQ(recv(a, big, sizeof(big), 0), 65507);
	T_ERR(sendto(b, big, 1, 0, (void *)&to, 4), EINVAL);
	all.sin_addr.s_addr = htonl(INADDR_BROADCAST);
	T_ERR(sendto(b, big, 1, 0, (void *)&all, sizeof(all)), EACCES);
	T_ERR(sendto(b, big, 1, MSG_OOB, (void *)&to, sizeof(to)), EOPNOTSUPP);
	T_ERR(listen(a, 1), EOPNOTSUPP);
	T_ERR(accept(a, NULL, NULL), EOPNOTSUPP);
	T_ERR(shutdown(b, SHUT_RD), ENOTCONN);
	close(a);
	close(b);
}

static unsigned short sum(const void *data, size_t n)
{
	const unsigned short *p = data;
	unsigned s = 0;

	for (; n > 1; n -= 2)
		s += *p++;
	s = (s >> 16) + (s & 0xffff);
	return (unsigned short)~(s + (s >> 16));
}

/* What ping does: an echo request, and its reply with the IP header in front. */
static void echo(void)
{
	struct icmphdr request = {.type = ICMP_ECHO, .un.echo = {.id = 0x1234, .sequence = 7}};
	struct sockaddr_in to = i_loopback(0);
	unsigned char buf[200];
	struct icmphdr *reply;
	bool has_reply = false;
	int fd;

	T_AS_USER
	{
		T_ERR(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), EPERM);
	}
	T_ERR(socket(AF_INET, SOCK_RAW, 0), EPROTONOSUPPORT);
	fd = T_OK(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	request.checksum = sum(&request, sizeof(request));
	T_EQ(sendto(fd, &request, sizeof(request), 0, (void *)&to, sizeof(to)), sizeof(request));
	for (int i = 0; i < 4 && !has_reply; i++) {
		if (recv(fd, buf, sizeof(buf), 0) < 28)
			break;
		T_EQ(buf[0] >> 4, 4);
		reply = (void *)(buf + (buf[0] & 15) * 4);
		has_reply = reply->type == ICMP_ECHOREPLY && reply->un.echo.id == 0x1234 &&
			    reply->un.echo.sequence == 7;
	}
	T_TRUE(has_reply);
	close(fd);
}

TEST_MAIN
{
	datagrams();
	more();
	limits();
	echo();
}
