// SPDX-License-Identifier: Apache-2.0
/* Calls with times: those of 64 bits where the kernel has them, else what fits 32 bits is
 * converted. */

#include <asm/unistd_32.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/vdso.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#define NS_PER_US  1000
#define US_PER_SEC 1000000

static int fail(int error)
{
	errno = error;
	return -1;
}

/* --- clocks --- */

int clock_getres(clockid_t clock, struct timespec *resolution)
{
	return sys_clock_getres(clock, resolution);
}

int gettimeofday(struct timeval *now, void *zone)
{
	struct timespec ts;

	if (zone && old_gettimeofday(NULL, zone) < 0)
		return -1;
	if (!now)
		return 0;
	clock_gettime(CLOCK_REALTIME, &ts);
	now->tv_sec = ts.tv_sec;
	now->tv_usec = ts.tv_nsec / NS_PER_US;
	return 0;
}

int sys_gettimeofday(struct timeval *now, struct timezone *zone)
{
	return gettimeofday(now, zone);
}

int settimeofday(const struct timeval *now, const struct timezone *zone)
{
	struct timespec ts;

	if (zone && now)
		return fail(EINVAL);
	if (!now)
		return old_settimeofday(NULL, zone);
	if (now->tv_usec < 0 || now->tv_usec >= US_PER_SEC)
		return fail(EINVAL);
	ts.tv_sec = now->tv_sec;
	ts.tv_nsec = (long)now->tv_usec * NS_PER_US;
	return clock_settime(CLOCK_REALTIME, &ts);
}

time_t time(time_t *now)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME_COARSE, &ts);
	if (now)
		*now = ts.tv_sec;
	return ts.tv_sec;
}

long sys_time(time_t *now)
{
	return (long)time(now);
}

/* A count of ticks may look like an error: only EFAULT is one. */
clock_t times(struct tms *buf)
{
	int kept = errno;
	clock_t result = old_times(buf);

	if (result == -1 && errno != EFAULT) {
		result = -errno;
		errno = kept;
	}
	return result;
}

/* --- sleeping, timers, limits on waiting --- */

int nanosleep(const struct timespec *wanted, struct timespec *rest)
{
	return sys_clock_nanosleep(CLOCK_REALTIME, 0, wanted, rest);
}

int select(int nfds, unsigned long *readfds, unsigned long *writefds, unsigned long *exceptfds,
	   struct timeval *timeout)
{
	struct timespec ts;
	int result;

	if (timeout) {
		if (timeout->tv_sec < 0 || timeout->tv_usec < 0)
			return fail(EINVAL);
		ts.tv_sec = timeout->tv_sec + timeout->tv_usec / US_PER_SEC;
		ts.tv_nsec = (long)(timeout->tv_usec % US_PER_SEC) * NS_PER_US;
	}
	result = sys_pselect6(nfds, readfds, writefds, exceptfds, timeout ? &ts : NULL, NULL);
	if (timeout) {
		timeout->tv_sec = ts.tv_sec;
		timeout->tv_usec = ts.tv_nsec / NS_PER_US;
	}
	return result;
}

static void widen(struct timeval *to, const struct __old_timeval *from)
{
	to->tv_sec = from->tv_sec;
	to->tv_usec = from->tv_usec;
}

static int narrow(struct __old_timeval *to, const struct timeval *from)
{
	to->tv_sec = (long)from->tv_sec;
	to->tv_usec = (long)from->tv_usec;
	return to->tv_sec == from->tv_sec && to->tv_usec == from->tv_usec;
}

int getitimer(int which, struct itimerval *value)
{
	struct __old_itimerval old;

	if (old_getitimer(which, &old) < 0)
		return -1;
	widen(&value->it_interval, &old.it_interval);
	widen(&value->it_value, &old.it_value);
	return 0;
}

int setitimer(int which, const struct itimerval *value, struct itimerval *before)
{
	struct __old_itimerval new, old;

	if (value && !(narrow(&new.it_interval, &value->it_interval) &&
		       narrow(&new.it_value, &value->it_value)))
		return fail(EOVERFLOW);
	if (old_setitimer(which, value ? &new : NULL, before ? &old : NULL) < 0)
		return -1;
	if (before) {
		widen(&before->it_interval, &old.it_interval);
		widen(&before->it_value, &old.it_value);
	}
	return 0;
}

int timer_settime(int timer, int flags, const struct itimerspec *value, struct itimerspec *before)
{
	return (int)syscall(__NR_timer_settime64, timer, flags, value, before);
}

int timer_gettime(int timer, struct itimerspec *value)
{
	return (int)syscall(__NR_timer_gettime64, timer, value);
}

int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *before)
{
	return (int)syscall(__NR_timerfd_settime64, fd, flags, value, before);
}

int timerfd_gettime(int fd, struct itimerspec *value)
{
	return (int)syscall(__NR_timerfd_gettime64, fd, value);
}

int mq_timedsend(int queue, const void *message, size_t length, unsigned int priority,
		 const struct timespec *until)
{
	return (int)syscall(__NR_mq_timedsend_time64, queue, message, length, priority, until);
}

ssize_t mq_timedreceive(int queue, void *message, size_t length, int *priority,
			const struct timespec *until)
{
	return syscall(__NR_mq_timedreceive_time64, queue, message, length, priority, until);
}

int recvmmsg(int fd, void *messages, unsigned int count, unsigned int flags,
	     struct timespec *timeout)
{
	return (int)syscall(__NR_recvmmsg_time64, fd, messages, count, flags, timeout);
}

int semtimedop(int set, const struct sembuf *operations, unsigned int count,
	       const struct timespec *timeout)
{
	return (int)syscall(__NR_semtimedop_time64, set, operations, count, timeout);
}

int semop(int set, const struct sembuf *operations, unsigned int count)
{
	return semtimedop(set, operations, count, NULL);
}

int io_pgetevents(unsigned long context, long least, long most, void *events,
		  const struct timespec *timeout, const void *mask)
{
	return (int)syscall(__NR_io_pgetevents_time64, context, least, most, events, timeout, mask);
}

int io_getevents(unsigned long context, long least, long most, void *events,
		 const struct timespec *timeout)
{
	return io_pgetevents(context, least, most, events, timeout, NULL);
}

/* --- a file's times --- */

static int utimes_of(int dirfd, const char *path, const struct timeval *tv)
{
	struct timespec times[2];

	for (int i = 0; tv && i < 2; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= US_PER_SEC)
			return fail(EINVAL);
		times[i].tv_sec = tv[i].tv_sec;
		times[i].tv_nsec = (long)tv[i].tv_usec * NS_PER_US;
	}
	return sys_utimensat(dirfd, path, tv ? times : NULL, 0);
}

int utimes(const char *path, const struct timeval *tv)
{
	return utimes_of(AT_FDCWD, path, tv);
}

int futimesat(int dirfd, const char *path, const struct timeval *tv)
{
	return utimes_of(dirfd, path, tv);
}

int utime(const char *path, const struct utimbuf *buf)
{
	struct timespec times[2];

	if (buf) {
		times[0] = (struct timespec){.tv_sec = buf->actime};
		times[1] = (struct timespec){.tv_sec = buf->modtime};
	}
	return sys_utimensat(AT_FDCWD, path, buf ? times : NULL, 0);
}
