/* SPDX-License-Identifier: Apache-2.0 */
/* Calls whose arguments are laid out otherwise in the i386 table: 64-bit offsets in two registers,
 * times of 32 and of 64 bits, struct sigevent. */
#include "../../sys/test.h"
#include <sys/epoll.h>
#include <sys/timerfd.h>

struct spec32 {
	int32_t interval_s, interval_ns, value_s, value_ns;
};
struct spec64 {
	int64_t interval_s, interval_ns, value_s, value_ns;
};
struct time64 {
	int64_t sec, nsec;
};

#define O_LARGEFILE_I386 0100000
#define TWO_GIB		 0x80000000LL

static void check_offsets(void)
{
	int fd = open("file", O_RDWR | O_CREAT, 0600),
	    out = open("out", O_RDWR | O_CREAT | O_LARGEFILE_I386, 0600);
	long long from = 4, to = 4;
	struct stat64 st;

	T_OK(syscall(SYS_fallocate, fd, 0, 0, 0, 100, 0));
	T_OK(fstat64(fd, &st));
	T_EQ(st.st_size, 100);
	/* FALLOC_FL_KEEP_SIZE, beyond 4 GiB: the upper halves count */
	T_OK(syscall(SYS_fallocate, fd, 1, 0, 1, 4096, 0));
	T_OK(fstat64(fd, &st));
	T_EQ(st.st_size, 100);
	T_ERR(syscall(SYS_fallocate, fd, 0, 0, -1, 100, 0), EINVAL);
	T_ERR(syscall(SYS_fallocate, fd, 0, 0, 0, 0, 0), EINVAL);
	T_ERR(syscall(SYS_fallocate, fd, 0, 0, 0, 0, -1), EINVAL);
	T_ERR(syscall(SYS_fallocate, 99, 0, 0, 0, 1, 0), EBADF);
	T_OK(syscall(SYS_readahead, fd, 0, 0, 100));
	T_OK(syscall(SYS_readahead, fd, 0, 1, 100));
	T_ERR(syscall(SYS_readahead, 99, 0, 0, 1), EBADF);
	T_OK(syscall(SYS_sync_file_range, fd, 0, 0, 0, 1, 0));
	T_ERR(syscall(SYS_sync_file_range, fd, 0, -1, 0, 0, 0), EINVAL);
	T_ERR(syscall(SYS_sync_file_range, fd, 0, 0, 0, 0, 0x80), EINVAL);
	T_EQ(pwrite(fd, "0123456789", 10, 0), 10);
	T_EQ(syscall(SYS_copy_file_range, fd, &from, out, &to, 6, 0), 6);
	T_TRUE(from == 10 && to == 10);
	T_EQ(ftruncate64(out, TWO_GIB + 10), 0);
	T_ERR(fstat64(99, &st), EBADF);
	T_OK(fstat64(out, &st));
	T_TRUE(st.st_size == TWO_GIB + 10);
	T_TRUE(lseek64(out, TWO_GIB + 4, SEEK_SET) == TWO_GIB + 4);
	/* Without O_LARGEFILE a file does not grow to 2 GiB */
	T_ERR(ftruncate64(fd, TWO_GIB), EINVAL);
	T_ERR(pwrite64(fd, "x", 1, TWO_GIB - 1), EFBIG);
	T_EQ(pwrite64(fd, "xyz", 3, TWO_GIB - 3), 2);
	close(fd);
	close(out);
	/* ... and one of that size is not opened */
	T_ERR(syscall(SYS_open, "out", O_RDONLY), EOVERFLOW);
	fd = syscall(SYS_open, "out", O_RDONLY | O_LARGEFILE_I386);
	T_CMP(fd, >=, 0);
	close(fd);
	T_OK(truncate64("out", 5));
}

static void check_timerfd(void)
{
	struct spec32 t32 = {5, 6, 100, 7}, got32;
	struct spec64 t64 = {7, 8, 0x180000000LL, 9}, got64;
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);

	T_OK(syscall(SYS_timerfd_settime, fd, 0, &t32, NULL));
	T_OK(syscall(SYS_timerfd_gettime, fd, &got32));
	T_TRUE(got32.interval_s == 5 && got32.interval_ns == 6);
	T_TRUE(got32.value_s == 99 || got32.value_s == 100);
	T_OK(syscall(SYS_timerfd_settime64, fd, 0, &t64, &got64));
	T_TRUE(got64.interval_s == 5 && got64.interval_ns == 6);
	T_OK(syscall(SYS_timerfd_gettime64, fd, &got64));
	T_TRUE(got64.interval_s == 7 && got64.interval_ns == 8);
	T_TRUE(got64.value_s >= 0x17fffffffLL && got64.value_s <= 0x180000000LL);
	t64.value_ns = 1000000000;
	T_ERR(syscall(SYS_timerfd_settime64, fd, 0, &t64, NULL), EINVAL);
	/* the upper half of tv_nsec is padding */
	t64.value_ns = 9 | 0x7700000000LL;
	T_OK(syscall(SYS_timerfd_settime64, fd, 0, &t64, NULL));
	T_ERR(syscall(SYS_timerfd_settime, fd, 0, 8, NULL), EFAULT);
	close(fd);
}

static void check_timer(void)
{
	struct {
		int32_t value, signo, notify, tid, rest[12];
	} event = {0x12345678, SIGUSR1, SIGEV_SIGNAL, 0, {0}};
	struct spec32 t32 = {0, 0, 0, 1000000}, got32;
	struct spec64 t64 = {1, 2, 3, 4}, got64;
	siginfo_t si = {0};
	sigset_t set;
	int id = -1;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	T_OK(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id));
	T_OK(syscall(SYS_timer_settime, id, 0, &t32, NULL));
	T_EQ(sigwaitinfo(&set, &si), SIGUSR1);
	T_EQ(si.si_code, SI_TIMER);
	T_EQ(si.si_value.sival_int, 0x12345678);
	T_EQ(si.si_timerid, id);
	T_OK(syscall(SYS_timer_settime64, id, 0, &t64, &got64));
	T_OK(syscall(SYS_timer_gettime64, id, &got64));
	T_TRUE(got64.interval_s == 1 && got64.interval_ns == 2);
	T_TRUE(got64.value_s == 2 || got64.value_s == 3);
	T_OK(syscall(SYS_timer_gettime, id, &got32));
	T_TRUE(got32.interval_s == 1 && got32.interval_ns == 2);
	T_OK(syscall(SYS_timer_delete, id));
	T_ERR(syscall(SYS_timer_create, CLOCK_MONOTONIC, 8, &id), EFAULT);
	event.notify = 77;
	T_ERR(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id), EINVAL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void check_waits(void)
{
	struct time64 t = {0, 20000000 | 0x5500000000LL};
	struct epoll_event event;
	int ep = epoll_create1(0);
	long start = t_now_ms();

	T_EQ(syscall(SYS_epoll_pwait2, ep, &event, 1, &t, NULL, 8), 0);
	T_CMP(t_now_ms() - start, >=, 20);
	t.nsec = 1000000000;
	T_ERR(syscall(SYS_epoll_pwait2, ep, &event, 1, &t, NULL, 8), EINVAL);
	t = (struct time64){0, 1000};
	T_EQ(syscall(SYS_ppoll_time64, NULL, 0, &t, NULL, 8), 0);
	T_EQ(syscall(SYS_pselect6_time64, 0, NULL, NULL, NULL, &t, NULL), 0);
	close(ep);
}

TEST_MAIN
{
	check_offsets();
	check_timerfd();
	check_timer();
	check_waits();
}
