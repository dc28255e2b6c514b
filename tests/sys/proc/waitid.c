/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static pid_t child(int status)
{
	pid_t pid = T_NEED(fork());

	if (!pid) {
		if (status < 0)
			for (;;)
				pause();
		_exit(status);
	}
	return pid;
}

static long raw(int type, pid_t id, siginfo_t *si, int options, struct rusage *ru)
{
	return syscall(SYS_waitid, type, id, si, options, ru);
}

static void is(const siginfo_t *si, pid_t pid, int code, int status)
{
	T_EQ(si->si_signo, SIGCHLD);
	T_EQ(si->si_errno, 0);
	T_EQ(si->si_pid, pid);
	T_EQ(si->si_uid, getuid());
	T_EQ(si->si_code, code);
	T_EQ(si->si_status, status);
}

TEST_MAIN
{
	struct rusage ru;
	siginfo_t si;
	pid_t pid, other;
	int fd;

	T_ERR(raw(P_ALL, 0, &si, WEXITED, NULL), ECHILD);
	pid = child(300);
	memset(&si, 0x55, sizeof(si));
	T_OK(raw(P_PID, pid, &si, WEXITED | WNOWAIT, NULL));
	is(&si, pid, CLD_EXITED, 300 & 0xff);
	/* WNOWAIT leaves it to be waited for. */
	T_OK(raw(P_ALL, 0, &si, WEXITED, &ru));
	is(&si, pid, CLD_EXITED, 44);
	T_ERR(raw(P_PID, pid, &si, WEXITED, NULL), ECHILD);

	pid = child(-1);
	memset(&si, 0x55, sizeof(si));
	T_OK(raw(P_PID, pid, &si, WEXITED | WSTOPPED | WCONTINUED | WNOHANG, NULL));
	T_EQ(si.si_signo, 0);
	T_EQ(si.si_pid, 0);
	T_OK(kill(pid, SIGSTOP));
	T_OK(raw(P_PID, pid, &si, WSTOPPED | WNOWAIT, NULL));
	is(&si, pid, CLD_STOPPED, SIGSTOP);
	T_OK(raw(P_PID, pid, &si, WSTOPPED, NULL));
	is(&si, pid, CLD_STOPPED, SIGSTOP);
	T_OK(raw(P_PID, pid, &si, WSTOPPED | WNOHANG, NULL));
	T_EQ(si.si_pid, 0);
	T_OK(kill(pid, SIGCONT));
	T_OK(raw(P_PID, pid, &si, WCONTINUED | WNOWAIT, NULL));
	is(&si, pid, CLD_CONTINUED, SIGCONT);
	T_OK(raw(P_PID, pid, &si, WCONTINUED, NULL));
	T_OK(raw(P_PID, pid, &si, WCONTINUED | WNOHANG, NULL));
	T_EQ(si.si_pid, 0);
	T_OK(kill(pid, SIGTERM));
	T_OK(raw(P_PID, pid, &si, WEXITED, NULL));
	is(&si, pid, CLD_KILLED, SIGTERM);

	/* A process group; 0 is the caller's. */
	pid = child(-1);
	other = child(7);
	T_OK(setpgid(pid, pid));
	T_OK(raw(P_PGID, 0, &si, WEXITED, NULL));
	is(&si, other, CLD_EXITED, 7);
	T_ERR(raw(P_PGID, 0, &si, WEXITED, NULL), ECHILD);
	T_OK(kill(pid, SIGKILL));
	T_OK(raw(P_PGID, pid, &si, WEXITED, NULL));
	is(&si, pid, CLD_KILLED, SIGKILL);

	T_ERR(raw(P_PID, 0, &si, WEXITED, NULL), EINVAL);
	T_ERR(raw(P_PID, -1, &si, WEXITED, NULL), EINVAL);
	T_ERR(raw(P_PGID, -1, &si, WEXITED, NULL), EINVAL);
	T_ERR(raw(77, 1, &si, WEXITED, NULL), EINVAL);
	T_ERR(raw(P_ALL, 0, &si, 0, NULL), EINVAL);
	T_ERR(raw(P_ALL, 0, &si, WNOHANG, NULL), EINVAL);
	T_ERR(raw(P_ALL, 0, &si, WEXITED | 0x10, NULL), EINVAL);
	pid = child(0);
	T_ERR(raw(P_PID, pid, (siginfo_t *)16, WEXITED, NULL), EFAULT);
	T_ERR(raw(P_PID, pid, &si, WEXITED, NULL), ECHILD);
	/* No place for the facts is fine. */
	pid = child(0);
	T_OK(raw(P_PID, pid, NULL, WEXITED, NULL));

	fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (fd < 0 && errno == ENOSYS) {
		T_SKIP_ONE("no pidfd_open");
		return;
	}
	T_ERR(raw(P_PIDFD, fd, &si, WEXITED, NULL), ECHILD);
	T_ERR(raw(P_PIDFD, 999, &si, WEXITED, NULL), EBADF);
	T_ERR(raw(P_PIDFD, -1, &si, WEXITED, NULL), EINVAL);
	pid = child(9);
	fd = T_OK((int)syscall(SYS_pidfd_open, pid, 0));
	T_OK(raw(P_PIDFD, fd, &si, WEXITED, NULL));
	is(&si, pid, CLD_EXITED, 9);
}
