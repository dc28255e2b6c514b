/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/net/unix and the limits in /proc/sys/net. */
#include "test.h"
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
}
