/* SPDX-License-Identifier: Apache-2.0 */
/* Options at the levels IPPROTO_TCP and IPPROTO_IP, and netdevice(7) of lo. */
#include "inet_common.h"
#include <net/if.h>
#include <sys/ioctl.h>

static void tcp_level(void)
{
	int fd = T_OK(socket(AF_INET, SOCK_STREAM, 0)), u = T_OK(socket(AF_INET, SOCK_DGRAM, 0));
	struct tcp_info info;
	socklen_t len = sizeof(info);

	T_EQ(i_getopt(fd, IPPROTO_TCP, TCP_NODELAY), 0);
	T_OK(i_setopt(fd, IPPROTO_TCP, TCP_NODELAY, 1));
	T_EQ(i_getopt(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	T_EQ(i_getopt(fd, IPPROTO_TCP, TCP_KEEPIDLE), 7200);
	T_OK(i_setopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, 10));
	T_EQ(i_getopt(fd, IPPROTO_TCP, TCP_KEEPIDLE), 10);
	T_ERR(i_setopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, 0), EINVAL);
	T_ERR(i_setopt(fd, IPPROTO_TCP, TCP_KEEPCNT, 128), EINVAL);
	T_ERR(i_setopt(fd, IPPROTO_TCP, 9999, 1), ENOPROTOOPT);
	T_ERR(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, 2), EINVAL);
	T_OK(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len));
	T_EQ(info.tcpi_state, TCP_CLOSE);
	close(fd);
	close(u);
}

static void ip_level(void)
{
	int fd = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	unsigned char one = 9;

	T_EQ(i_getopt(fd, IPPROTO_IP, IP_TTL), 64);
	T_OK(i_setopt(fd, IPPROTO_IP, IP_TTL, 5));
	T_EQ(i_getopt(fd, IPPROTO_IP, IP_TTL), 5);
	T_OK(setsockopt(fd, IPPROTO_IP, IP_TTL, &one, 1));
	T_EQ(i_getopt(fd, IPPROTO_IP, IP_TTL), 9);
	T_ERR(i_setopt(fd, IPPROTO_IP, IP_TTL, 256), EINVAL);
	T_ERR(i_setopt(fd, IPPROTO_IP, 9999, 1), ENOPROTOOPT);
	T_EQ(i_getopt(fd, SOL_SOCKET, SO_DOMAIN), AF_INET);
	T_EQ(i_getopt(fd, SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
	T_EQ(i_getopt(fd, SOL_SOCKET, SO_ACCEPTCONN), 0);
	T_OK(listen(fd, 1));
	T_EQ(i_getopt(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	close(fd);
}

static void interface(void)
{
	int fd = T_OK(socket(AF_INET, SOCK_DGRAM, 0));
	struct ifreq r = {.ifr_name = "lo"};

	T_OK(ioctl(fd, SIOCGIFINDEX, &r));
	T_EQ(r.ifr_ifindex, 1);
	T_OK(ioctl(fd, SIOCGIFNAME, &r));
	T_STR(r.ifr_name, "lo");
	T_OK(ioctl(fd, SIOCGIFFLAGS, &r));
	T_EQ(r.ifr_flags & (IFF_UP | IFF_LOOPBACK), IFF_UP | IFF_LOOPBACK);
	T_OK(ioctl(fd, SIOCGIFADDR, &r));
	T_EQ(((struct sockaddr_in *)&r.ifr_addr)->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	T_OK(ioctl(fd, SIOCGIFMTU, &r));
	T_EQ(r.ifr_mtu, 65536);
	strcpy(r.ifr_name, "none0");
	T_ERR(ioctl(fd, SIOCGIFADDR, &r), ENODEV);
	T_ERR(ioctl(fd, SIOCGIFFLAGS, (void *)1), EFAULT);
	close(fd);
}

TEST_MAIN
{
	tcp_level();
	ip_level();
	interface();
}
