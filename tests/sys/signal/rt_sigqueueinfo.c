/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static siginfo_t seen;
static volatile int count;

static void on_signal(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	seen = *si;
	count++;
}

static long queue(pid_t pid, int sig, int code, int value)
{
	siginfo_t si = {.si_code = code, .si_signo = 1};

	si.si_pid = 12;
	si.si_uid = 34;
	si.si_int = value;
	return syscall(SYS_rt_sigqueueinfo, pid, sig, &si);
}

TEST_MAIN
{
	struct sigaction sa = {.sa_flags = SA_SIGINFO};
	struct rlimit limit = {10, 10};
	sigset_t set;
	pid_t pid;

	sa.sa_sigaction = on_signal;
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	T_OK(sigaction(SIGRTMIN, &sa, NULL));
	/* The sender's words arrive as they are, except the number. */
	T_OK(queue(getpid(), SIGUSR1, SI_QUEUE, 4711));
	T_EQ(count, 1);
	T_EQ(seen.si_signo, SIGUSR1);
	T_EQ(seen.si_code, SI_QUEUE);
	T_EQ(seen.si_pid, 12);
	T_EQ(seen.si_uid, 34);
	T_EQ(seen.si_int, 4711);
	T_OK(queue(getpid(), SIGUSR1, -77, 1));
	T_EQ(seen.si_code, -77);
	/* To itself a process may say anything; to others not what looks like the kernel or kill.
	 */
	T_OK(queue(getpid(), SIGUSR1, SI_USER, 1));
	T_OK(queue(getpid(), SIGUSR1, SI_TKILL, 1));
	T_OK(queue(getpid(), SIGUSR1, 5, 1));
	T_EQ(count, 5);
	pid = T_NEED(fork());
	if (!pid)
		for (;;)
			pause();
	T_ERR(queue(pid, SIGUSR1, SI_USER, 1), EPERM);
	T_ERR(queue(pid, SIGUSR1, SI_TKILL, 1), EPERM);
	T_ERR(queue(pid, SIGUSR1, 1, 1), EPERM);
	T_OK(queue(pid, SIGUSR1, SI_QUEUE, 1));
	T_OK(queue(pid, 0, SI_QUEUE, 1));
	T_ERR(queue(pid, 65, SI_QUEUE, 1), EINVAL);
	T_ERR(queue(pid, -1, SI_QUEUE, 1), EINVAL);
	if (t_is_root())
		T_AS_USER
		{
			T_ERR(queue(pid, SIGUSR1, SI_QUEUE, 1), EPERM);
		}
	T_OK(queue(pid, SIGKILL, SI_QUEUE, 1));
	T_WAIT(pid, SIGKILL);
	T_ERR(queue(pid, 0, SI_QUEUE, 1), ESRCH);
	T_ERR(queue(-1, SIGUSR1, SI_QUEUE, 1), ESRCH);
	T_ERR(queue(0, SIGUSR1, SI_QUEUE, 1), ESRCH);
	T_EFAULT_NULL(p, syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, p));

	/* Real-time signals keep each value; the queue is limited by RLIMIT_SIGPENDING. */
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigaddset(&set, SIGUSR1);
	T_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	count = 0;
	T_AS_USER
	{
		int sent = 0, err;

		T_OK(setrlimit(RLIMIT_SIGPENDING, &limit));
		while (sent < 100 && queue(getpid(), SIGRTMIN, SI_QUEUE, sent) == 0)
			sent++;
		err = errno;
		T_EQ(err, EAGAIN);
		T_CMP(sent, <=, 10);
		T_CMP(sent, >=, 1);
		/* kill still gets through: a standard signal needs no queue entry. */
		T_OK(kill(getpid(), SIGUSR1));
		T_OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
		T_EQ(count, sent + 1);
	}
}
