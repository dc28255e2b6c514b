/* SPDX-License-Identifier: Apache-2.0 */
/* Limits at work, getrlimit(2): those that are not of memory (limits_memory.c) nor in setrlimit.c.
 */
#include "test.h"

#include <mqueue.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <time.h>

#define SECOND_US 1000000L

static void set(int which, rlim_t soft, rlim_t hard)
{
	struct rlimit limit = {soft, hard};

	T_OK(setrlimit(which, &limit));
}

static rlim_t soft_of(int which)
{
	struct rlimit limit;

	T_OK(getrlimit(which, &limit));
	return limit.rlim_cur;
}

static void wait_for_signal(int sig, int count)
{
	while (t_signals[sig] < count)
		;
}

/* SIGXCPU moves the soft limit one second on. Runs for 2 s, beside test_rttime(). */
static void test_cpu(void)
{
	T_CHILD
	{
		struct timespec ts;

		t_count_signal(SIGXCPU, 0);
		set(RLIMIT_CPU, 0, RLIM_INFINITY);
		wait_for_signal(SIGXCPU, 1);
		T_EQ(soft_of(RLIMIT_CPU), 1);
		wait_for_signal(SIGXCPU, 2);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
		T_CMP(ts.tv_sec * 1000 + ts.tv_nsec / 1000000, >, 800); /* Linux counts ticks */
		T_CMP(ts.tv_sec * 1000 + ts.tv_nsec / 1000000, <, 1300);
		T_EQ(soft_of(RLIMIT_CPU), 2);
		/* Time that is used already counts. */
		set(RLIMIT_CPU, 1, RLIM_INFINITY);
		wait_for_signal(SIGXCPU, 3);
		T_EQ(soft_of(RLIMIT_CPU), 2);
	}
	/* Without a handler the signal ends the process. */
	T_CHILD_STATUS(SIGXCPU)
	{
		set(RLIMIT_CORE, 0, 0);
		set(RLIMIT_CPU, 1, 3);
		for (;;)
			;
	}
}

/* Microseconds without sleeping, of a real-time thread alone. */
static void test_rttime(void)
{
	struct sched_param param = {.sched_priority = 1};

	if (!t_is_root()) {
		T_SKIP_ONE("needs root");
		return;
	}
	T_CHILD_STATUS(SIGKILL)
	{
		long soft = SECOND_US / 4;

		t_count_signal(SIGXCPU, 0);
		set(RLIMIT_RTTIME, (rlim_t)soft, (rlim_t)SECOND_US * 3 / 4);
		for (long end = t_now_ms() + 400; t_now_ms() < end;)
			;
		T_EQ(t_signals[SIGXCPU], 0);
		T_OK(sched_setscheduler(0, SCHED_FIFO, &param));
		/* Sleeping starts the count anew; yielding does not. */
		for (int i = 0; i < 14; i++) {
			for (long end = t_now_ms() + 25; t_now_ms() < end;)
				;
			t_sleep_ms(2);
		}
		T_EQ(t_signals[SIGXCPU], 0);
		while (!t_signals[SIGXCPU])
			sched_yield();
		T_EQ(soft_of(RLIMIT_RTTIME), soft + SECOND_US);
		for (long end = t_now_ms() + 5000; t_now_ms() < end;)
			;
		T_TRUE(false); /* the hard limit comes first */
	}
}

static int run_self(void)
{
	char *argv[] = {"x", NULL}, *envp[] = {"LIMITS_CHILD=1", NULL};

	return execve("/proc/self/exe", argv, envp);
}

/* setuid(2) never fails for it; the next execve(2) does, if the user still has too many. */
static void test_nproc(void)
{
	if (!t_is_root()) {
		T_SKIP_ONE("needs root");
		return;
	}
	T_CHILD
	{
		pid_t pids[3];
		int gate[2];

		set(RLIMIT_NPROC, 2, 2);
		T_OK(pipe(gate));
		for (int i = 0; i < 3; i++) {
			pids[i] = T_OK(fork());
			if (!pids[i]) {
				char c;

				close(gate[1]);
				T_OK(setresuid(54322, 54322, 54322));
				_exit((int)read(gate[0], &c, 1));
			}
			t_sleep_ms(20);
		}
		T_CHILD
		{
			T_OK(setresuid(54322, 54322, 54322));
			T_ERR(run_self(), EAGAIN);
			T_ERR(fork(), EAGAIN);
			close(gate[1]);
			for (int i = 0; i < 200 && kill(pids[0], 0) == 0; i++)
				t_sleep_ms(1);
		}
		close(gate[1]);
		for (int i = 0; i < 3; i++)
			T_WAIT(pids[i], 0);
		T_CHILD
		{
			T_OK(setresuid(54322, 54322, 54322));
			run_self();
			T_TRUE(false);
		}
		/* By the real user id. */
		T_CHILD
		{
			pid_t pid;

			set(RLIMIT_NPROC, 0, 0);
			T_OK(setresuid(-1, 54322, -1));
			pid = T_OK(fork());
			if (!pid)
				_exit(0);
			T_WAIT(pid, 0);
		}
	}
}

static void test_fsize(void)
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644)),
	    from = T_OK(open("g", O_RDWR | O_CREAT, 0644));

	T_OK(ftruncate(from, 5000));
	T_CHILD
	{
		off_t off = 0;
		int app;

		t_count_signal(SIGXFSZ, 0);
		set(RLIMIT_FSIZE, 1000, 2000);
		T_ERR(fallocate(fd, 0, 0, 1001), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 1);
		T_OK(fallocate(fd, 0, 0, 1000));
		T_EQ(sendfile(fd, from, &off, 800), 800);
		T_EQ(sendfile(fd, from, &off, 800), 200);
		t_signals[SIGXFSZ] = 1; /* Linux may have tried the rest, too */
		T_ERR(sendfile(fd, from, &off, 800), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 2);
		off = 900;
		lseek(from, 0, SEEK_SET);
		T_EQ(copy_file_range(from, NULL, fd, &off, 500, 0), 100);
		T_ERR(copy_file_range(from, NULL, fd, &off, 500, 0), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 3);
		app = T_OK(open("f", O_WRONLY | O_APPEND));
		T_ERR(write(app, "x", 1), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 4);
		/* A file that is longer may be shortened, to anything. */
		T_OK(ftruncate(from, 4000));
		T_OK(ftruncate(from, 3000));
		T_ERR(ftruncate(from, 3001), EFBIG);
		T_EQ(pwrite(from, "x", 1, 999), 1);
		T_ERR(pwrite(from, "x", 1, 1000), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 6);
		/* SIGXFSZ is for the thread that writes: blocked, it waits. */
		T_CHILD
		{
			sigset_t xfsz;

			sigemptyset(&xfsz);
			sigaddset(&xfsz, SIGXFSZ);
			T_OK(sigprocmask(SIG_BLOCK, &xfsz, NULL));
			T_ERR(pwrite(fd, "x", 1, 1000), EFBIG);
			T_OK(sigpending(&xfsz));
			T_EQ(sigismember(&xfsz, SIGXFSZ), 1);
		}
	}
	T_OK(close(fd));
	T_OK(close(from));
}

/* Hard limits; root may be without that privilege. */
static bool may_raise(void)
{
	struct rlimit old, more = {40, 40};
	bool may;

	getrlimit(RLIMIT_NICE, &old);
	may = t_is_root() && setrlimit(RLIMIT_NICE, &more) == 0;
	if (may)
		setrlimit(RLIMIT_NICE, &old);
	return may;
}

static void test_priorities(void)
{
	struct sched_param param = {0};

	T_AS_USER
	{
		struct rlimit nice = {0, 0};

		getrlimit(RLIMIT_NICE, &nice);
		T_EQ(nice.rlim_max, 0); /* or the test starts with more rights than it thinks */
		T_ERR(setpriority(PRIO_PROCESS, 0, -1), EACCES);
	}
	if (!may_raise()) {
		T_SKIP_ONE("needs CAP_SYS_RESOURCE");
		return;
	}
	T_CHILD
	{
		set(RLIMIT_NICE, 25, 30);
		set(RLIMIT_RTPRIO, 10, 20);
		T_OK(setresuid(T_UID, T_UID, T_UID));
		/* 20 - nice value */
		T_OK(setpriority(PRIO_PROCESS, 0, -5));
		T_ERR(setpriority(PRIO_PROCESS, 0, -6), EACCES);
		T_OK(setpriority(PRIO_PROCESS, 0, 19));
		T_OK(setpriority(PRIO_PROCESS, 0, -5));
		set(RLIMIT_NICE, 30, 30);
		T_OK(setpriority(PRIO_PROCESS, 0, -10));
		set(RLIMIT_NICE, 0, 30);
		T_OK(setpriority(PRIO_PROCESS, 0, -10)); /* no better than it is */
		T_OK(setpriority(PRIO_PROCESS, 0, 0));
		T_ERR(setpriority(PRIO_PROCESS, 0, -1), EACCES);
		param.sched_priority = 11;
		T_ERR(sched_setscheduler(0, SCHED_FIFO, &param), EPERM);
		param.sched_priority = 10;
		T_OK(sched_setscheduler(0, SCHED_FIFO, &param));
		set(RLIMIT_RTPRIO, 0, 20);
		param.sched_priority = 9; /* down is always allowed */
		T_OK(sched_setparam(0, &param));
		param.sched_priority = 10;
		T_ERR(sched_setparam(0, &param), EPERM);
		param.sched_priority = 9;
		T_ERR(sched_setscheduler(0, SCHED_RR, &param), EPERM);
		param.sched_priority = 0;
		T_OK(sched_setscheduler(0, SCHED_OTHER, &param));
	}
}

/* Per user: signals that were queued with a value, and one for each timer. */
static void test_sigpending(void)
{
	T_CHILD
	{
		union sigval value = {.sival_int = 1};
		sigset_t block;
		timer_t timers[4];

		if (t_is_root())
			T_OK(setresuid(54323, 54323, 54323));
		sigemptyset(&block);
		sigaddset(&block, SIGRTMIN);
		sigaddset(&block, SIGUSR1);
		T_OK(sigprocmask(SIG_BLOCK, &block, NULL));
		set(RLIMIT_SIGPENDING, 3, 3);
		T_OK(sigqueue(getpid(), SIGRTMIN, value));
		T_OK(timer_create(CLOCK_MONOTONIC, NULL, &timers[0]));
		T_OK(timer_create(CLOCK_MONOTONIC, NULL, &timers[1]));
		T_ERR(timer_create(CLOCK_MONOTONIC, NULL, &timers[2]), EAGAIN);
		T_ERR(sigqueue(getpid(), SIGRTMIN, value), EAGAIN);
		T_OK(kill(getpid(), SIGUSR1)); /* an old signal is pending all the same */
		T_EQ(sigwaitinfo(&block, NULL), SIGUSR1);
		T_OK(kill(getpid(), SIGRTMIN)); /* kill(2) never fails for it */
		T_EQ(sigwaitinfo(&block, NULL), SIGRTMIN);
		T_OK(timer_delete(timers[0]));
		T_OK(timer_create(CLOCK_MONOTONIC, NULL, &timers[0]));
		T_OK(timer_delete(timers[0]));
		T_OK(timer_delete(timers[1]));
	}
}

static mqd_t queue(const char *name, long count, long size)
{
	struct mq_attr attr = {.mq_maxmsg = count, .mq_msgsize = size};

	return mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
}

/* Bytes of a user's queues altogether: each message, and 48 bytes for it and for each priority. */
static void test_msgqueue(void)
{
	T_CHILD
	{
		mqd_t a, b;

		if (t_is_root())
			T_OK(setresuid(54324, 54324, 54324));
		mq_unlink("/limits-a");
		mq_unlink("/limits-b");
		set(RLIMIT_MSGQUEUE, 2 * 4 * (1000 + 2 * 48), 10000);
		a = T_OK(queue("/limits-a", 4, 1000));
		T_ERR(queue("/limits-b", 4, 1001), EMFILE);
		b = T_OK(queue("/limits-b", 4, 1000));
		/* Until the last descriptor is closed. */
		T_OK(mq_unlink("/limits-a"));
		T_ERR(queue("/limits-a", 1, 1), EMFILE);
		T_OK(mq_close(a));
		a = T_OK(queue("/limits-a", 4, 1000));
		T_OK(mq_close(a));
		T_OK(mq_close(b));
		T_OK(mq_unlink("/limits-a"));
		T_OK(mq_unlink("/limits-b"));
		set(RLIMIT_MSGQUEUE, 0, 0);
		T_ERR(queue("/limits-a", 1, 1), EMFILE);
	}
}

/* "early Linux 2.4 only": locks of files are not counted. */
static void test_locks(void)
{
	T_CHILD
	{
		struct flock lock = {.l_type = F_WRLCK, .l_len = 1};
		int fd = T_OK(open("locks", O_RDWR | O_CREAT, 0644));

		set(RLIMIT_LOCKS, 0, 0);
		T_OK(flock(fd, LOCK_EX));
		T_OK(fcntl(fd, F_SETLK, &lock));
	}
}

/* Executed by run_self(). */
__attribute__((constructor)) static void leave(void)
{
	if (getenv("LIMITS_CHILD"))
		_exit(0);
}

TEST_MAIN
{
	pid_t pid = T_NEED(fork());

	if (!pid) {
		test_rttime();
		_exit(0);
	}
	test_cpu();
	T_WAIT(pid, 0);
	test_nproc();
	test_fsize();
	test_priorities();
	test_sigpending();
	test_msgqueue();
	test_locks();
}
