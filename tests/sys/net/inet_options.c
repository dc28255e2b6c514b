/* SPDX-License-Identifier: Apache-2.0 */
/* Options at the levels IPPROTO_TCP and IPPROTO_IP, and netdevice(7) of lo. */
#include "inet_common.h"
#include <net/if.h>
#include <sys/ioctl.h>

static void tcp_level(void)
{
	int fd = T_OK(socket(AF_INET, SOCK_STREAM, 0)), u = T_OK(socket(AF_INET, SOCK_DGRAM, 0));
	struct tcp_info info;
	char name[32];
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
	T_ERR(i_setopt(fd, 500, 1, 1), ENOPROTOOPT);
	T_ERR(getsockopt(fd, 500, 1, &info, &len), EOPNOTSUPP);
	T_ERR(getsockopt(fd, IPPROTO_UDP, 1, &info, &len), EOPNOTSUPP);
	T_ERR(getsockopt(u, IPPROTO_TCP, TCP_NODELAY, &info, &len), EOPNOTSUPP);
	T_OK(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len));
	T_EQ(info.tcpi_state, TCP_CLOSE);
	T_OK(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
	T_ERR(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "renown", 6), ENOENT);
	T_ERR(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "", 0), EINVAL);
	len = sizeof(name);
	T_OK(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	T_EQ(len, 16);
	T_STR(name, "reno");
	T_ERR(setsockopt(fd, IPPROTO_TCP, TCP_ULP, "none", 5), ENOENT);
	T_ERR(getsockopt(u, IPPROTO_UDP, 9999, name, &len), ENOPROTOOPT);
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
	struct ifreq r = {.ifr_name = "lo"}, list[8] = {0};
	struct ifconf conf = {.ifc_len = sizeof(list), .ifc_req = list};
	int mark;

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
	T_ERR(ioctl(fd, SIOCSIFFLAGS, (void *)1), EFAULT);
	T_ERR(ioctl(fd, SIOCSIFFLAGS, &r), ENODEV);
	strcpy(r.ifr_name, "lo");
	T_OK(ioctl(fd, SIOCGIFBRDADDR, &r));
	T_OK(ioctl(fd, SIOCGIFFLAGS, &r));
	T_OK(ioctl(fd, SIOCSIFFLAGS, &r));
	T_OK(ioctl(fd, SIOCGIFCONF, &conf));
	T_CMP(conf.ifc_len, >=, sizeof(r));
	T_STR(list[0].ifr_name, "lo");
	T_EQ(((struct sockaddr_in *)&list[0].ifr_addr)->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	conf = (struct ifconf){.ifc_len = 1, .ifc_req = list};
	T_OK(ioctl(fd, SIOCGIFCONF, &conf));
	T_EQ(conf.ifc_len, 0);
	T_ERR(ioctl(fd, SIOCGIFCONF, (void *)1), EFAULT);
	T_ERR(ioctl(fd, SIOCATMARK, &mark), ENOTTY);
	close(fd);
}

TEST_MAIN
{
	tcp_level();
	ip_level();
	interface();
}
