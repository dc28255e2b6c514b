/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of pseudo-terminals for tests. */
#ifndef TESTS_SYS_PTY_COMMON_H
#define TESTS_SYS_PTY_COMMON_H

#include "test.h"
#include <asm/ioctls.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

struct pty {
	int master, slave;
	char name[64];
};

/* An open pair in the state a new one has, but for echo when `is_quiet`. */
static inline struct pty pty_open(bool is_quiet)
{
	struct pty p = {.master = T_NEED(open("/dev/ptmx", O_RDWR | O_NOCTTY))};
	struct termios ios;
	unsigned number;
	int zero = 0;

	T_NEED(ioctl(p.master, TIOCGPTN, &number));
	T_NEED(ioctl(p.master, TIOCSPTLCK, &zero));
	snprintf(p.name, sizeof(p.name), "/dev/pts/%u", number);
	p.slave = T_NEED(open(p.name, O_RDWR | O_NOCTTY));
	if (is_quiet) {
		T_NEED(tcgetattr(p.slave, &ios));
		ios.c_lflag &= ~(tcflag_t)ECHO;
		T_NEED(tcsetattr(p.slave, TCSANOW, &ios));
	}
	return p;
}

static inline void pty_close(struct pty *p)
{
	close(p->master);
	close(p->slave);
}

static inline void pty_change(struct pty *p, tcflag_t l_on, tcflag_t l_off, int vmin, int vtime)
{
	struct termios ios;

	T_OK(tcgetattr(p->slave, &ios));
	ios.c_lflag = (ios.c_lflag | l_on) & ~l_off;
	ios.c_cc[VMIN] = (cc_t)vmin;
	ios.c_cc[VTIME] = (cc_t)vtime;
	T_OK(tcsetattr(p->slave, TCSANOW, &ios));
}

/* Write a string to one end; what the other end then has must be this. */
#define PTY_PASS(from, what, to, want)                               \
	do {                                                         \
		char got_[256];                                      \
		struct pollfd poll_ = {.fd = to, .events = POLLIN};  \
		ssize_t n_;                                          \
		T_EQ(write(from, what, strlen(what)), strlen(what)); \
		T_EQ(poll(&poll_, 1, 2000), 1);                      \
		n_ = read(to, got_, sizeof(got_) - 1);               \
		got_[n_ > 0 ? n_ : 0] = 0;                           \
		T_STR(got_, want);                                   \
	} while (0)

/* Nothing to read within a moment? */
static inline bool pty_is_idle(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 50) == 0;
}

#endif
