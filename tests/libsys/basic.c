// SPDX-License-Identifier: Apache-2.0
/* libsys on the kernel it runs on: start-up, calls, errno, signals, processes, printf, the vDSO.
 * TAP on stdout. */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vdso.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int test_nr, failures;
static volatile int seen_signal;

#define CHECK(condition) check((condition), #condition, __LINE__)

static void check(int is_good, const char *text, int line)
{
	printf("%sok %d - line %d: %s\n", is_good ? "" : "not ", ++test_nr, line, text);
	failures += !is_good;
}

static void handler(int sig)
{
	seen_signal = sig;
}

static void check_format(const char *want, const char *got)
{
	check(strcmp(want, got) == 0, want, __LINE__);
	if (strcmp(want, got))
		printf("# got '%s'\n", got);
}

#define FORMAT(want, ...) (snprintf(text, sizeof(text), __VA_ARGS__), check_format(want, text))

static void test_printf(void)
{
	char text[64];

	FORMAT("-5 |   7|7   |007|+3", "%d |%4d|%-4d|%03d|%+d", -5, 7, 7, 7, 3);
	FORMAT("ff FF 0xff 017 0", "%x %X %#x %#o %#x", 255, 255, 255, 15, 0);
	FORMAT("18446744073709551615 -1 255", "%llu %ld %hhu", ~0ull, -1l, (unsigned char)255);
	FORMAT("9223372036854775807 7fffffffffffffff", "%lld %llx", ~0ull >> 1, ~0ull >> 1);
	FORMAT("  abc|ab|abc  |x%", "%5s|%.2s|%-5s|%c%%", "abc", "abc", "abc", 'x');
	FORMAT("    5|00042|-2147483648", "%*d|%.5d|%d", 5, 5, 42, -2147483647 - 1);
	CHECK(snprintf(text, 4, "123456") == 6 && strcmp(text, "123") == 0);
	CHECK(strtol("-0x1f", NULL, 0) == -31 && strtoul("077", NULL, 0) == 63 &&
	      atoi(" 12x") == 12);
}

static void test_calls(void)
{
	struct utsname name;
	struct stat st;
	char cwd[4096];
	char *page;

	CHECK(syscall(SYS_getpid) == getpid() && getpid() > 0);
	CHECK(syscall(-1) == -1 && errno == ENOSYS);
	CHECK(open("/nonexistent", O_RDONLY) == -1 && errno == ENOENT);
	CHECK(strcmp(strerror(ENOENT), "No such file or directory") == 0);
	CHECK(close(-1) == -1 && errno == EBADF);
	CHECK(stat("/", &st) == 0 && S_ISDIR(st.st_mode));
	CHECK(uname(&name) == 0 && strcmp(name.sysname, "Linux") == 0);
	CHECK(getcwd(cwd, sizeof(cwd)) == cwd && cwd[0] == '/');
	CHECK(getcwd(cwd, 1) == NULL && errno == ERANGE);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED && page[4095] == 0);
	CHECK(munmap(page, 4096) == 0);
	CHECK(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
	      errno == EINVAL);
	CHECK(sbrk(4096) != (void *)-1);
	CHECK(getauxval(AT_PAGESZ) == 4096);
	CHECK(getenv("PATH") != NULL && getenv("PAT") == NULL);
}

static void test_signals(void)
{
	struct sigaction act = {.sa_handler = handler};
	sigset_t set;

	CHECK(sigaction(SIGUSR1, &act, NULL) == 0 && raise(SIGUSR1) == 0 && seen_signal == SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	CHECK(signal(SIGUSR2, handler) == SIG_DFL);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0 && raise(SIGUSR2) == 0 &&
	      seen_signal == SIGUSR1);
	CHECK(sigpending(&set) == 0 && sigismember(&set, SIGUSR2));
	sigemptyset(&set);
	CHECK(sigsuspend(&set) == -1 && errno == EINTR && seen_signal == SIGUSR2);
}

static int thread(void *arg)
{
	errno = 77;
	*(volatile int *)arg = errno;
	return 0;
}

static void test_processes(void)
{
	static char stack[16384], tls[4096];
	char *argv[] = {"sh", "-c", "exit 7", NULL};
	int status, pid, flags, value = 0;
	volatile int tid = 1;
	fd_set set;

	pid = fork();
	if (pid == 0)
		execvp("sh", argv);
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 7);
	pid = vfork();
	if (pid == 0)
		_exit(3);
	CHECK(wait(&status) == pid && WEXITSTATUS(status) == 3);
	pid = fork();
	if (pid == 0)
		abort();
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
	      WTERMSIG(status) == SIGABRT);
	CHECK(wait(&status) == -1 && errno == ECHILD);
	flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
		CLONE_SETTLS | CLONE_CHILD_CLEARTID;
	errno = 5;
	CHECK(__libsys_tls_size() <= sizeof(tls));
	CHECK(clone(thread, stack + sizeof(stack), flags, &value, NULL, __libsys_tls_init(tls),
		    &tid) > 0);
	while (tid)
		sched_yield();
	CHECK(value == 77 && errno == 5);
	FD_ZERO(&set);
	FD_SET(70, &set);
	CHECK(FD_ISSET(70, &set) && !FD_ISSET(6, &set));
}

/* The vDSO's clock whose times have 64 bits. */
#define VDSO_CLOCK_GETTIME (sizeof(long) == 8 ? "__vdso_clock_gettime" : "__vdso_clock_gettime64")

static void test_vdso(void)
{
	int (*vdso_clock_gettime)(int, struct timespec *) =
		vdso_sym("LINUX_2.6", VDSO_CLOCK_GETTIME);
	struct timespec a, b;

	CHECK(vdso_sym("LINUX_2.6", "__vdso_nothing") == NULL);
	CHECK(vdso_sym("LINUX_9.9", VDSO_CLOCK_GETTIME) == NULL);
	CHECK(vdso_clock_gettime != NULL);
	if (!vdso_clock_gettime)
		return;
	CHECK(clock_gettime(CLOCK_MONOTONIC, &a) == 0 &&
	      vdso_clock_gettime(CLOCK_MONOTONIC, &b) == 0);
	CHECK(b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec >= a.tv_nsec));
}

int main(int argc, char **argv)
{
	CHECK(argc == 1 && argv[1] == NULL && strstr(argv[0], "basic"));
	test_printf();
	test_calls();
	test_signals();
	test_processes();
	test_vdso();
	printf("1..%d\n", test_nr);
	return failures != 0;
}
