/* SPDX-License-Identifier: Apache-2.0 */
#include "posix_timer.h"

TEST_MAIN
{
	struct itimerspec set = in_ms(20, 5);
	int id = timer_with(CLOCK_MONOTONIC, SIGUSR1), ids[100];
	siginfo_t si;

	T_OK(sys_timer_settime(id, 0, &set, NULL));
	T_OK(sys_timer_delete(id));
	T_EQ(wait_signal(SIGUSR1, 60, &si), -1);
	T_ERR(sys_timer_delete(id), EINVAL);
	T_ERR(sys_timer_gettime(id, &set), EINVAL);
	T_ERR(sys_timer_delete(-1), EINVAL);
	T_TRUE(signal(SIGALRM, SIG_IGN) != SIG_ERR);
	for (int i = 0; i < 100; i++) {
		T_OK(sys_timer_create(CLOCK_MONOTONIC, NULL, &ids[i]));
		T_OK(sys_timer_settime(ids[i], 0, &set, NULL));
	}
	/* The end of the process, and execve, take them along. */
	T_CHILD_STATUS(T_EXITED(3))
	{
		T_OK(sys_timer_create(CLOCK_MONOTONIC, NULL, &id));
		set = in_ms(600, 0);
		T_OK(sys_timer_settime(id, 0, &set, NULL));
		signal(SIGALRM, SIG_DFL);
		T_OK(chdir("/"));
		execl("/bin/sh", "sh", "-c", "sleep 0.8; exit 3", NULL);
	}
	for (int i = 0; i < 100; i += 2)
		T_OK(sys_timer_delete(ids[i]));
}
