// SPDX-License-Identifier: Apache-2.0
/*
 * Functions that are more than the bare call, one line per use: built on libsys and on glibc, the
 * two must print the same (tests/libsys/twin/run.sh). Runs in an empty folder.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* mmap() with six arguments in registers. */
#ifdef SYS_mmap2
#define SYS_mmap_6 SYS_mmap2
#else
#define SYS_mmap_6 SYS_mmap
#endif

static volatile int seen;
static char line[512];

static void say(const char *text, long result, int error)
{
	snprintf(line, sizeof(line), "%s = %ld %d\n", text, result, error);
	if (write(1, line, strlen(line)) < 0)
		_exit(1);
}

/* The value, and errno when it says failure. */
#define TRY(expression)                                               \
	do {                                                          \
		long result_;                                         \
		errno = 0;                                            \
		result_ = (long)(expression);                         \
		say(#expression, result_, result_ == -1 ? errno : 0); \
	} while (0)
/* Only whether it is so: for values that differ from run to run. */
#define IS(expression) say(#expression, (expression) != 0, 0)

static void handler(int sig)
{
	seen = sig;
}

static void try_files(void)
{
	static char buf[64], path[4096];
	struct iovec iov = {buf, 4};
	struct stat st;
	struct timespec times[2] = {{1000, 5}, {2000, 7}};
	struct timeval tv[2] = {{3000, 1}, {4000, 2}}, bad[2] = {{0, 1000000}, {0, 0}};
	int fd;

	TRY(fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0640));
	TRY(open("file", O_RDWR | O_CREAT | O_EXCL, 0640));
	TRY(stat("file", &st));
	IS((st.st_mode & 0777) == (0640 & ~022));
	TRY(creat("other", 0600));
	TRY(open("none", O_RDONLY));
	TRY(openat(AT_FDCWD, ".", O_DIRECTORY | O_WRONLY));
	TRY(pwrite(fd, "0123456789", 10, 5));
	TRY(pread(fd, buf, 4, 7));
	IS(memcmp(buf, "2345", 4) == 0);
	TRY(pread(fd, buf, 4, -1));
	TRY(preadv(fd, &iov, 1, 6));
	TRY(pwritev(fd, &iov, 1, 20));
	TRY(preadv(fd, &iov, -1, 6));
	TRY(preadv2(fd, &iov, 1, 6, 0));
	TRY(pwritev2(fd, &iov, 1, -1, 0x4000));
	TRY(lseek(fd, 0, SEEK_END));
	TRY(symlink("file", "link"));
	TRY(lstat("link", &st));
	IS(S_ISLNK(st.st_mode) && st.st_size == 4);
	TRY(stat("link", &st));
	IS(S_ISREG(st.st_mode));
	TRY(stat("", &st));
	TRY(stat("file/x", &st));
	TRY(fstat(fd, &st));
	TRY(fstat(-1, &st));
	TRY(fstatat(AT_FDCWD, "file", &st, 0x40000000));
	TRY(mkfifo("fifo", 0600));
	TRY(mkfifo("fifo", 0600));
	TRY(futimens(fd, times));
	TRY(futimens(-1, times));
	TRY(fstat(fd, &st));
	say("mtime", st.st_mtime, 0);
	TRY(utimensat(AT_FDCWD, NULL, times, 0));
	TRY(futimes(fd, tv));
	TRY(utimes("file", tv));
	TRY(lutimes("link", tv));
	TRY(lutimes("link", bad));
	TRY(fchmodat(AT_FDCWD, "file", 0600, 0));
	TRY(faccessat(AT_FDCWD, "file", R_OK, 0));
	TRY(faccessat(AT_FDCWD, "file", R_OK, 0x40000000));
	TRY(posix_fadvise(fd, 0, 0, 0));
	TRY(posix_fadvise(fd, 0, 0, 99));
	TRY(posix_fadvise(-1, 0, 0, 0));
	TRY(fcntl(fd, F_GETOWN));
	TRY(fcntl(fd, F_GETFL) & O_ACCMODE);
	TRY(fcntl(-1, F_GETOWN));
	IS(getcwd(path, sizeof(path)) == path);
	TRY(getcwd(path, 1));
	TRY(close(fd));
	TRY(close(fd));
}

static void try_processes(void)
{
	char *argv[] = {"sh", "-c", "exit 9", NULL}, *none[] = {NULL};
	int status = 0, pid;
	siginfo_t info;

	pid = fork();
	if (pid == 0)
		_exit(5);
	IS(waitpid(pid, &status, 0) == pid);
	say("status", status, 0);
	TRY(waitpid(-1, &status, 0));
	TRY(wait(&status));
	TRY(waitpid(-1, &status, -1));
	pid = fork();
	if (pid == 0) {
		execvp("sh", argv);
		_exit(1);
	}
	memset(&info, 0, sizeof(info));
	TRY(waitid(P_PID, pid, &info, WEXITED));
	say("info", info.si_status, 0);
	TRY(waitid(77, 0, &info, WEXITED));
	TRY(execve("none", argv, none));
	TRY(execvp("no such program", argv));
	TRY(execvp("", argv));
	TRY(execl("none", "none", (char *)NULL));
	TRY(execlp("no such program", "x", (char *)NULL));
	TRY(fexecve(-1, argv, none));
	TRY(nice(3));
	TRY(getpriority(PRIO_PROCESS, 0));
	TRY(getpriority(99, 0));
	TRY(setpgrp());
	TRY(getpgrp() - getpid());
	TRY(kill(getpid(), 999));
	IS(getpid() == syscall(SYS_getpid));
	IS(getppid() > 0);
	TRY(umask(022));
	TRY(alarm(100));
	TRY(alarm(0) > 98);
	TRY(sched_yield());
}

static void try_signals(void)
{
	struct sigaction act, old;
	struct timespec now = {0, 0};
	sigset_t set;
	int sig = 0;

	memset(&act, 0, sizeof(act));
	act.sa_handler = handler;
	TRY(sigaction(SIGUSR1, &act, NULL));
	TRY(sigaction(SIGUSR1, NULL, &old));
	IS(old.sa_handler == handler);
	TRY(sigaction(SIGKILL, &act, NULL));
	TRY(sigaction(999, &act, NULL));
	TRY(raise(SIGUSR1));
	say("seen", seen, 0);
	IS(signal(SIGUSR2, handler) == SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	TRY(sigprocmask(SIG_BLOCK, &set, NULL));
	TRY(sigprocmask(77, &set, NULL));
	TRY(raise(SIGUSR2));
	TRY(sigpending(&set));
	TRY(sigismember(&set, SIGUSR2));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	TRY(sigwait(&set, &sig));
	say("sig", sig, 0);
	TRY(sigtimedwait(&set, NULL, &now));
	TRY(raise(SIGUSR2));
	TRY(sigwaitinfo(&set, NULL));
	TRY(raise(SIGUSR2));
	sigemptyset(&set);
	TRY(sigsuspend(&set));
	say("seen", seen, 0);
}

static void try_time(void)
{
	struct timespec now, later, bad = {0, 1000000000}, none = {0, 0};
	struct timeval tv;
	fd_set fds;

	TRY(clock_gettime(CLOCK_MONOTONIC, &now));
	TRY(clock_gettime(CLOCK_MONOTONIC, &later));
	IS(later.tv_sec > now.tv_sec ||
	   (later.tv_sec == now.tv_sec && later.tv_nsec >= now.tv_nsec));
	TRY(clock_gettime(99, &now));
	TRY(clock_getres(CLOCK_MONOTONIC, &now));
	TRY(clock_getres(99, &now));
	TRY(clock_gettime(CLOCK_REALTIME, &now));
	TRY(gettimeofday(&tv, NULL));
	IS(tv.tv_sec - now.tv_sec <= 1);
	IS(time(NULL) - now.tv_sec <= 1);
	TRY(clock_nanosleep(CLOCK_MONOTONIC, 0, &none, NULL));
	TRY(clock_nanosleep(CLOCK_MONOTONIC, 0, &bad, NULL));
	TRY(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &none, NULL));
	TRY(clock_nanosleep(99, 0, &none, NULL));
	TRY(nanosleep(&bad, NULL));
	TRY(usleep(1));
	FD_ZERO(&fds);
	TRY(pselect(0, NULL, NULL, NULL, &none, NULL));
	TRY(pselect(-1, NULL, NULL, NULL, &none, NULL));
	TRY(ppoll(NULL, 0, &none, NULL));
	TRY(ppoll(NULL, 0, &bad, NULL));
}

static void try_rest(void)
{
	unsigned long mask[128];
	struct utsname names;
	char name[128], *end;

	TRY(sched_getaffinity(0, sizeof(mask), (void *)mask));
	IS(mask[0] != 0 && mask[127] == 0);
	TRY(sched_getaffinity(0, 0, (void *)mask));
	TRY(sched_getaffinity(-1, sizeof(mask), (void *)mask));
	IS(sched_getcpu() >= 0);
	end = sbrk(0);
	IS(sbrk(4096) == end && sbrk(0) == end + 4096);
	TRY(brk(end));
	TRY(brk((void *)(~0ul >> 1 & ~0xffful)));
	IS(sbrk((long)(~0ul >> 2)) == (void *)-1 && errno == ENOMEM);
	TRY(getentropy(name, 16));
	TRY(getentropy(name, 257));
	TRY(uname(&names));
	TRY(gethostname(name, sizeof(name)));
	IS(strcmp(name, names.nodename) == 0);
	TRY(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	TRY(munmap((void *)1, 1));
	TRY(syscall(-1));
	TRY(syscall(SYS_write, -1, name, 1));
	TRY(syscall(SYS_mmap_6, 0ul, 4096ul, 1ul, 1ul, -1l, 0ul));
	TRY(isatty(-1));
	TRY(getpagesize());
}

int main(void)
{
	try_files();
	try_processes();
	try_signals();
	try_time();
	try_rest();
	return 0;
}
