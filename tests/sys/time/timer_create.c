/* SPDX-License-Identifier: Apache-2.0 */
#include "posix_timer.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* /proc/PID/timers, proc(5): the newest first. */
static void test_shown(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
				 .sigev_signo = SIGRTMIN + 2,
				 .sigev_value.sival_ptr = (void *)0x1234abcd};
	char text[1024] = {0}, want[1024];
	int id[3], me = getpid();

	T_OK(sys_timer_create(CLOCK_MONOTONIC, &event, &id[0]));
	event.sigev_notify = SIGEV_THREAD_ID;
	event.sigev_notify_thread_id = me;
	T_OK(sys_timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &id[1]));
	T_OK(sys_timer_create(CLOCK_THREAD_CPUTIME_ID, NULL, &id[2]));
	snprintf(want, sizeof(want),
		 "ID: %d\nsignal: 14/%016x\nnotify: signal/pid.%d\nClockID: -2\n"
		 "ID: %d\nsignal: %d/000000001234abcd\nnotify: signal/tid.%d\nClockID: -6\n"
		 "ID: %d\nsignal: %d/000000001234abcd\nnotify: signal/pid.%d\nClockID: 1\n",
		 id[2], (unsigned)id[2], me, id[1], SIGRTMIN + 2, me, id[0], SIGRTMIN + 2, me);
	t_read_file("/proc/self/timers", text, sizeof(text) - 1);
	T_STR(text, want);
	for (int i = 0; i < 3; i++)
		T_OK(sys_timer_delete(id[i]));
}

/* A timer on the CPU time of a child that runs and stops. */
static void test_other_process(void)
{
	struct itimerspec set = in_ms(60, 0), left, left2;
	clockid_t clock;
	siginfo_t si;
	int id;
	pid_t pid = T_NEED(fork());

	if (!pid)
		for (;;)
			;
	T_OK(kill(pid, SIGSTOP));
	waitpid(pid, NULL, WUNTRACED);
	T_EQ(clock_getcpuclockid(pid, &clock), 0);
	id = timer_with(clock, SIGUSR2);
	T_OK(sys_timer_settime(id, 0, &set, NULL));
	T_EQ(wait_signal(SIGUSR2, 100, &si), -1);
	T_OK(sys_timer_gettime(id, &left));
	T_CMP(left.it_value.tv_nsec, >, 0);
	T_CMP(left.it_value.tv_nsec, <=, 60000000);
	T_OK(kill(pid, SIGCONT));
	T_EQ(wait_signal(SIGUSR2, 8000, &si), 0);
	T_EQ(si.si_value.sival_int, 42);
	/* Its end is the end of its time. */
	set = in_ms(200, 0);
	T_OK(sys_timer_settime(id, 0, &set, NULL));
	T_OK(kill(pid, SIGKILL));
	T_OK(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT));
	T_OK(sys_timer_gettime(id, &left));
	t_sleep_ms(20);
	T_OK(sys_timer_gettime(id, &left2));
	T_MEM(&left, &left2, sizeof(left));
	T_EQ(wait_signal(SIGUSR2, 50, &si), -1);
	T_WAIT(pid, SIGKILL);
	T_OK(sys_timer_delete(id));
	T_ERR(sys_timer_create((int)clock, NULL, &id), EINVAL);
}

TEST_MAIN
{
	static const int good[] = {CLOCK_REALTIME,	     CLOCK_MONOTONIC,
				   CLOCK_BOOTTIME,	     CLOCK_TAI,
				   CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	struct itimerspec soon = in_ms(20, 0);
	int id = -1, other = -1;
	siginfo_t si;
	sigset_t set;

	test_shown();
	for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		T_OK(sys_timer_create(good[i], &event, &id));
		T_NE(id, other);
		other = id;
		T_OK(sys_timer_delete(id));
	}
	/* Without an event: SIGALRM with the timer's number. */
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	T_OK(sys_timer_create(CLOCK_MONOTONIC, NULL, &id));
	T_OK(sys_timer_settime(id, 0, &soon, NULL));
	T_EQ(wait_signal(SIGALRM, 5000, &si), 0);
	T_EQ(si.si_code, SI_TIMER);
	T_EQ(si.si_value.sival_int, id);
	T_EQ(si.si_timerid, id);
	/* To one thread. */
	event.sigev_notify = SIGEV_THREAD_ID;
	event.sigev_notify_thread_id = (int)syscall(SYS_gettid);
	event.sigev_signo = SIGRTMIN + 3;
	event.sigev_value.sival_ptr = &si;
	sigaddset(&set, SIGRTMIN + 3);
	sigprocmask(SIG_BLOCK, &set, NULL);
	T_OK(sys_timer_create(CLOCK_MONOTONIC, &event, &id));
	T_OK(sys_timer_settime(id, 0, &soon, NULL));
	T_EQ(wait_signal(SIGRTMIN + 3, 5000, &si), 0);
	T_TRUE(si.si_value.sival_ptr == &si);
	event.sigev_notify_thread_id = 1;
	T_ERR(sys_timer_create(CLOCK_MONOTONIC, &event, &id), EINVAL);
	/* Children have none of them. */
	T_CHILD
	{
		T_ERR(sys_timer_delete(id), EINVAL);
	}
	test_other_process();
	event.sigev_notify = SIGEV_NONE;
	event.sigev_signo = 1000;
	T_OK(sys_timer_create(CLOCK_MONOTONIC, &event, &id));
	event.sigev_notify = SIGEV_SIGNAL;
	T_ERR(sys_timer_create(CLOCK_MONOTONIC, &event, &id), EINVAL);
	event.sigev_signo = 0;
	T_ERR(sys_timer_create(CLOCK_MONOTONIC, &event, &id), EINVAL);
	event.sigev_signo = SIGUSR1;
	event.sigev_notify = 77;
	T_ERR(sys_timer_create(CLOCK_MONOTONIC, &event, &id), EINVAL);
	event.sigev_notify = SIGEV_SIGNAL;
	T_ERR(sys_timer_create(CLOCK_MONOTONIC_RAW, &event, &id), EOPNOTSUPP);
	T_ERR(sys_timer_create(CLOCK_REALTIME_COARSE, &event, &id), EOPNOTSUPP);
	T_ERR(sys_timer_create(1000, &event, &id), EINVAL);
	T_EFAULT(p, sys_timer_create(CLOCK_MONOTONIC, p, &id));
	T_EFAULT_NULL(p, sys_timer_create(CLOCK_MONOTONIC, &event, p));
}
