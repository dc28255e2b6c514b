/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random numbers and arguments through the doors of one ABI, from processes without privileges: the
 * kernel must neither stop nor let one of them become unkillable. FUZZ_SECONDS in the environment
 * says how long (3), FUZZ_SEED where to start. For Lstar only: the machine is not to be spared.
 *
 * The program that includes this has the doors, door_count and door_call(), and pool_make().
 */
#ifndef TESTS_ABI_FUZZ_H
#define TESTS_ABI_FUZZ_H

#include "../sys/test.h"
#include <grp.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <time.h>

#define POOL_BYTES	(64 * 4096)
#define FIRST_UID	60000
#define CALLS_PER_ROUND 3000
#define ROUND_MS	1000
#define PATIENCE_US	10000 /* a call that waits is interrupted */
#define END_MS		8000  /* after SIGKILL */
#define MAX_WORKERS	8

static const int door_count;
static void door_call(int door, unsigned long nr, const unsigned long a[6]);
static char *pool_make(void);

static uint64_t fuzz_state;
static char *fuzz_pool;

static uint32_t fuzz_random(void)
{
	fuzz_state ^= fuzz_state << 13;
	fuzz_state ^= fuzz_state >> 7;
	fuzz_state ^= fuzz_state << 17;
	return (uint32_t)(fuzz_state >> 16);
}

static unsigned long fuzz_address(void)
{
	unsigned long at = (unsigned long)fuzz_pool + fuzz_random() % POOL_BYTES;

	switch (fuzz_random() % 8) {
	case 0:
		return 0;
	case 1:
		return fuzz_random() & ~4095u;
	case 2:
		return (unsigned long)fuzz_pool + POOL_BYTES - fuzz_random() % 64;
	case 3:
		return ~0UL - fuzz_random() % 8192;
	default:
		return at & ~7UL;
	}
}

static unsigned long fuzz_argument(void)
{
	switch (fuzz_random() % 10) {
	case 0:
	case 1:
		return fuzz_random() % 16; /* a descriptor, a small number */
	case 2:
		return 1UL << fuzz_random() % (8 * sizeof(long));
	case 3:
		return fuzz_random() & fuzz_random() & fuzz_random();
	case 4:
		return -(unsigned long)(fuzz_random() % 256);
	case 5:
		return (unsigned long)((uint64_t)fuzz_random() << 32 | fuzz_random());
	case 6:
		return 4096UL << fuzz_random() % 8;
	default:
		return fuzz_address();
	}
}

/* What structures in memory may say: numbers as above, and names. */
static void fuzz_fill(void)
{
	static const char *const names[] = {"/",	  "/tmp",      "/proc/self/mem",
					    "x",	  "/dev/zero", "/dev/tty",
					    "/proc/1/fd", "../..",     ""};

	for (size_t i = 0; i < POOL_BYTES / sizeof(long); i += 1 + fuzz_random() % 8)
		((unsigned long *)(void *)fuzz_pool)[i] = fuzz_argument();
	for (int i = 0; i < 200; i++)
		strcpy(fuzz_pool + (fuzz_random() % (POOL_BYTES - 64) & ~7u),
		       names[fuzz_random() % (sizeof(names) / sizeof(names[0]))]);
}

static void fuzz_limits(void)
{
	static const struct {
		int resource;
		rlim_t value;
	} limits[] = {{RLIMIT_AS, 1UL << 28}, {RLIMIT_FSIZE, 1 << 20}, {RLIMIT_NPROC, 24},
		      {RLIMIT_CORE, 0},	      {RLIMIT_CPU, 4},	       {RLIMIT_MEMLOCK, 65536}};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct rlimit l = {limits[i].value, limits[i].value};

		setrlimit((__rlimit_resource_t)limits[i].resource, &l);
	}
}

/* exit and exit_group, by either table: seldom. */
static bool fuzz_is_dull(unsigned long nr)
{
	return nr == 1 || nr == 252 || nr == SYS_exit || nr == SYS_exit_group;
}

/* Something of each kind below 16, where arguments find it; what cannot be made is left out. */
static void fuzz_descriptors(void)
{
	static const int sockets[][3] = {{AF_INET, SOCK_STREAM, 0},   {AF_INET, SOCK_DGRAM, 0},
					 {AF_INET6, SOCK_STREAM, 0},  {AF_INET6, SOCK_DGRAM, 0},
					 {AF_UNIX, SOCK_STREAM, 0},   {AF_UNIX, SOCK_DGRAM, 0},
					 {AF_UNIX, SOCK_SEQPACKET, 0}};
	struct itimerspec soon = {{0, 3000000}, {0, 1000000}};
	struct sockaddr_in any = {.sin_family = AF_INET};
	sigset_t mask;
	int pair[2], fd;

	for (int i = 0; i < 5; i++) {
		const int *s = sockets[fuzz_random() % (sizeof(sockets) / sizeof(sockets[0]))];

		fd = socket(s[0], s[1] | SOCK_NONBLOCK, s[2]);
		if (s[0] == AF_INET && !bind(fd, (struct sockaddr *)&any, sizeof(any)))
			listen(fd, 4);
	}
	if (fuzz_random() % 2)
		(void)!socketpair(AF_UNIX, fuzz_random() % 2 ? SOCK_STREAM : SOCK_SEQPACKET, 0,
				  pair);
	else
		(void)!pipe(pair);
	switch (fuzz_random() % 4) {
	case 0:
		fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
		timerfd_settime(fd, 0, &soon, NULL);
		break;
	case 1:
		eventfd(fuzz_random() % 8, EFD_NONBLOCK);
		break;
	case 2:
		sigfillset(&mask);
		signalfd(-1, &mask, SFD_NONBLOCK);
		break;
	default:
		inotify_init1(IN_NONBLOCK);
	}
	switch (fuzz_random() % 4) {
	case 0:
		socket(AF_NETLINK, SOCK_RAW, 0);
		break;
	case 1:
		(void)open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
		break;
	case 2:
		memfd_create("fuzz", MFD_ALLOW_SEALING);
		break;
	default:
		(void)open("/tmp", O_RDONLY | O_DIRECTORY);
	}
	epoll_create1(0);
}

static void fuzz_interrupt(int sig)
{
	(void)sig;
}

static void fuzz_round(int worker, uint64_t seed)
{
	unsigned long args[6];
	struct itimerval timer = {{0, PATIENCE_US}, {0, PATIENCE_US}};
	struct sigaction sa = {.sa_handler = fuzz_interrupt};
	pid_t self = getpid();
	int null = open("/dev/null", O_RDWR);

	/* What is done at random to shared open files must not be done to the report's. */
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	fuzz_state = seed | 1;
	if (setgroups(0, NULL) || setgid(FIRST_UID + (unsigned)worker) ||
	    setuid(FIRST_UID + (unsigned)worker))
		_exit(99);
	fuzz_limits();
	fuzz_descriptors();
	fuzz_pool = pool_make();
	fuzz_fill();
	for (int n = 0; n < CALLS_PER_ROUND; n++) {
		unsigned long nr = fuzz_random() % 480;
		int door = (int)(fuzz_random() % (unsigned)door_count);

		if (fuzz_random() % 32 == 0)
			nr = fuzz_random() % 2 ? fuzz_random() : 0x40000000 | nr;
		if (fuzz_is_dull(nr) && fuzz_random() % 64)
			continue;
		for (int i = 0; i < 6; i++)
			args[i] = fuzz_argument();
		door_call(door, nr, args);
		if (syscall(SYS_getpid) != self)
			_exit(0); /* fork and its kin */
		if (n % 64 == 0)
			fuzz_fill();
	}
	_exit(0);
}

/* A round is a program of its own: it shares no memory with the test, whose counts it would hit. */
__attribute__((constructor)) static void fuzz_as_round(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "fuzz-round"))
		fuzz_round(atoi(argv[2]), strtoull(argv[3], NULL, 0));
}

static void __attribute__((noreturn)) fuzz_exec(int worker, uint64_t seed)
{
	char words[2][32];

	snprintf(words[0], sizeof(words[0]), "%d", worker);
	snprintf(words[1], sizeof(words[1]), "%llu", (unsigned long long)seed);
	execl("/proc/self/exe", "fuzz", "fuzz-round", words[0], words[1], (char *)NULL);
	_exit(98);
}

/* Everything of the worker's user ends. */
static void fuzz_sweep(int worker)
{
	pid_t pid = fork();

	if (!pid) {
		if (!setgid(FIRST_UID + (unsigned)worker) && !setuid(FIRST_UID + (unsigned)worker))
			kill(-1, SIGKILL);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

/* False: the child is still there long after SIGKILL. */
static bool fuzz_reap(pid_t pid, int worker)
{
	long start = t_now_ms();
	bool is_killed = false;

	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (!is_killed && t_now_ms() - start > ROUND_MS) {
			kill(pid, SIGKILL);
			is_killed = true;
		}
		if (t_now_ms() - start > ROUND_MS + END_MS)
			return false;
		t_sleep_ms(5);
	}
	fuzz_sweep(worker);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return true;
}

static void __attribute__((noreturn)) fuzz_work(int worker, uint64_t seed, long end_ms)
{
	int rounds = 0;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	while (t_now_ms() < end_ms) {
		uint64_t s = (seed + (uint64_t)worker * 1000003 + (uint64_t)rounds) *
			     0x9e3779b97f4a7c15UL;
		pid_t pid = fork();

		if (!pid)
			fuzz_exec(worker, s);
		if (pid < 0 || !fuzz_reap(pid, worker)) {
			t_note("worker %d, round %d, seed %llu: fork %d", worker, rounds,
			       (unsigned long long)seed, (int)pid);
			_exit(1);
		}
		rounds++;
	}
	t_note("worker %d: %d rounds of up to %d calls", worker, rounds, CALLS_PER_ROUND);
	_exit(0);
}

static void fuzz(void)
{
	const char *seconds = getenv("FUZZ_SECONDS"), *start = getenv("FUZZ_SEED");
	long run_ms = (seconds ? atol(seconds) : 3) * 1000;
	uint64_t seed = start ? strtoull(start, NULL, 0) : (uint64_t)time(NULL);
	int workers = (int)sysconf(_SC_NPROCESSORS_ONLN);
	struct utsname u;
	pid_t pids[MAX_WORKERS];

	uname(&u);
	if (!strstr(u.release, "lstar"))
		T_SKIP("this machine's own kernel is not what is tried");
	T_NEED_ROOT();
	if (workers > MAX_WORKERS)
		workers = MAX_WORKERS;
	t_note("seed %llu, %d workers", (unsigned long long)seed, workers);
	for (int i = 0; i < workers; i++) {
		pids[i] = fork();
		if (!pids[i])
			fuzz_work(i, seed, t_now_ms() + run_ms);
	}
	for (int i = 0; i < workers; i++)
		T_WAIT(pids[i], T_EXITED(0));
	T_CHILD
	{
		T_OK(getppid() > 0 ? 0 : -1);
	}
}

#endif
