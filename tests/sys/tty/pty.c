/* SPDX-License-Identifier: Apache-2.0 */
/* Pseudo-terminals: pairs, names, locks, packets, the end. pty(7), tty_ioctl(2). */
#include "pty_common.h"

static void test_pair(void)
{
	int master = T_NEED(open("/dev/ptmx", O_RDWR | O_NOCTTY)), slave, one = 1, zero = 0, locked;
	unsigned number;
	char name[64];
	struct stat st;

	T_OK(ioctl(master, TIOCGPTN, &number));
	snprintf(name, sizeof(name), "/dev/pts/%u", number);
	T_OK(stat(name, &st));
	T_EQ(st.st_mode & S_IFMT, S_IFCHR);
	T_EQ(st.st_rdev >> 8, 136);
	T_EQ(st.st_uid, geteuid());
	/* It begins locked. */
	T_OK(ioctl(master, TIOCGPTLCK, &locked));
	T_EQ(locked, 1);
	T_ERR(open(name, O_RDWR | O_NOCTTY), EIO);
	T_OK(ioctl(master, TIOCSPTLCK, &zero));
	slave = T_NEED(open(name, O_RDWR | O_NOCTTY));
	T_OK(ioctl(master, TIOCSPTLCK, &one));
	T_ERR(open(name, O_RDWR | O_NOCTTY), EIO);
	T_OK(ioctl(master, TIOCSPTLCK, &zero));
	T_TRUE(isatty(slave));
	T_TRUE(isatty(master));
	T_ERR(ioctl(slave, TIOCGPTN, &number), ENOTTY);
	T_ERR(lseek(slave, 0, SEEK_SET), ESPIPE);
	close(slave);
	/* The peer without a name. */
	slave = T_OK(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY));
	PTY_PASS(slave, "x", master, "x");
	close(slave);
	close(master);
	T_ERR(stat(name, &st), ENOENT);
}

static void test_data(void)
{
	struct pty p = pty_open(true);
	int n;

	PTY_PASS(p.master, "line\n", p.slave, "line\n");
	PTY_PASS(p.slave, "out\n", p.master, "out\r\n");
	T_EQ(write(p.slave, "abc", 3), 3);
	T_TRUE(!pty_is_idle(p.master));
	T_OK(ioctl(p.master, FIONREAD, &n));
	T_EQ(n, 3);
	T_OK(ioctl(p.master, TCFLSH, TCIFLUSH));
	T_TRUE(pty_is_idle(p.master));
	/* One line per read; end of file is a read of nothing. */
	T_EQ(write(p.master, "one\ntwo\n", 8), 8);
	PTY_PASS(p.master, "", p.slave, "one\n");
	PTY_PASS(p.master, "", p.slave, "two\n");
	PTY_PASS(p.master, "\004", p.slave, "");
	PTY_PASS(p.master, "part\004", p.slave, "part");
	/* Editing. */
	PTY_PASS(p.master, "abc\177d\n", p.slave, "abd\n");
	PTY_PASS(p.master, "one two\027three\n", p.slave, "one three\n");
	PTY_PASS(p.master, "gone\025here\n", p.slave, "here\n");
	PTY_PASS(p.master, "a\026\003b\n", p.slave, "a\003b\n");
	PTY_PASS(p.master, "cr\r", p.slave, "cr\n");
	T_EQ(write(p.master, "incomplete", 10), 10);
	T_TRUE(pty_is_idle(p.slave));
	T_OK(tcflush(p.slave, TCIFLUSH));
	PTY_PASS(p.master, "\n", p.slave, "\n");
	pty_close(&p);
	/* Echo. */
	p = pty_open(false);
	PTY_PASS(p.master, "hi", p.master, "hi");
	PTY_PASS(p.master, "\003", p.master, "^C");
	PTY_PASS(p.master, "ok\n", p.master, "ok\r\n");
	PTY_PASS(p.master, "ab\177", p.master, "ab\b \b");
	pty_close(&p);
}

static void test_raw(void)
{
	struct pty p = pty_open(true);
	char buf[16];
	long start;

	pty_change(&p, 0, ICANON | ISIG, 0, 0);
	T_EQ(read(p.slave, buf, sizeof(buf)), 0);
	PTY_PASS(p.master, "a\003", p.slave, "a\003");
	pty_change(&p, 0, 0, 0, 2);
	start = t_now_ms();
	T_EQ(read(p.slave, buf, sizeof(buf)), 0);
	T_CMP(t_now_ms() - start, >=, 150);
	pty_change(&p, 0, 0, 3, 0);
	T_EQ(write(p.master, "ab", 2), 2);
	T_TRUE(pty_is_idle(p.slave));
	PTY_PASS(p.master, "c", p.slave, "abc");
	pty_change(&p, 0, 0, 10, 1);
	PTY_PASS(p.master, "xy", p.slave, "xy");
	T_OK(fcntl(p.slave, F_SETFL, O_NONBLOCK));
	pty_change(&p, 0, 0, 1, 0);
	T_ERR(read(p.slave, buf, 1), EAGAIN);
	T_OK(fcntl(p.master, F_SETFL, O_NONBLOCK));
	T_ERR(read(p.master, buf, 1), EAGAIN);
	pty_close(&p);
}

/* A full line: both directions stop, lose nothing, and go on. */
static void test_full(void)
{
	struct pty p = pty_open(true);
	static char chunk[4096], back[4096];
	long sent = 0, got = 0, n;
	int err;

	pty_change(&p, 0, ICANON | ISIG, 1, 0);
	memset(chunk, 'x', sizeof(chunk));
	T_OK(fcntl(p.master, F_SETFL, O_NONBLOCK));
	T_OK(fcntl(p.slave, F_SETFL, O_NONBLOCK));
	while ((n = write(p.slave, chunk, sizeof(chunk))) > 0 && sent < 1 << 24)
		sent += n;
	err = errno;
	T_EQ(n, -1);
	T_EQ(err, EAGAIN);
	while ((n = read(p.master, back, sizeof(back))) > 0)
		got += n;
	T_EQ(got, sent);
	T_CMP(write(p.slave, "more", 4), ==, 4);
	T_EQ(read(p.master, back, 4), 4);
	for (sent = got = 0; (n = write(p.master, chunk, sizeof(chunk))) > 0 && sent < 1 << 24;)
		sent += n;
	T_CMP(sent, >=, 4095);
	while (got < sent) {
		struct pollfd poll_slave = {.fd = p.slave, .events = POLLIN};

		if (poll(&poll_slave, 1, 1000) != 1)
			break;
		n = read(p.slave, back, sizeof(back));
		if (n <= 0)
			break;
		got += n;
	}
	T_EQ(got, sent);
	pty_close(&p);
}

static void test_packets(void)
{
	struct pty p = pty_open(true);
	struct pollfd poll_master = {.fd = p.master, .events = POLLIN | POLLPRI};
	char buf[16];
	int on = 1, got;

	T_OK(ioctl(p.master, TIOCGPKT, &got));
	T_EQ(got, 0);
	T_OK(ioctl(p.master, TIOCPKT, &on));
	T_OK(ioctl(p.master, TIOCGPKT, &got));
	T_EQ(got, 1);
	T_EQ(write(p.slave, "data", 4), 4);
	T_EQ(read(p.master, buf, sizeof(buf)), 5);
	T_MEM(buf, "\0data", 5);
	T_OK(tcflow(p.slave, TCOOFF));
	T_EQ(poll(&poll_master, 1, 1000), 1);
	T_EQ(poll_master.revents & POLLPRI, POLLPRI);
	T_EQ(read(p.master, buf, sizeof(buf)), 1);
	T_EQ(buf[0], TIOCPKT_STOP);
	T_OK(tcflow(p.slave, TCOON));
	T_EQ(read(p.master, buf, sizeof(buf)), 1);
	T_EQ(buf[0], TIOCPKT_START);
	T_OK(tcflush(p.slave, TCOFLUSH));
	T_EQ(read(p.master, buf, sizeof(buf)), 1);
	T_EQ(buf[0], TIOCPKT_FLUSHWRITE);
	pty_close(&p);
}

static void test_end(void)
{
	struct pty p = pty_open(true);
	struct pollfd polled = {.fd = p.master, .events = POLLIN};
	char buf[16];

	/* The slave closes: what it wrote can be read, then there is an error; it may come back. */
	T_EQ(write(p.slave, "last", 4), 4);
	close(p.slave);
	T_EQ(read(p.master, buf, sizeof(buf)), 4);
	T_ERR(read(p.master, buf, sizeof(buf)), EIO);
	T_EQ(poll(&polled, 1, 0), 1);
	T_EQ(polled.revents & POLLHUP, POLLHUP);
	p.slave = T_NEED(open(p.name, O_RDWR | O_NOCTTY));
	PTY_PASS(p.slave, "again", p.master, "again");
	/* The master closes: the slave is at its end. */
	close(p.master);
	T_EQ(read(p.slave, buf, sizeof(buf)), 0);
	T_ERR(write(p.slave, "x", 1), EIO);
	T_ERR(ioctl(p.slave, TCFLSH, TCIFLUSH), EIO);
	polled = (struct pollfd){.fd = p.slave, .events = POLLIN};
	T_EQ(poll(&polled, 1, 0), 1);
	T_EQ(polled.revents & POLLHUP, POLLHUP);
	T_ERR2(open(p.name, O_RDWR | O_NOCTTY), ENOENT, EIO);
	close(p.slave);
}

TEST_MAIN
{
	test_pair();
	test_data();
	test_raw();
	test_full();
	test_packets();
	test_end();
}
