/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user's terminal: raw while the guest's terminal stands in for it, and given back as it was
 * on every way out. Keys then travel as bytes; Ctrl-C becomes SIGINT in the guest's tty.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "lstar.h"

#define ROWS_DEFAULT	24
#define COLUMNS_DEFAULT 80

/* Read by terminal_restore() from signal handlers; only whole once is_raw is set. */
static volatile bool is_raw;
static int raw_fd = -1;
static struct termios saved;

static bool can_write(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

void terminal_find(struct terminal *terminal)
{
	terminal->input = -1;
	terminal->output = -1;
	terminal->is_used = false;
	for (int fd = 0; fd < 3; fd++) {
		terminal->is_tty[fd] = isatty(fd);
		terminal->is_used |= terminal->is_tty[fd];
	}
	if (!terminal->is_used)
		return;
	if (terminal->is_tty[STDIN_FILENO])
		terminal->input = STDIN_FILENO;
	if (terminal->is_tty[STDOUT_FILENO])
		terminal->output = STDOUT_FILENO;
	else if (terminal->is_tty[STDERR_FILENO])
		terminal->output = STDERR_FILENO;
	else if (can_write(STDIN_FILENO))
		terminal->output = STDIN_FILENO; /* for the echo of what is typed */
	else
		terminal->output = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC);
	terminal_read_size(terminal);
}

void terminal_read_size(struct terminal *terminal)
{
	int fd = terminal->input >= 0 ? terminal->input : terminal->output;
	struct winsize size;

	terminal->rows = ROWS_DEFAULT;
	terminal->columns = COLUMNS_DEFAULT;
	if (fd < 0 || ioctl(fd, TIOCGWINSZ, &size))
		return;
	/* A terminal that never had a size says 0 0, and the guest shall see just that. */
	terminal->rows = size.ws_row;
	terminal->columns = size.ws_col;
}

bool terminal_is_foreground(const struct terminal *terminal)
{
	pid_t group;

	if (terminal->input < 0)
		return false;
	group = tcgetpgrp(terminal->input);
	/* Not our controlling terminal (a pty held by a script): nobody to take turns with. */
	return group < 0 || group == getpgrp();
}

void terminal_enter(struct terminal *terminal)
{
	struct termios raw;

	if (terminal->input < 0 || is_raw || !terminal_is_foreground(terminal))
		return;
	if (tcgetattr(terminal->input, &saved))
		return;
	raw_fd = terminal->input;
	raw = saved;
	cfmakeraw(&raw);
	is_raw = true;
	if (tcsetattr(raw_fd, TCSADRAIN, &raw))
		is_raw = false;
}

void terminal_restore(void)
{
	int error = errno;

	if (is_raw) {
		is_raw = false;
		/* TCSANOW: a stopped terminal (Ctrl-S) must not keep us from leaving. */
		tcsetattr(raw_fd, TCSANOW, &saved);
	}
	errno = error;
}

bool terminal_is_raw(void)
{
	return is_raw;
}
