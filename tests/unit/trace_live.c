// SPDX-License-Identifier: Apache-2.0
/*
 * Makes many calls and formats each with the kernel's tracer. Run under strace(1), which shows the
 * same calls: tests/unit/trace_live.sh compares the two texts. Between a call's two halves nothing
 * else calls the kernel.
 */
#include <asm/ioctls.h>
#include <asm/prctl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>
#include "gen/sysnr_x86_64.h"
#include "sys/trace_format.h"

#define LOG_SIZE (1 << 20)
#define MARK	 12345678

static char text[LOG_SIZE];
static size_t text_length;

static long raw(long nr, const unsigned long *a)
{
	register unsigned long r10 __asm__("r10") = a[3];
	register unsigned long r8 __asm__("r8") = a[4];
	register unsigned long r9 __asm__("r9") = a[5];
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

/* Addresses the tests call bad are below 64 KiB or in the kernel's half. */
static size_t copy_in(void *dst, unsigned long src, size_t n)
{
	if (src < 65536 || src + n > 1ul << 47)
		return n;
	memcpy(dst, (const void *)src, n);
	return 0;
}

static long call(long nr, unsigned long a, unsigned long b, unsigned long c, unsigned long d,
		 unsigned long e, unsigned long f)
{
	struct trace_line line = {.text = text + text_length,
				  .size = 8192,
				  .copy_in = copy_in,
				  .desc = &syscall_descs[nr],
				  .args = {a, b, c, d, e, f}};

	trace_format_entry(&line);
	line.result = raw(nr, line.args);
	trace_format_exit(&line);
	text_length += line.length;
	text[text_length++] = '\n';
	return line.result;
}

/* The argument count is the table's; missing ones are zero. */
#define CALL(name, ...) CALL_(__NR_##name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_(nr, a, b, c, d, e, f, ...)                                                         \
	call(nr, (unsigned long)(a), (unsigned long)(b), (unsigned long)(c), (unsigned long)(d), \
	     (unsigned long)(e), (unsigned long)(f))

static char path[300], buf[8192], small[40];
static struct iovec iov[3] = {{"ab\0c", 4},
			      {NULL, 0},
			      {"0123456789012345678901234567890123456789", 40}};
static struct iovec in[3] = {{small, 3}, {buf, 5}, {buf + 5, 10}};
static struct {
	long sec, nsec;
} with_now[2] = {{1700000000, 0}, {0, 1073741823}},
  with_omit[2] = {{951782400, 5}, {0, 1073741822}};
static int fd, fds[2];
static struct flock lock = {F_WRLCK, 0, 0, 10, 0};

static void file_data(void)
{
	memset(path, 'p', sizeof(path) - 1);
	CALL(open, "/dev/null", O_RDONLY);
	CALL(openat, AT_FDCWD, "/nonexistent/\n\t\001\0012\"\\\x7f\xff",
	     O_WRONLY | O_CREAT | O_TRUNC, 0644);
	CALL(openat, -100, path, O_RDWR | O_APPEND | O_DIRECTORY | O_CLOEXEC, 0);
	CALL(openat, AT_FDCWD, 8, 0x80000000, 0);
	fd = (int)CALL(openat, AT_FDCWD, "/tmp", O_RDWR | O_TMPFILE | O_EXCL, 0600);
	CALL(write, fd, "hello world, this is longer than thirty-two bytes", 49);
	CALL(write, fd, "\r\v\f\a\033[0m", 8);
	CALL(write, fd, 0, 0);
	CALL(write, fd, "", 0);
	CALL(writev, fd, iov, 3);
	CALL(lseek, fd, 0, 0);
	CALL(lseek, fd, -5, 7);
	CALL(read, fd, buf, 100);
	CALL(read, fd, buf, 0);
	CALL(read, -1, buf, 100);
	CALL(pread64, fd, small, 10, 3);
	CALL(preadv, fd, in, 3, 2, 0);
	CALL(preadv2, fd, in, 2, 2, 0, 1);
	CALL(pwritev, fd, iov, 1, 2, 0);
}

static void file_state(void)
{
	CALL(fstat, fd, buf);
	CALL(fstat, -1, buf);
	CALL(stat, "/dev/null", buf);
	CALL(lstat, "/dev/null", 0);
	CALL(newfstatat, AT_FDCWD, "/", buf, AT_SYMLINK_NOFOLLOW);
	CALL(newfstatat, 3, "", buf, AT_EMPTY_PATH);
	CALL(statx, AT_FDCWD, "/etc/passwd", AT_STATX_SYNC_AS_STAT | AT_NO_AUTOMOUNT, 0xfff, buf);
	CALL(statx, AT_FDCWD, "/etc/passwd", AT_STATX_DONT_SYNC, STATX_MODE | STATX_SIZE, buf);
	CALL(fcntl, fd, F_GETFL);
	CALL(fcntl, fd, F_GETFD);
	CALL(fcntl, fd, F_SETFD, 1);
	CALL(fcntl, fd, F_SETFD, 0);
	CALL(fcntl, fd, F_GETFD);
	CALL(fcntl, fd, F_SETFL, O_RDONLY | O_NONBLOCK);
	CALL(fcntl, fd, F_SETFL, 0);
	CALL(fcntl, fd, F_SETLK, &lock);
	CALL(fcntl, fd, F_GETLK, &lock);
	CALL(fcntl, fd, F_DUPFD_CLOEXEC, 10);
	CALL(fcntl, fd, 77, 10);
	CALL(ioctl, fd, TCGETS, buf);
	CALL(ioctl, fd, TIOCGWINSZ, buf);
	CALL(ioctl, fd, 0x80045499, buf);
	CALL(ioctl, fd, FIONREAD, buf);
}

static void file_names(void)
{
	CALL(access, "/x", 4);
	CALL(access, "/", 0);
	CALL(faccessat2, AT_FDCWD, "/", 7, AT_EACCESS);
	CALL(faccessat, AT_FDCWD, "/", 1);
	CALL(readlink, "/proc/self/cwd", buf, 100);
	CALL(readlink, "/proc/self", buf, 2);
	CALL(readlinkat, AT_FDCWD, "/nonexistent", buf, 100);
	CALL(getcwd, buf, 100);
	CALL(getcwd, buf, 1);
	CALL(mkdir, "/proc/x", 0755);
	CALL(mkdirat, AT_FDCWD, "/proc/x", 01777);
	CALL(mknod, "/proc/x", 0100644, 0x103);
	CALL(mknodat, AT_FDCWD, "/proc/x", 0020600, 0x103);
	CALL(mknodat, AT_FDCWD, "/proc/x", 0010666, 0);
	CALL(chmod, "/proc/x", 04755);
	CALL(fchmod, -1, 0);
	CALL(chown, "/proc/x", -1, 5);
	CALL(fchownat, AT_FDCWD, "/proc/x", 0, -1, AT_SYMLINK_NOFOLLOW);
	CALL(umask, 022);
	CALL(umask, 0);
	CALL(umask, 022);
	CALL(rename, "/proc/a", "/proc/b");
	CALL(renameat2, -100, "/proc/a", -100, "/proc/b", 1);
	CALL(linkat, -100, "/proc/a", -100, "/proc/b", AT_SYMLINK_FOLLOW);
	CALL(symlink, "/proc/a", "/proc/b");
	CALL(unlinkat, -100, "/proc/b", AT_REMOVEDIR);
	CALL(utimensat, AT_FDCWD, "/proc/x", with_now, 0);
	CALL(utimensat, AT_FDCWD, "/proc/x", with_omit, AT_SYMLINK_NOFOLLOW);
	CALL(utimensat, fd, 0, 0, 0);
	CALL(utimes, "/proc/x", ((long[]){1700000000, 5, 1700000001, 0}));
	CALL(utime, "/proc/x", ((long[]){1700000000, -5}));
}

static void file_rest(void)
{
	CALL(truncate, "/proc/x", 5);
	CALL(ftruncate, fd, 10);
	CALL(fallocate, fd, 3, 0, 10);
	CALL(sendfile, -1, fd, ((long[]){7}), 100);
	CALL(pipe2, fds, O_CLOEXEC | O_NONBLOCK);
	CALL(pipe2, fds, 5);
	CALL(read, fds[0], buf, 10);
	CALL(dup2, fd, 20);
	CALL(dup3, fd, 21, O_CLOEXEC);
	CALL(close, 20);
	CALL(close_range, 20, ~0u, 4);
	CALL(statfs, "/proc", buf);
	CALL(statfs, "/nonexistent", buf);
	fd = (int)CALL(openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY);
	CALL(getdents64, fd, buf, 8192);
	CALL(getdents64, fd, buf, 8192);
	CALL(getdents, fd, buf, 8192);
	CALL(mount, "none", "/nonexistent", "tmpfs", 6, "size=1m");
	CALL(mount, 0, "/nonexistent", 0, 0, 0);
	CALL(umount2, "/nonexistent", 2);
	CALL(chdir, "/");
	CALL(chroot, "/nonexistent");
	CALL(fadvise64, fd, 0, 0, 3);
	CALL(fsync, fd);
	CALL(syncfs, -1);
}

static void memory(void)
{
	unsigned char vec[4];
	unsigned long page;

	CALL(brk, 0);
	page = (unsigned long)CALL(mmap, 0, 8192, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CALL(mmap, page, 4096, 0, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1,
	     0x1000);
	CALL(mmap, 0, 0, PROT_READ, MAP_PRIVATE, 3, 0x1000);
	CALL(mmap, 0, 0, PROT_READ | 0x100, 0x33, 3, 0x1000);
	CALL(mprotect, page, 4096, PROT_READ | PROT_EXEC);
	CALL(mprotect, page, 4096, 0);
	CALL(mremap, page, 4096, 4096, MREMAP_MAYMOVE, 0x1234);
	CALL(mremap, page, 4096, 0, MREMAP_MAYMOVE | MREMAP_FIXED, 0x1000);
	CALL(msync, page, 4096, MS_SYNC);
	CALL(mincore, page, 8192, vec);
	CALL(mincore, 1, 8192, vec);
	CALL(madvise, page, 4096, MADV_DONTNEED);
	CALL(mlockall, 8);
	CALL(munmap, page, 8192);
	CALL(munmap, 1, 0);
}

static void handler(int sig)
{
	(void)sig;
}

static unsigned long set = 0x8000000000000005, most = ~0x800000000ul, words[128], none = 0;
static struct sigaction act = {handler, SA_RESTORER | SA_RESTART, (void *)0x5555, 1 << 4};
static struct {
	int fd;
	short events, revents;
} polls[2] = {{1, 5, 0}, {-1, 1, 0}};
static struct timespec ts = {0, 1000};
static unsigned long sets[2] = {2, 4}, pack[2] = {(unsigned long)&set, 8};
static struct sigaltstack ss = {(void *)words, 0, 8192};
static struct __user_cap_header_struct cap = {_LINUX_CAPABILITY_VERSION_3, 0};
static unsigned futex_word = 5;
static int status;

static void ids(void)
{
	CALL(getpid);
	CALL(getppid);
	CALL(gettid);
	CALL(getuid);
	CALL(getresuid, words, words + 1, words + 2);
	CALL(setresuid, -1, -1, -1);
	CALL(getgroups, 0, 0);
	CALL(getgroups, 100, words);
	CALL(getpgrp);
	CALL(getpgid, 0);
	CALL(setpgid, -5, 0);
	CALL(getsid, 0);
	CALL(kill, getenv("x") ? 1 : 0x7ffffff0, SIGKILL);
	CALL(kill, 0x7ffffff0, 0);
	CALL(kill, 0x7ffffff0, 35);
	CALL(tgkill, 0x7ffffff0, 0x7ffffff0, SIGRTMIN);
}

static void signals(void)
{
	CALL(rt_sigprocmask, SIG_BLOCK, &set, words, 8);
	CALL(rt_sigprocmask, SIG_SETMASK, &most, words, 8);
	CALL(rt_sigprocmask, SIG_SETMASK, &none, words, 8);
	CALL(rt_sigprocmask, SIG_SETMASK, 0, 0, 4);
	CALL(rt_sigaction, SIGUSR1, &act, words, 8);
	CALL(rt_sigaction, SIGUSR1, 0, words, 8);
	act.sa_handler = SIG_IGN;
	CALL(rt_sigaction, SIGUSR1, &act, 0, 8);
	CALL(rt_sigaction, SIGKILL, 0, words, 4);
	CALL(rt_sigpending, words, 8);
	CALL(rt_sigtimedwait, &set, words, &ts, 8);
	CALL(rt_sigsuspend, &set, 9);
	CALL(sigaltstack, &ss, words);
	CALL(sigaltstack, 0, words);
}

static void usage(void)
{
	CALL(wait4, -1, &status, WNOHANG | WUNTRACED, words);
	CALL(waitid, 0, 0, words, WNOHANG | WEXITED, 0);
	CALL(wait4, -1, 0, 0, 0);
	CALL(uname, words);
	CALL(sysinfo, words);
	CALL(times, words);
	CALL(getrusage, 0, words);
	CALL(getrusage, -1, words);
	CALL(getrlimit, 3, words);
	CALL(setrlimit, 99, words);
	CALL(prlimit64, 0, 7, 0, words);
	CALL(prlimit64, 0, 9, words, words);
	CALL(getpriority, 0, 0);
	CALL(setpriority, 0, 0, 0);
}

static void scheduling_and_time(void)
{
	CALL(sched_getscheduler, 0);
	CALL(sched_getparam, 0, words);
	CALL(sched_setscheduler, 0, 0, words);
	CALL(sched_get_priority_max, 1);
	CALL(sched_rr_get_interval, 0, words);
	CALL(sched_getaffinity, 0, 128, words);
	CALL(sched_setaffinity, -1, 8, words);
	CALL(sched_yield);
	CALL(prctl, PR_SET_NAME, "trace");
	CALL(prctl, PR_GET_NAME, words);
	CALL(prctl, PR_SET_PDEATHSIG, 9);
	CALL(prctl, PR_GET_PDEATHSIG, words);
	CALL(prctl, PR_SET_PDEATHSIG, 0);
	CALL(prctl, PR_GET_DUMPABLE);
	CALL(prctl, PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0);
	CALL(prctl, PR_CAPBSET_READ, 99);
	CALL(arch_prctl, ARCH_GET_FS, words);
	CALL(arch_prctl, 0x3001, 0x1234);
	CALL(personality, 0xffffffff);
	CALL(capget, &cap, words);
	CALL(nanosleep, &ts, words);
	CALL(clock_nanosleep, 1, 0, &ts, 0);
	CALL(clock_nanosleep, 1, 1, &ts, words);
	CALL(clock_gettime, 1, words);
	CALL(clock_gettime, 99, words);
	CALL(clock_getres, 0, words);
	CALL(gettimeofday, words, 0);
	CALL(gettimeofday, words, words + 4);
	CALL(time, 0);
	CALL(time, words);
	CALL(getitimer, 0, words);
	CALL(setitimer, 1, ((long[]){0, 0, 0, 0}), words);
	CALL(alarm, 0);
}

static void waiting(void)
{
	CALL(poll, polls, 1, 0);
	CALL(poll, polls, 2, 0);
	polls[0].events = 1;
	polls[0].fd = 999;
	CALL(poll, polls, 1, 0);
	CALL(ppoll, polls, 1, &ts, &set, 8);
	polls[0].fd = -1;
	CALL(ppoll, polls, 1, &ts, 0, 8);
	CALL(select, 2, 0, sets, 0, ((long[]){0, 5}));
	CALL(select, 3, 0, 0, sets + 1, ((long[]){0, 5}));
	CALL(select, 0, 0, 0, 0, ((long[]){0, 5}));
	sets[0] = 2;
	CALL(pselect6, 2, 0, sets, 0, &ts, pack);
	pack[0] = 0;
	CALL(pselect6, 2, 0, 0, 0, &ts, pack);
}

static void futexes_and_exec(void)
{
	CALL(futex, &futex_word, FUTEX_WAIT_PRIVATE, 4, 0);
	CALL(futex, &futex_word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME, 5,
	     &ts, 0, ~0u);
	CALL(futex, &futex_word, FUTEX_WAKE, 0x7fffffff);
	CALL(futex, &futex_word, FUTEX_CMP_REQUEUE, 1, 2, &status, 3);
	CALL(futex, &futex_word, FUTEX_WAKE_OP, 1, 2, &status, 0x11001002);
	CALL(set_robust_list, 0x1000, 25);
	CALL(get_robust_list, 0, words, words + 1);
	CALL(set_tid_address, words);
	CALL(getcpu, words, 0, 0);
	CALL(getrandom, words, 0, 1);
	CALL(getrandom, 1, 5, 8);
	CALL(execve, "/nonexistent", ((char *[]){"a", "b c\n", 0}), ((char *[]){"x=y", 0}));
	CALL(execve, "/nonexistent", 0, 0);
	CALL(execveat, -1, "", ((char *[]){"a", 0}), ((char *[]){"a", "b", 0}), 0x1000);
	CALL(clone, 0xffff0000, 0, 0, 0, 0);
	CALL(clone, CLONE_SIGHAND | CLONE_SETTLS | CLONE_PARENT_SETTID | SIGCHLD, 0x1000, words,
	     words, 0x5000);
	CALL(clone3, 0, 0);
	CALL(clone3, ((unsigned long[8]){CLONE_SIGHAND, 0, 0, 0, 17, 0x1000, 0x100, 0}), 64);
	CALL(reboot, 1, 2, 3, 0);
	CALL(pidfd_open, -1, 0);
}

static void values_of_signals(void)
{
	unsigned long pid = (unsigned long)CALL(getpid);
	siginfo_t info = {.si_signo = SIGRTMIN + 1, .si_code = SI_QUEUE};

	info.si_pid = (int)pid;
	info.si_value.sival_ptr = (void *)0x1234567890;
	CALL(rt_sigprocmask, SIG_BLOCK, &most, 0, 8);
	CALL(rt_sigqueueinfo, pid, SIGRTMIN + 1, &info);
	CALL(rt_sigtimedwait, &most, words, 0, 8);
	CALL(rt_tgsigqueueinfo, pid, pid, SIGRTMIN + 1, &info);
	CALL(rt_sigtimedwait, &most, words, &ts, 8);
	CALL(tkill, pid, SIGUSR2);
	CALL(rt_sigpending, words, 8);
	CALL(rt_sigtimedwait, &most, words, &ts, 8);
	CALL(rt_sigtimedwait, &most, words, &ts, 8);
	CALL(rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
	CALL(membarrier, 0, 0, 0);
	CALL(membarrier, 1, 1, 0);
	CALL(membarrier, -1, 6, 0);
	CALL(sethostname, 8, -1);
	CALL(setdomainname, 8, 70);
}

static void attributes(void)
{
	fd = (int)CALL(openat, AT_FDCWD, "/tmp", O_RDWR | O_TMPFILE | O_EXCL, 0600);
	CALL(fsetxattr, fd, "user.x", "va\nlue", 6, 1);
	CALL(fgetxattr, fd, "user.x", buf, 100);
	CALL(fgetxattr, fd, "user.x", 0, 0);
	CALL(fgetxattr, fd, "user.y", buf, 100);
	CALL(flistxattr, fd, buf, 100);
	CALL(flistxattr, fd, 0, 0);
	CALL(fremovexattr, fd, "user.x");
	CALL(setxattr, "/nonexistent", "user.x", "12345678901234567890123456789012345", 35, 2);
	CALL(lsetxattr, "/nonexistent", "user.x", 8, 35, 7);
	CALL(getxattr, "/nonexistent", "user.x", buf, 100);
	CALL(lgetxattr, "/nonexistent", "user.x", buf, 100);
	CALL(listxattr, "/nonexistent", buf, 100);
	CALL(llistxattr, "/nonexistent", buf, 100);
	CALL(removexattr, "/nonexistent", "user.x");
	CALL(lremovexattr, "/nonexistent", "user.x");
}

static void the_rest(void)
{
	int extra;

	CALL(pwrite64, fd, "abc", 3, 1);
	CALL(readv, fd, in, 3);
	CALL(readv, -1, in, 3);
	CALL(preadv, -1, in, 1, -2, -1);
	CALL(pwritev2, fd, iov, 1, -1, 0, 1);
	extra = (int)CALL(dup, fd);
	CALL(pipe, fds);
	CALL(fdatasync, extra);
	CALL(fchdir, extra);
	CALL(rmdir, "/nonexistent");
	CALL(creat, "/nonexistent/a", 0644);
	CALL(link, "/nonexistent", "b");
	CALL(unlink, "/nonexistent");
	CALL(lchown, "/nonexistent", -1, 0);
	CALL(fchown, -1, 1, -1);
	CALL(setreuid, -1, -1);
	CALL(setregid, -1, -1);
	CALL(setresgid, -1, -1, -1);
	CALL(getresgid, words, words + 1, words + 2);
	CALL(setgroups, 70000, words);
	CALL(setfsuid, -1);
	CALL(setfsgid, -1);
	CALL(fstatfs, -1, buf);
	CALL(sched_setparam, -1, words);
	CALL(sched_get_priority_min, 1);
	CALL(clock_settime, 99, &ts);
	CALL(futimesat, AT_FDCWD, "/nonexistent", 0);
	CALL(renameat, AT_FDCWD, "/nonexistent", 5, "b");
	CALL(symlinkat, "/nonexistent", -1, "b");
	CALL(fchmodat, AT_FDCWD, "/nonexistent", 04755);
	CALL(fcntl, fd, F_SETLKW, &lock);
	CALL(fcntl, fd, F_OFD_GETLK, &lock);
	CALL(ioctl, -1, TIOCSWINSZ, words);
	CALL(ioctl, -1, TIOCSPGRP, &status);
	CALL(nanosleep, &ts, words);
	CALL(nanosleep, 8, 0);
}

int main(void)
{
	raw(__NR_getpriority, ((unsigned long[]){MARK, 0, 0, 0, 0, 0}));
	file_data();
	file_state();
	file_names();
	file_rest();
	memory();
	ids();
	signals();
	usage();
	scheduling_and_time();
	waiting();
	futexes_and_exec();
	values_of_signals();
	attributes();
	the_rest();
	raw(__NR_getpriority, ((unsigned long[]){MARK, 0, 0, 0, 0, 0}));
	return write(1, text, text_length) < 0;
}
