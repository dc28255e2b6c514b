/* SPDX-License-Identifier: Apache-2.0 */
#define do_poll(fds, n, timeout_ms) ((int)syscall(SYS_poll, fds, (unsigned)(n), (long)(timeout_ms)))
#include "poll_common.h"

TEST_MAIN
{
	struct pollfd p;
	int fds[2];

	poll_common();
	/* Every negative timeout is endless. */
	T_OK(pipe(fds));
	p = (struct pollfd){fds[0], POLLIN, 0};
	pid_t pid = fork();
	if (!pid) {
		t_sleep_ms(50);
		_exit(write(fds[1], "x", 1) != 1);
	}
	T_EQ(do_poll(&p, 1, INT_MIN), 1);
	T_WAIT(pid, 0);
}
