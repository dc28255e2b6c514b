// SPDX-License-Identifier: Apache-2.0
/* Calls whose C function is not the bare call. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/reboot.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "arch.h"

#define KERNEL_SIGSET_SIZE 8

static int needs_mode(int flags)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

int open(const char *path, int flags, ...)
{
	unsigned int mode = 0;
	va_list args;

	if (needs_mode(flags)) {
		va_start(args, flags);
		mode = va_arg(args, unsigned int);
		va_end(args);
	}
	return openat(AT_FDCWD, path, flags, mode);
}

int fork(void)
{
	return sys_clone(SIGCHLD, NULL, NULL, NULL, NULL);
}

int waitpid(int pid, int *status, int options)
{
	return wait4(pid, status, options, NULL);
}

int wait(int *status)
{
	return wait4(-1, status, 0, NULL);
}

int waitid(int idtype, int id, siginfo_t *info, int options)
{
	return sys_waitid(idtype, id, (struct siginfo *)info, options, NULL);
}

int sigaction(int sig, const struct sigaction *act, struct sigaction *old)
{
	struct sigaction with_restorer;

	if (act) {
		with_restorer = *act;
		with_restorer.sa_flags |= SA_RESTORER;
		with_restorer.sa_restorer = arch_restorer(act->sa_flags);
		act = &with_restorer;
	}
	return rt_sigaction(sig, act, old, KERNEL_SIGSET_SIZE);
}

sighandler_t signal(int sig, sighandler_t handler)
{
	struct sigaction act = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;

	return sigaction(sig, &act, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return rt_sigprocmask(how, set, old, KERNEL_SIGSET_SIZE);
}

int sigpending(sigset_t *set)
{
	return rt_sigpending(set, KERNEL_SIGSET_SIZE);
}

int sigsuspend(const sigset_t *set)
{
	return rt_sigsuspend(set, KERNEL_SIGSET_SIZE);
}

int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
	return rt_sigtimedwait(set, (struct siginfo *)info, timeout, KERNEL_SIGSET_SIZE);
}

int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
	return sigtimedwait(set, info, NULL);
}

int raise(int sig)
{
	return tgkill(getpid(), gettid(), sig);
}

char *getcwd(char *buf, size_t size)
{
	long length = sys_getcwd(buf, size);

	if (length < 0)
		return NULL;
	if (length == 0 || buf[0] != '/') {
		errno = ENOENT;
		return NULL;
	}
	return buf;
}

/* Both return the new or the present end of the data, so failure is seen from the value alone. */
int brk(void *end)
{
	if (sys_brk(end) == end)
		return 0;
	errno = ENOMEM;
	return -1;
}

void *sbrk(long increment)
{
	char *old = sys_brk(NULL);

	if (increment && brk(old + increment) < 0)
		return (void *)-1;
	return old;
}

/* The bare call returns 20 - nice, so that no success looks like an error. */
int getpriority(int which, int who)
{
	int value = sys_getpriority(which, who);

	return value < 0 ? value : 20 - value;
}

int nice(int increment)
{
	int value;

	errno = 0;
	value = getpriority(PRIO_PROCESS, 0);
	if (value == -1 && errno)
		return -1;
	if (setpriority(PRIO_PROCESS, 0, value + increment) < 0) {
		if (errno == EACCES)
			errno = EPERM;
		return -1;
	}
	return getpriority(PRIO_PROCESS, 0);
}

int sched_getaffinity(int pid, size_t size, unsigned long *mask)
{
	int length = sys_sched_getaffinity(pid, (unsigned int)size, mask);

	if (length < 0)
		return -1;
	memset((char *)mask + length, 0, size - (size_t)length);
	return 0;
}

/* The kernel writes what is left into the timeout; C's functions leave it alone. */
int ppoll(struct pollfd *fds, unsigned long count, const struct timespec *timeout,
	  const sigset_t *mask)
{
	struct timespec copy;

	if (timeout)
		copy = *timeout;
	return sys_ppoll(fds, (unsigned int)count, timeout ? &copy : NULL, mask,
			 KERNEL_SIGSET_SIZE);
}

int pselect(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
	    const struct timespec *timeout, const sigset_t *mask)
{
	struct {
		const sigset_t *mask;
		size_t size;
	} pack = {mask, KERNEL_SIGSET_SIZE};
	struct timespec copy;

	if (timeout)
		copy = *timeout;
	return sys_pselect6(nfds, readfds ? readfds->fds_bits : NULL,
			    writefds ? writefds->fds_bits : NULL,
			    exceptfds ? exceptfds->fds_bits : NULL, timeout ? &copy : NULL, &pack);
}

int fchmodat(int dirfd, const char *path, mode_t mode, int flags)
{
	return flags ? fchmodat2(dirfd, path, mode, flags) : sys_fchmodat(dirfd, path, mode);
}

int faccessat(int dirfd, const char *path, int mode, int flags)
{
	return flags ? faccessat2(dirfd, path, mode, flags) : sys_faccessat(dirfd, path, mode);
}

int reboot(unsigned int cmd)
{
	return sys_reboot((int)LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, cmd, NULL);
}

int execv(const char *path, char *const *argv)
{
	return execve(path, argv, environ);
}

/* Tries name in each folder of PATH when it has no slash; EACCES wins over ENOENT (environ(7),
 * exec(3)). */
int execvpe(const char *name, char *const *argv, char *const *envp)
{
	const char *path = getenv("PATH"), *end;
	char file[PATH_MAX];
	int is_denied = 0;
	size_t length;

	if (!*name) {
		errno = ENOENT;
		return -1;
	}
	if (strchr(name, '/'))
		return execve(name, argv, envp);
	for (path = path ? path : "/bin:/usr/bin"; path; path = *end ? end + 1 : NULL) {
		for (end = path; *end && *end != ':'; end++)
			;
		length = (size_t)(end - path);
		if (length + strlen(name) + 2 > sizeof(file))
			continue;
		memcpy(file, path, length);
		file[length] = '/';
		strcpy(file + length + (length > 0), name);
		execve(file, argv, envp);
		if (errno == EACCES)
			is_denied = 1;
		else if (errno != ENOENT && errno != ENOTDIR)
			return -1;
	}
	errno = is_denied ? EACCES : ENOENT;
	return -1;
}

int execvp(const char *name, char *const *argv)
{
	return execvpe(name, argv, environ);
}

unsigned int sleep(unsigned int seconds)
{
	struct timespec time = {.tv_sec = seconds};

	return nanosleep(&time, &time) < 0 ? (unsigned int)time.tv_sec : 0;
}

int usleep(unsigned int usec)
{
	struct timespec time = {usec / 1000000, usec % 1000000 * 1000};

	return nanosleep(&time, NULL);
}

int isatty(int fd)
{
	char termios[64];

	return ioctl(fd, TCGETS, termios) == 0;
}

int tcsetpgrp(int fd, int pgrp)
{
	return ioctl(fd, TIOCSPGRP, &pgrp);
}

int tcgetpgrp(int fd)
{
	int pgrp;

	return ioctl(fd, TIOCGPGRP, &pgrp) < 0 ? -1 : pgrp;
}
