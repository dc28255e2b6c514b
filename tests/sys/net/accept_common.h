/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_NET_ACCEPT_COMMON_H
#define TESTS_NET_ACCEPT_COMMON_H

/* What accept(2) and accept4(2) have in common: do_accept(fd, addr, len). */

static void accept_not_sockets(void)
{
	struct sockaddr_storage addr = {.ss_family = AF_UNIX};
	socklen_t len = sizeof(addr);
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(do_accept(fd, (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(do_accept(p[1], (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(do_accept(-1, (struct sockaddr *)&addr, &len), EBADF);
	T_ERR(do_accept(fd, NULL, NULL), ENOTSOCK);
	T_CHILD
	{
		struct rlimit few = {0, 0};

		T_OK(setrlimit(RLIMIT_NOFILE, &few));
		T_ERR(do_accept(fd, NULL, NULL), EMFILE);
		T_ERR(do_accept(-1, NULL, NULL), EBADF);
	}
	close(fd);
	T_ERR(do_accept(fd, (struct sockaddr *)&addr, &len), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(do_accept(fd, (struct sockaddr *)&addr, &len), EBADF);
	fd = u_socket(SOCK_DGRAM);
	T_ERR(do_accept(fd, NULL, NULL), EOPNOTSUPP);
	close(fd);
	fd = u_socket(SOCK_STREAM);
	T_ERR(do_accept(fd, NULL, NULL), EINVAL);
	T_OK(u_bind(fd, "quiet"));
	T_ERR(do_accept(fd, NULL, NULL), EINVAL);
	close(fd);
}

static void accept_addresses(void)
{
	int s = u_server(SOCK_STREAM, "srv", 5), c = u_socket(SOCK_STREAM), a;
	struct sockaddr_un addr;
	socklen_t len = sizeof(addr);

	T_OK(u_bind(c, "client"));
	T_OK(u_connect(c, "srv"));
	a = T_OK(do_accept(s, (struct sockaddr *)&addr, &len));
	T_EQ(len, PATH_OFFSET + 7);
	T_STR(addr.sun_path, "client");
	close(a);
	close(c);
	/* Unnamed, and a room that is too small: the length says what there would be. */
	c = u_client(SOCK_STREAM, "srv");
	len = sizeof(addr);
	a = T_OK(do_accept(s, (struct sockaddr *)&addr, &len));
	T_EQ(len, sizeof(sa_family_t));
	T_EQ(addr.sun_family, AF_UNIX);
	close(a);
	close(c);
	c = u_client(SOCK_STREAM, "srv");
	len = 0;
	a = T_OK(do_accept(s, (struct sockaddr *)&addr, &len));
	T_EQ(len, sizeof(sa_family_t));
	close(a);
	close(c);
	/* After a bad address the connection is lost. */
	c = u_client(SOCK_STREAM, "srv");
	len = sizeof(addr);
	T_ERR(do_accept(s, (struct sockaddr *)-4096, &len), EFAULT);
	T_EQ(read(c, &addr, 1), 0);
	close(c);
	c = u_client(SOCK_STREAM, "srv");
	T_ERR(do_accept(s, (struct sockaddr *)&addr, NULL), EFAULT);
	close(c);
	c = u_client(SOCK_STREAM, "srv");
	len = (socklen_t)-1;
	T_ERR(do_accept(s, (struct sockaddr *)&addr, &len), EINVAL);
	close(c);
	close(s);
	unlink("srv");
}

static void accept_waits(void)
{
	int s = u_server(SOCK_STREAM, "srv", 5), c, a;
	struct timeval tv = {0, 50000};
	long before;
	pid_t pid;

	pid = fork();
	if (!pid) {
		t_sleep_ms(50);
		c = u_client(SOCK_STREAM, "srv");
		T_EQ(read(c, &before, 1), 0);
		_exit(0);
	}
	a = T_OK(do_accept(s, NULL, NULL));
	close(a);
	T_WAIT(pid, 0);
	T_OK(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	before = t_now_ms();
	T_ERR(do_accept(s, NULL, NULL), EAGAIN);
	T_CMP(t_now_ms() - before, >=, 45);
	T_OK(fcntl(s, F_SETFL, O_NONBLOCK));
	T_ERR(do_accept(s, NULL, NULL), EAGAIN);
	c = u_client(SOCK_STREAM, "srv");
	a = T_OK(do_accept(s, NULL, NULL));
	T_EQ(fcntl(a, F_GETFL) & O_NONBLOCK, 0); /* not inherited */
	close(a);
	close(c);
	T_OK(shutdown(s, SHUT_RD));
	T_ERR(do_accept(s, NULL, NULL), EAGAIN);
	T_OK(fcntl(s, F_SETFL, 0));
	T_ERR(do_accept(s, NULL, NULL), EINVAL);
	c = u_socket(SOCK_STREAM);
	T_ERR(u_connect(c, "srv"), ECONNREFUSED);
	close(c);
	close(s);
	unlink("srv");
}

/* Connections come in the order they were made. */
static void accept_order(void)
{
	int s = u_server(SOCK_SEQPACKET, "srv", 5), c[3], a;
	char name[2] = "0";

	for (int i = 0; i < 3; i++) {
		c[i] = u_client(SOCK_SEQPACKET, "srv");
		name[0] = (char)('0' + i);
		T_EQ(send(c[i], name, 1, 0), 1);
	}
	for (int i = 0; i < 3; i++) {
		a = T_OK(do_accept(s, NULL, NULL));
		T_EQ(recv(a, name, 2, 0), 1);
		T_EQ(name[0], '0' + i);
		close(a);
		close(c[i]);
	}
	close(s);
	unlink("srv");
}

#endif
