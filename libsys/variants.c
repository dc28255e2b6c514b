// SPDX-License-Identifier: Apache-2.0
/*
 * Functions that C programs know by other arguments than the call's, or that are one call in terms
 * of another, as their manual pages and glibc have them.
 */

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "arch.h"

#define KERNEL_SIGSET_SIZE 8
#define ARGS_MAX	   64
#define ENTROPY_MAX	   256

/* --- files --- */

int stat(const char *path, struct stat *st)
{
	return newfstatat(AT_FDCWD, path, st, 0);
}

int lstat(const char *path, struct stat *st)
{
	return newfstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

int mkfifo(const char *path, mode_t mode)
{
	return mknodat(AT_FDCWD, path, mode | S_IFIFO, 0);
}

int futimens(int fd, const struct timespec times[2])
{
	/* A NULL path makes utimensat take the file itself. */
	return sys_utimensat(fd, NULL, times, 0);
}

int utimensat(int dirfd, const char *path, const struct timespec times[2], int flags)
{
	if (!path) {
		errno = EINVAL;
		return -1;
	}
	return sys_utimensat(dirfd, path, times, flags);
}

static int utimes_at(int dirfd, const char *path, const struct timeval tv[2], int flags)
{
	struct timespec times[2];

	for (int i = 0; tv && i < 2; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000) {
			errno = EINVAL;
			return -1;
		}
		times[i].tv_sec = tv[i].tv_sec;
		times[i].tv_nsec = tv[i].tv_usec * 1000;
	}
	return sys_utimensat(dirfd, path, tv ? times : NULL, flags);
}

int futimes(int fd, const struct timeval tv[2])
{
	return utimes_at(fd, NULL, tv, 0);
}

int lutimes(const char *path, const struct timeval tv[2])
{
	return utimes_at(AT_FDCWD, path, tv, AT_SYMLINK_NOFOLLOW);
}

/* These three answer with the error itself and leave errno alone; so their calls run beside it. */
int posix_fadvise(int fd, off_t offset, off_t length, int advice)
{
	int kept = errno, error = 0;

	if (arch_fadvise(fd, offset, length, advice) < 0)
		error = errno;
	errno = kept;
	return error;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
		    struct timespec *rest)
{
	int kept = errno, error = 0;

	if (clock == CLOCK_THREAD_CPUTIME_ID)
		return EINVAL;
	if (sys_clock_nanosleep(clock, flags, wanted, rest) < 0)
		error = errno;
	errno = kept;
	return error;
}

int sigwait(const sigset_t *set, int *sig)
{
	int kept = errno, error = 0, got;

	do {
		got = rt_sigtimedwait(set, NULL, NULL, KERNEL_SIGSET_SIZE);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		error = errno;
	else
		*sig = got;
	errno = kept;
	return error;
}

/* The calls take an offset in two halves of a register's width; a 64-bit kernel ignores the second.
 */
#define HALVES(offset) (unsigned long)(offset), (unsigned long)((unsigned long long)(offset) >> 32)

ssize_t preadv(int fd, const struct iovec *iov, int count, off_t offset)
{
	return sys_preadv(fd, (struct iovec *)iov, (unsigned long)count, HALVES(offset));
}

ssize_t pwritev(int fd, const struct iovec *iov, int count, off_t offset)
{
	return sys_pwritev(fd, iov, (unsigned long)count, HALVES(offset));
}

ssize_t preadv2(int fd, const struct iovec *iov, int count, off_t offset, int flags)
{
	return sys_preadv2(fd, (struct iovec *)iov, (unsigned long)count, HALVES(offset), flags);
}

ssize_t pwritev2(int fd, const struct iovec *iov, int count, off_t offset, int flags)
{
	return sys_pwritev2(fd, iov, (unsigned long)count, HALVES(offset), flags);
}

/* A negative process group would look like an error: the extended form has it in a structure. */
int fcntl(int fd, int cmd, ...)
{
	struct f_owner_ex owner;
	unsigned long arg;
	va_list args;

	va_start(args, cmd);
	arg = va_arg(args, unsigned long);
	va_end(args);
	if (cmd != F_GETOWN)
		return sys_fcntl(fd, cmd, arg);
	if (sys_fcntl(fd, F_GETOWN_EX, (unsigned long)&owner) < 0)
		return -1;
	return owner.type == F_OWNER_PGRP ? -owner.pid : owner.pid;
}

/* --- waiting for files --- */

int epoll_pwait(int epfd, struct epoll_event *events, int max, int timeout_ms, const sigset_t *mask)
{
	return sys_epoll_pwait(epfd, events, max, timeout_ms, mask, KERNEL_SIGSET_SIZE);
}

int epoll_pwait2(int epfd, struct epoll_event *events, int max, const struct timespec *timeout,
		 const sigset_t *mask)
{
	return sys_epoll_pwait2(epfd, events, max, timeout, mask, KERNEL_SIGSET_SIZE);
}

int eventfd(unsigned int count, int flags)
{
	return eventfd2(count, flags);
}

int signalfd(int fd, const sigset_t *mask, int flags)
{
	return signalfd4(fd, mask, KERNEL_SIGSET_SIZE, flags);
}

/* --- sockets and queues --- */

ssize_t send(int fd, const void *buf, size_t length, int flags)
{
	return sendto(fd, buf, length, (unsigned int)flags, NULL, 0);
}

ssize_t recv(int fd, void *buf, size_t length, int flags)
{
	return recvfrom(fd, buf, length, (unsigned int)flags, NULL, NULL);
}

/* The call wants the name without its slash. */
int mq_open(const char *name, int flags, ...)
{
	unsigned int mode = 0;
	struct mq_attr *attr = NULL;
	va_list args;

	if (name[0] != '/') {
		errno = EINVAL;
		return -1;
	}
	if (flags & O_CREAT) {
		va_start(args, flags);
		mode = va_arg(args, unsigned int);
		attr = va_arg(args, struct mq_attr *);
		va_end(args);
	}
	return (int)syscall(SYS_mq_open, name + 1, flags, mode, attr);
}

int mq_unlink(const char *name)
{
	if (name[0] != '/') {
		errno = EINVAL;
		return -1;
	}
	if (sys_mq_unlink(name + 1) == 0)
		return 0;
	/* POSIX names no EPERM here. */
	if (errno == EPERM)
		errno = EACCES;
	return -1;
}

int mq_close(int queue)
{
	return close(queue);
}

int mq_send(int queue, const char *message, size_t length, unsigned int priority)
{
	return mq_timedsend(queue, message, length, priority, NULL);
}

ssize_t mq_receive(int queue, char *message, size_t length, unsigned int *priority)
{
	return mq_timedreceive(queue, message, length, (void *)priority, NULL);
}

int mq_getattr(int queue, struct mq_attr *attr)
{
	return mq_getsetattr(queue, NULL, attr);
}

int mq_setattr(int queue, const struct mq_attr *attr, struct mq_attr *old)
{
	return mq_getsetattr(queue, attr, old);
}

/* --- processes and identity --- */

int setpgrp(void)
{
	return setpgid(0, 0);
}

int seteuid(uid_t uid)
{
	return setresuid(-1u, uid, -1u);
}

int setegid(gid_t gid)
{
	return setresgid(-1u, gid, -1u);
}

int wait3(int *status, int options, struct rusage *usage)
{
	return wait4(-1, status, options, usage);
}

int sigqueue(pid_t pid, int sig, sigval_t value)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	info.si_code = SI_QUEUE;
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value = value;
	return rt_sigqueueinfo(pid, sig, (struct siginfo *)&info);
}

/* What a PEEK finds is stored by the call; C's function returns it. */
long ptrace(long request, ...)
{
	unsigned long data, found = 0;
	va_list args;
	void *addr;
	long pid, result;
	int is_peek = request >= PTRACE_PEEKTEXT && request <= PTRACE_PEEKUSR;

	va_start(args, request);
	pid = va_arg(args, long);
	addr = va_arg(args, void *);
	data = va_arg(args, unsigned long);
	va_end(args);
	result = syscall(SYS_ptrace, request, (long)(int)pid, addr,
			 is_peek ? (unsigned long)&found : data);
	if (!is_peek || result < 0)
		return result;
	errno = 0;
	return (long)found;
}

int fexecve(int fd, char *const *argv, char *const *envp)
{
	if (fd < 0 || !argv || !envp) {
		errno = EINVAL;
		return -1;
	}
	return execveat(fd, "", argv, envp, AT_EMPTY_PATH);
}

/* The list's words in argv, its NULL too; the words after it stay in args. */
static int collect(char **argv, const char *first, va_list *args)
{
	int count = 0;

	argv[count++] = (char *)first;
	while (argv[count - 1]) {
		if (count == ARGS_MAX) {
			errno = E2BIG;
			return -1;
		}
		argv[count++] = va_arg(*args, char *);
	}
	return 0;
}

int execl(const char *path, const char *first, ...)
{
	char *argv[ARGS_MAX];
	va_list args;
	int result;

	va_start(args, first);
	result = collect(argv, first, &args);
	va_end(args);
	return result < 0 ? -1 : execve(path, argv, environ);
}

int execlp(const char *name, const char *first, ...)
{
	char *argv[ARGS_MAX];
	va_list args;
	int result;

	va_start(args, first);
	result = collect(argv, first, &args);
	va_end(args);
	return result < 0 ? -1 : execvpe(name, argv, environ);
}

int execle(const char *path, const char *first, ...)
{
	char *argv[ARGS_MAX], **envp = NULL;
	va_list args;
	int result;

	va_start(args, first);
	result = collect(argv, first, &args);
	if (result == 0)
		envp = va_arg(args, char **);
	va_end(args);
	return result < 0 ? -1 : execve(path, argv, envp);
}

/* --- the machine --- */

int getentropy(void *buf, size_t size)
{
	long done;

	if (size > ENTROPY_MAX) {
		errno = EIO;
		return -1;
	}
	for (size_t at = 0; at < size; at += (size_t)done) {
		done = getrandom((char *)buf + at, size - at, 0);
		if (done < 0 && errno == EINTR)
			done = 0;
		else if (done < 0)
			return -1;
	}
	return 0;
}

int gethostname(char *name, size_t size)
{
	struct utsname names;
	size_t length;

	if (uname(&names) < 0)
		return -1;
	length = strlen(names.nodename) + 1;
	memcpy(name, names.nodename, length < size ? length : size);
	if (length <= size)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int getpagesize(void)
{
	return 4096;
}

int klogctl(int type, char *buf, int length)
{
	return sys_syslog(type, buf, length);
}
