/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/net/unix, tcp and udp, and the limits in /proc/sys/net. */
#include "test.h"
#include "inet_common.h"
#include "unix_common.h"

/* The line of /proc/net/unix with that inode: type, state and path. */
static bool find_line(int fd, unsigned *flags, unsigned *type, unsigned *state, char *path)
{
	unsigned long ino;
	struct stat st;
	char line[512];
	bool found = false;
	FILE *f = fopen("/proc/net/unix", "r");

	T_OK(fstat(fd, &st));
	T_NEED(f ? 0 : -1);
	T_TRUE(fgets(line, sizeof(line), f));
	T_TRUE(!strncmp(line, "Num       RefCount Protocol Flags    Type St Inode Path", 53));
	while (!found && fgets(line, sizeof(line), f)) {
		*path = '\0';
		if (sscanf(line, "%*x: %*x %*x %x %x %x %lu %200s", flags, type, state, &ino,
			   path) >= 4)
			found = ino == st.st_ino;
	}
	fclose(f);
	return found;
}

/* The state in the line of /proc/net/tcp or udp that names this local port; 0: no such line. */
static unsigned inet_state(const char *path, unsigned port, unsigned long *ino)
{
	unsigned state = 0, here, uid;
	char line[512];
	FILE *f = fopen(path, "r");

	T_NEED(f ? 0 : -1);
	T_TRUE(fgets(line, sizeof(line), f));
	T_TRUE(strstr(line, "sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
			    "retrnsmt   uid  timeout inode"));
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*d: 0100007F:%x %*x:%*x %x %*x:%*x %*x:%*x %*x %u %*d %lu",
			   &here, &state, &uid, ino) == 4 &&
		    here == port)
			break;
		state = 0;
	}
	fclose(f);
	return state;
}

static bool has_head(const char *path, const char *head)
{
	char text[256] = "";

	T_CMP(t_read_file(path, text, sizeof(text) - 1), >, 0);
	return !strncmp(text, head, strlen(head));
}

static void inet(void)
{
	unsigned port, udp_port;
	int l = i_listen(&port), c, u = T_OK(socket(AF_INET, SOCK_DGRAM, 0));
	unsigned long ino;
	struct stat st;

	T_EQ(inet_state("/proc/net/tcp", port, &ino), TCP_LISTEN);
	T_OK(fstat(l, &st));
	T_EQ(ino, st.st_ino);
	c = i_connect(port);
	close(l);
	T_EQ(inet_state("/proc/net/tcp", port, &ino), 0);
	close(c);
	udp_port = i_bind(u);
	T_EQ(inet_state("/proc/net/udp", udp_port, &ino), TCP_CLOSE);
	T_OK(fstat(u, &st));
	T_EQ(ino, st.st_ino);
	close(u);
	T_EQ(inet_state("/proc/net/udp", udp_port, &ino), 0);
	T_TRUE(has_head("/proc/net/raw", "  sl  local_address rem_address"));
	T_TRUE(has_head("/proc/net/route", "Iface\tDestination\tGateway \tFlags"));
	T_TRUE(has_head("/proc/net/arp", "IP address       HW type"));
}

static long limit(const char *path)
{
	char text[32] = "";

	T_CMP(t_read_file(path, text, sizeof(text) - 1), >, 0);
	return atol(text);
}

TEST_MAIN
{
	unsigned flags, type, state;
	char path[256], name[64];
	int s = u_socket(SOCK_STREAM), p[2], d, c, n = 0;

	T_TRUE(find_line(s, &flags, &type, &state, path));
	T_EQ(type, SOCK_STREAM);
	T_EQ(state, 1);
	T_STR(path, "");
	T_OK(u_bind(s, "sock"));
	T_OK(listen(s, 1));
	T_TRUE(find_line(s, &flags, &type, &state, path));
	T_EQ(flags, 0x10000);
	T_STR(path, "sock");
	u_pair(SOCK_SEQPACKET, p);
	snprintf(name, sizeof(name), "@lstar-%d", getpid());
	T_OK(u_bind(p[0], name));
	T_TRUE(find_line(p[0], &flags, &type, &state, path));
	T_EQ(type, SOCK_SEQPACKET);
	T_EQ(state, 3);
	T_STR(path, name);
	T_CMP(limit("/proc/sys/net/core/somaxconn"), >=, 128);
	T_EQ(limit("/proc/sys/net/core/wmem_default"), u_getopt(s, SO_SNDBUF));
	T_EQ(limit("/proc/sys/net/core/rmem_default"), u_getopt(s, SO_RCVBUF));
	d = u_socket(SOCK_DGRAM);
	T_OK(u_bind(d, "d"));
	c = u_socket(SOCK_DGRAM);
	T_OK(u_connect(c, "d"));
	while (send(c, "x", 1, MSG_DONTWAIT) == 1)
		n++;
	T_EQ(n, limit("/proc/sys/net/unix/max_dgram_qlen") + 1);
	inet();
}
