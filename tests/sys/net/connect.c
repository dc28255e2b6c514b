/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

static void not_sockets(void)
{
	struct sockaddr_storage addr = {.ss_family = AF_UNIX};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), ENOTSOCK);
	T_ERR(connect(p[1], (struct sockaddr *)&addr, sizeof(addr)), ENOTSOCK);
	T_ERR(connect(-1, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
	/* The address is read first. */
	T_ERR(connect(fd, (struct sockaddr *)&addr, sizeof(addr) + 1), EINVAL);
	T_ERR(connect(fd, (struct sockaddr *)&addr, (socklen_t)-1), EINVAL);
	T_ERR(connect(fd, NULL, 0), ENOTSOCK);
	T_ERR(connect(-1, NULL, 16), EBADF);
	T_EFAULT_NULL(q, connect(fd, q, 16));
	close(fd);
	T_ERR(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
}

static void nobody_there(void)
{
	struct sockaddr_un a = {.sun_family = AF_INET, .sun_path = "f"};
	int fd = u_socket(SOCK_STREAM), s;

	T_ERR(connect(fd, (struct sockaddr *)&a, sizeof(a)), EINVAL);
	a.sun_family = AF_UNSPEC;
	T_ERR(connect(fd, (struct sockaddr *)&a, sizeof(a)), EINVAL);
	a.sun_family = AF_UNIX;
	T_ERR(connect(fd, (struct sockaddr *)&a, 2), EINVAL);
	T_ERR(u_connect(fd, "missing"), ENOENT);
	T_ERR(u_connect(fd, "f"), ECONNREFUSED); /* a file, no socket */
	T_ERR(u_connect(fd, "f/x"), ENOTDIR);
	T_ERR(u_connect(fd, "@lstar-nobody"), ECONNREFUSED);
	t_make_loop();
	T_ERR(u_connect(fd, "loop1"), ELOOP);
	s = u_socket(SOCK_STREAM);
	T_OK(u_bind(s, "bound"));
	T_ERR(u_connect(fd, "bound"), ECONNREFUSED); /* it does not listen */
	close(s);
	T_ERR(u_connect(fd, "bound"), ECONNREFUSED); /* nobody has it open */
	s = u_socket(SOCK_DGRAM);
	T_OK(u_bind(s, "dgram"));
	T_ERR(u_connect(fd, "dgram"), EPROTOTYPE);
	close(s);
	T_OK(chmod("bound", 0755));
	T_AS_USER
	{
		int c = u_socket(SOCK_STREAM);

		T_ERR(u_connect(c, "bound"), EACCES);
	}
	close(fd);
}

static void streams(int type)
{
	int s = u_server(type, "srv", 5), c = u_socket(type), a, flags = 0;
	struct sockaddr_un addr;
	socklen_t len = sizeof(addr);
	char buf[8];

	(void)flags;
	T_OK(symlink("srv", "to-srv"));
	T_OK(u_connect(c, "to-srv"));
	T_ERR(u_connect(c, "srv"), EISCONN);
	T_EQ(u_poll(c, POLLIN | POLLOUT), POLLOUT);
	T_EQ(write(c, "early", 5), 5); /* before it is accepted */
	a = T_OK(accept(s, NULL, NULL));
	T_EQ(read(a, buf, 8), 5);
	T_MEM(buf, "early", 5);
	T_OK(getpeername(c, (struct sockaddr *)&addr, &len));
	T_STR(addr.sun_path, "srv");
	len = sizeof(addr);
	T_OK(getsockname(a, (struct sockaddr *)&addr, &len));
	T_STR(addr.sun_path, "srv");
	close(c);
	T_EQ(read(a, buf, 8), 0);
	close(a);
	/* Closed without ever being accepted. */
	c = u_client(type, "srv");
	close(s);
	T_ERR(read(c, buf, 8), ECONNRESET);
	T_EQ(read(c, buf, 8), 0);
	close(c);
	unlink("srv");
	unlink("to-srv");
}

static void datagrams(void)
{
	struct sockaddr_un none = {.sun_family = AF_UNSPEC};
	int s = u_socket(SOCK_DGRAM), c = u_socket(SOCK_DGRAM), third = u_socket(SOCK_DGRAM);
	char buf[8];

	T_OK(u_bind(s, "d1"));
	T_OK(u_bind(c, "d2"));
	T_OK(u_bind(third, "d3"));
	T_OK(u_connect(c, "d1"));
	T_EQ(send(c, "one", 3, 0), 3);
	T_EQ(recv(s, buf, 8, 0), 3);
	T_OK(u_connect(c, "d3"));
	T_EQ(send(c, "two", 3, 0), 3);
	T_EQ(recv(third, buf, 8, 0), 3);
	/* A connected one takes messages of its peer only. */
	T_ERR(u_connect(s, "d2"), EPERM);
	T_OK(connect(c, (struct sockaddr *)&none, sizeof(none)));
	T_ERR(send(c, "x", 1, 0), ENOTCONN);
	T_OK(u_connect(s, "d2"));
	T_EQ(send(s, "back", 4, 0), 4);
	T_EQ(recv(c, buf, 8, 0), 4);
	/* What waits is lost when the peer changes. */
	T_OK(u_connect(c, "d1"));
	T_EQ(send(s, "lost", 4, 0), 4);
	T_OK(u_connect(c, "d3"));
	T_ERR(recv(c, buf, 8, MSG_DONTWAIT), EAGAIN);
	T_EQ(u_getopt(s, SO_ERROR), ECONNRESET);
	close(third);
	T_ERR(send(c, "x", 1, 0), ECONNREFUSED);
	T_ERR(send(c, "x", 1, 0), ENOTCONN);
	close(s);
	close(c);
}

/* A full backlog: EAGAIN, SO_SNDTIMEO, or wait until somebody accepts. */
static void backlog(void)
{
	int s = u_server(SOCK_STREAM, "full", 0), c[3], a;
	struct timeval tv = {0, 50000};
	long before;
	pid_t pid;

	c[0] = u_client(SOCK_STREAM, "full");
	c[1] = u_socket(SOCK_STREAM | SOCK_NONBLOCK);
	T_ERR(u_connect(c[1], "full"), EAGAIN);
	c[2] = u_socket(SOCK_STREAM);
	T_OK(setsockopt(c[2], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)));
	before = t_now_ms();
	T_ERR(u_connect(c[2], "full"), EAGAIN);
	T_CMP(t_now_ms() - before, >=, 45);
	pid = fork();
	if (!pid) {
		int w = u_socket(SOCK_STREAM);

		T_OK(u_connect(w, "full"));
		_exit(0);
	}
	t_sleep_ms(30);
	a = T_OK(accept(s, NULL, NULL));
	T_WAIT(pid, 0);
	close(a);
	T_OK(accept(s, NULL, NULL));
}

TEST_MAIN
{
	not_sockets();
	nobody_there();
	streams(SOCK_STREAM);
	streams(SOCK_SEQPACKET);
	datagrams();
	backlog();
}
