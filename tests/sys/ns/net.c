/* SPDX-License-Identifier: Apache-2.0 */
/* network_namespaces(7): names of AF_UNIX, /proc/net, and a loopback that is down. */
#include "test.h"
#include "ns_common.h"
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

static const struct sockaddr_un name = {AF_UNIX, "\0t-ns-net"};
#define NAME_LEN (offsetof(struct sockaddr_un, sun_path) + 9)

static int unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static void names(void)
{
	int outer = T_OK(unix_socket()), own = T_OK(ns_open("self", "net"));
	struct sockaddr_un path = {AF_UNIX, "by-path"};
	int file = T_OK(unix_socket());

	T_OK(bind(outer, (const void *)&name, NAME_LEN));
	T_OK(listen(outer, 1));
	T_OK(bind(file, (void *)&path, sizeof(path)));
	T_OK(listen(file, 1));
	T_TRUE(strstr(read_text("/proc/self/net/unix"), "@t-ns-net") != NULL);
	T_CHILD
	{
		int before = T_OK(unix_socket()), s;

		T_NEED(sys_unshare(CLONE_NEWNET));
		T_NE(ns_number("self", "net"), fd_number(own));
		s = T_OK(unix_socket());
		T_ERR(connect(s, (const void *)&name, NAME_LEN), ECONNREFUSED);
		T_TRUE(!strstr(read_text("/proc/self/net/unix"), "@t-ns-net"));
		/* A socket stays where it was made. */
		T_OK(connect(before, (const void *)&name, NAME_LEN));
		/* Files are no matter of networks. */
		T_OK(connect(s, (void *)&path, sizeof(path)));
		s = T_OK(unix_socket());
		T_OK(bind(s, (const void *)&name, NAME_LEN));
		T_OK(listen(s, 1));
		T_TRUE(strstr(read_text("/proc/self/net/unix"), "@t-ns-net") != NULL);
		T_OK(sys_setns(own, CLONE_NEWNET));
		T_EQ(ns_number("self", "net"), fd_number(own));
		s = T_OK(unix_socket());
		T_ERR(bind(s, (const void *)&name, NAME_LEN), EADDRINUSE);
	}
	T_OK(unlink("by-path"));
	close(file);
	close(outer);
	close(own);
}

static void loopback(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(5007)}, got;
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_port = htons(5007)};
	int tcp = T_OK(socket(AF_INET, SOCK_STREAM, 0)), s;
	int udp = T_OK(socket(AF_INET, SOCK_DGRAM, 0));
	struct ifreq r = {.ifr_name = "lo"};
	socklen_t len = sizeof(got);
	char c;

	T_OK(ioctl(udp, SIOCGIFFLAGS, &r));
	T_EQ(r.ifr_flags & (IFF_UP | IFF_LOOPBACK), IFF_LOOPBACK);
	T_ERR(ioctl(udp, SIOCGIFADDR, &r), EADDRNOTAVAIL);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	T_ERR(connect(tcp, (void *)&a, sizeof(a)), ENETUNREACH);
	T_ERR(connect(udp, (void *)&a, sizeof(a)), ENETUNREACH);
	T_ERR(sendto(udp, "x", 1, 0, (void *)&a, sizeof(a)), ENETUNREACH);
	T_ERR(send(udp, "x", 1, 0), EDESTADDRREQ);
	T_ERR(send(tcp, "x", 1, MSG_NOSIGNAL), EPIPE);
	a.sin_addr.s_addr = htonl(INADDR_ANY);
	T_OK(bind(tcp, (void *)&a, sizeof(a)));
	T_ERR(bind(tcp, (void *)&a, sizeof(a)), EINVAL);
	T_OK(getsockname(tcp, (void *)&got, &len));
	T_EQ(ntohs(got.sin_port), 5007);
	T_ERR(getpeername(tcp, (void *)&got, &len), ENOTCONN);
	s = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_ERR(bind(s, (void *)&a, sizeof(a)), EADDRINUSE);
	T_ERR(accept4(tcp, NULL, NULL, 0), EINVAL);
	T_OK(listen(tcp, 1));
	T_OK(fcntl(tcp, F_SETFL, O_NONBLOCK));
	T_ERR(accept4(tcp, NULL, NULL, 0), EAGAIN);
	/* Sending gave it a port. */
	T_ERR(bind(udp, (void *)&a, sizeof(a)), EINVAL);
	T_ERR(recv(udp, &c, 1, MSG_DONTWAIT), EAGAIN);
	close(s);
	s = socket(AF_INET6, SOCK_STREAM, 0);
	if (s >= 0) {
		a6.sin6_addr = in6addr_loopback;
		T_ERR(bind(s, (void *)&a6, sizeof(a6)), EADDRNOTAVAIL);
		T_ERR(connect(s, (void *)&a6, sizeof(a6)), EADDRNOTAVAIL);
		close(s);
	}
	T_STR(read_text("/proc/self/net/if_inet6"), "");
	close(tcp);
	close(udp);
}

/* A port here and there are two; what is sent there does not come here. */
static void ports(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	int outer = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), go[2], ready[2], child;
	socklen_t len = sizeof(a);
	char c;

	T_OK(bind(outer, (void *)&a, sizeof(a)));
	T_OK(getsockname(outer, (void *)&a, &len));
	T_OK(pipe(go));
	T_OK(pipe(ready));
	child = T_OK(sys_clone(CLONE_NEWNET));
	if (!child) {
		int s = T_OK(socket(AF_INET, SOCK_DGRAM, 0));

		T_OK(bind(s, (void *)&a, sizeof(a)));
		T_EQ(write(ready[1], "r", 1), 1);
		T_EQ(read(go[0], &c, 1), 1);
		T_ERR(recv(s, &c, 1, MSG_DONTWAIT), EAGAIN);
		_exit(0);
	}
	T_EQ(read(ready[0], &c, 1), 1);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (sendto(outer, "x", 1, 0, (void *)&a, sizeof(a)) == 1)
		T_EQ(recv(outer, &c, 1, 0), 1);
	else
		T_SKIP_ONE("no loopback here");
	T_EQ(write(go[1], "g", 1), 1);
	T_WAIT(child, 0);
	close(outer);
}

TEST_MAIN
{
	T_NEED_ROOT();
	T_NEED_UNSHARE(CLONE_NEWNET);
	names();
	T_CHILD
	{
		T_NEED(sys_unshare(CLONE_NEWNET));
		loopback();
	}
	ports();
	T_AS_USER
	{
		T_ERR(sys_unshare(CLONE_NEWNET), EPERM);
		T_OK(prctl(PR_SET_DUMPABLE, 1));
		T_OK(sys_unshare(CLONE_NEWUSER | CLONE_NEWNET));
		loopback();
	}
}
