/* SPDX-License-Identifier: Apache-2.0 */
/* The harness of the system-call tests: see test.h. */
#include "test.h"

#include <dirent.h>
#include <ftw.h>
#include <grp.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <time.h>

#define BODY_LIMIT_S 20
#define EXIT_SKIP    77
#define EXIT_GIVE_UP 78

/* Shared by all processes of one test. */
struct counters {
	int checks;   /* numbers given out */
	int reported; /* lines that are out: a process may be killed between the two */
	int failed;
	char skip_reason[200];
};
static struct counters private_counters;
static struct counters *counters = &private_counters;
static pid_t body_pid;
static char dir_path[PATH_MAX];

static void put(const char *s, size_t len)
{
	while (len) {
		ssize_t n = write(STDOUT_FILENO, s, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		s += n;
		len -= (size_t)n;
	}
}

/* One write per report, so that lines of several processes do not mix. */
static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *fmt, ...)
{
	char line[1200];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (len >= (int)sizeof(line)) {
		len = sizeof(line) - 1;
		line[len - 1] = '\n';
	}
	if (len > 0)
		put(line, (size_t)len);
}

void t_note(const char *fmt, ...)
{
	char text[800];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say("# %s\n", text);
}

static const char *errno_name(int err)
{
	const char *name = err ? strerrorname_np(err) : NULL;

	return name ? name : err ? "unknown errno" : "no errno";
}

/* Counts and prints one check; `fmt` tells what differs and is printed on failure only. */
static bool report(const struct t_where *w, bool ok, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static bool report(const struct t_where *w, bool ok, const char *fmt, ...)
{
	int nr = __atomic_add_fetch(&counters->checks, 1, __ATOMIC_SEQ_CST);
	int saved = errno;
	char text[400];
	va_list ap;

	if (ok) {
		say("ok %d - %s\n", nr, w->text);
	} else {
		__atomic_add_fetch(&counters->failed, 1, __ATOMIC_SEQ_CST);
		va_start(ap, fmt);
		vsnprintf(text, sizeof(text), fmt, ap);
		va_end(ap);
		say("not ok %d - %s\n# %s:%d: %s\n", nr, w->text, w->file, w->line, text);
	}
	__atomic_add_fetch(&counters->reported, 1, __ATOMIC_SEQ_CST);
	errno = saved;
	return ok;
}

bool t_check_ok(const struct t_where *w, long r)
{
	return report(w, r != -1, "expected success, got -1 (%s)", errno_name(errno));
}

bool t_check_eq(const struct t_where *w, long a, long b, int err)
{
	if (a == -1 && b != -1 && err)
		return report(w, false, "expected %ld, got -1 (%s)", b, errno_name(err));
	return report(w, a == b, "expected %ld (%#lx), got %ld (%#lx)", b, b, a, a);
}

bool t_check_ne(const struct t_where *w, long a, long b)
{
	return report(w, a != b, "both are %ld (%#lx)", a, a);
}

bool t_check_cmp(const struct t_where *w, bool ok, long a, long b)
{
	return report(w, ok, "left is %ld, right is %ld", a, b);
}

bool t_check_true(const struct t_where *w, bool ok)
{
	return report(w, ok, "false");
}

bool t_check_err(const struct t_where *w, long r, int err, int want1, int want2)
{
	if (r != -1)
		return report(w, false, "expected -1 (%s), got %ld", errno_name(want1), r);
	return report(w, err == want1 || err == want2, "expected %s, got %s", errno_name(want1),
		      errno_name(err));
}

bool t_check_str(const struct t_where *w, const char *a, const char *b)
{
	return report(w, a && b && !strcmp(a, b), "left is \"%.150s\", right is \"%.150s\"",
		      a ? a : "(null)", b ? b : "(null)");
}

bool t_check_mem(const struct t_where *w, const void *a, const void *b, size_t len)
{
	const unsigned char *x = a, *y = b;
	size_t i;

	for (i = 0; i < len; i++)
		if (x[i] != y[i])
			return report(w, false, "byte %zu is %#x, expected %#x", i, x[i], y[i]);
	return report(w, true, " ");
}

bool t_check_path(const struct t_where *w, long r, int err, int want, const char *path)
{
	if (r == -1 && err == want)
		return report(w, true, " ");
	return report(w, false, "path \"%.40s\": expected %s, got %ld %s", path, errno_name(want),
		      r, errno_name(err));
}

static bool check_status(const struct t_where *w, int status, int want)
{
	char text[60];

	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "killed by signal %d", WTERMSIG(status));
	else if (WIFEXITED(status))
		snprintf(text, sizeof(text), "exit status %d", WEXITSTATUS(status));
	else
		snprintf(text, sizeof(text), "wait status %#x", status);
	/* The core-dump bit depends on the host's limits. */
	return report(w, (status & ~0x80) == want, "expected status %#x, got %s", want, text);
}

static int wait_for(pid_t pid, int *status)
{
	int r;

	do
		r = waitpid(pid, status, 0);
	while (r < 0 && errno == EINTR);
	return r;
}

bool t_check_wait(const struct t_where *w, pid_t pid, int want)
{
	int status;

	if (wait_for(pid, &status) < 0)
		return report(w, false, "waitpid: %s", errno_name(errno));
	return check_status(w, status, want);
}

void t_give_up(void)
{
	t_note("the rest of the test needs this: giving up");
	_exit(EXIT_GIVE_UP);
}

static void must(bool ok, const char *what, const char *path)
{
	int err = errno;

	if (ok)
		return;
	report(T_HERE(what), false, "helper failed for \"%.100s\": %s", path, errno_name(err));
	t_give_up();
}

void t_skip_all(const char *reason)
{
	if (counters->checks) {
		t_skip_one(reason);
		_exit(0);
	}
	snprintf(counters->skip_reason, sizeof(counters->skip_reason), "%s", reason);
	_exit(EXIT_SKIP);
}

void t_skip_one(const char *reason)
{
	int nr = __atomic_add_fetch(&counters->checks, 1, __ATOMIC_SEQ_CST);

	say("ok %d # SKIP %s\n", nr, reason);
	__atomic_add_fetch(&counters->reported, 1, __ATOMIC_SEQ_CST);
}

static bool drop_privileges(void)
{
	if (!t_is_root())
		return true;
	return !setgroups(0, NULL) && !setresgid(T_GID, T_GID, T_GID) &&
	       !setresuid(T_UID, T_UID, T_UID);
}

struct t_child t_child_begin(const struct t_where *w, int want, bool as_user)
{
	struct t_child c = {fork(), 0};

	if (c.pid < 0) {
		report(w, false, "fork: %s", errno_name(errno));
	} else if (c.pid > 0) {
		t_check_wait(w, c.pid, want);
	} else if (as_user && !drop_privileges()) {
		report(w, false, "cannot become uid %d: %s", T_UID, errno_name(errno));
		_exit(EXIT_GIVE_UP);
	}
	return c;
}

bool t_child_more(struct t_child *c)
{
	if (c->pid)
		return false;
	if (c->step++)
		_exit(0);
	return true;
}

void t_write_file(const char *path, const void *data, size_t len_bytes)
{
	const char *p = data;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	must(fd >= 0, "t_write_file", path);
	while (len_bytes) {
		ssize_t n = write(fd, p, len_bytes);

		must(n > 0, "t_write_file", path);
		p += n;
		len_bytes -= (size_t)n;
	}
	close(fd);
}

ssize_t t_read_file(const char *path, void *buf, size_t len_bytes)
{
	int fd = open(path, O_RDONLY);
	size_t done = 0;
	ssize_t n;

	must(fd >= 0, "t_read_file", path);
	while (done < len_bytes && (n = read(fd, (char *)buf + done, len_bytes - done)) > 0)
		done += (size_t)n;
	close(fd);
	return (ssize_t)done;
}

off_t t_size(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? -1 : st.st_size;
}

bool t_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

mode_t t_mode(const char *path)
{
	struct stat st;

	must(lstat(path, &st) == 0, "t_mode", path);
	return st.st_mode;
}

bool t_is_root(void)
{
	return geteuid() == 0;
}

long t_fs_magic(void)
{
	struct statfs sf;

	must(statfs(".", &sf) == 0, "t_fs_magic", ".");
	return (long)sf.f_type;
}

long t_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000L;
}

void t_sleep_ms(long ms)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000L};

	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

char *t_long_name(size_t len)
{
	static char name[8192];

	memset(name, 'n', len);
	name[len] = '\0';
	return name;
}

void t_make_loop(void)
{
	must(symlink("loop2", "loop1") == 0, "t_make_loop", "loop1");
	must(symlink("loop1", "loop2") == 0, "t_make_loop", "loop2");
}

char *t_page_end(void)
{
	size_t page = 4096;
	char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED, "t_page_end", "mmap");
	must(mprotect(p + page, page, PROT_NONE) == 0, "t_page_end", "mprotect");
	return p + page;
}

const int t_path_case_count = 11;

char *t_path_case(int i, int *err)
{
	static char buf[PATH_MAX + 200];

	switch (i) {
	case 0:
		*err = ENOENT;
		return "";
	case 1:
		*err = ENOENT;
		return "pf-none/x";
	case 2:
		*err = ENOENT;
		return "pf-dangling/x";
	case 3:
		*err = ENOTDIR;
		return "pf-file/x";
	case 4:
		*err = ENOTDIR;
		return "pf-file/../x";
	case 5:
		*err = ENOTDIR;
		return "pf-to-file/x";
	case 6:
		*err = ELOOP;
		return "pf-loop1/x";
	case 7:
		*err = ENAMETOOLONG;
		return t_long_name(256);
	case 8:
		*err = ENAMETOOLONG;
		snprintf(buf, sizeof(buf), "%s/x", t_long_name(256));
		return buf;
	case 9:
		*err = ENAMETOOLONG;
		return t_long_name(PATH_MAX);
	default:
		/* Too long although every component is short. */
		*err = ENAMETOOLONG;
		memset(buf, '/', PATH_MAX);
		memcpy(buf + PATH_MAX, "pf-file", 8);
		return buf;
	}
}

void t_path_fixture(void)
{
	if (t_exists("pf-file"))
		return;
	t_touch("pf-file");
	must(symlink("pf-none", "pf-dangling") == 0, "symlink", "pf-dangling");
	must(symlink("pf-file", "pf-to-file") == 0, "symlink", "pf-to-file");
	must(symlink("pf-loop2", "pf-loop1") == 0, "symlink", "pf-loop1");
	must(symlink("pf-loop1", "pf-loop2") == 0, "symlink", "pf-loop2");
	must(mkdir("pf-locked", 0700) == 0, "mkdir", "pf-locked");
	t_touch("pf-locked/x");
	must(chmod("pf-locked", 0) == 0, "chmod", "pf-locked");
}

volatile sig_atomic_t t_signals[65];

static void count_signal(int sig)
{
	t_signals[sig]++;
}

void t_count_signal(int sig, int flags)
{
	struct sigaction sa = {.sa_handler = count_signal, .sa_flags = flags};

	must(sigaction(sig, &sa, NULL) == 0, "sigaction", strsignal(sig));
}

void t_limit(int resource, rlim_t value)
{
	struct rlimit r;

	must(getrlimit(resource, &r) == 0, "t_limit", "getrlimit");
	r.rlim_cur = value;
	must(setrlimit(resource, &r) == 0, "t_limit", "setrlimit");
}

#define HOLD_ENV "LSTAR_TEST_HOLD"

/* The copy that t_run_copy executes stops here, before main. */
__attribute__((constructor)) static void hold(void)
{
	if (!getenv(HOLD_ENV))
		return;
	for (;;)
		pause();
}

pid_t t_run_copy(const char *path)
{
	int in = open("/proc/self/exe", O_RDONLY), out = open(path, O_WRONLY | O_CREAT, 0755);
	char buf[65536], *env[] = {HOLD_ENV "=1", NULL}, *argv[] = {"hold", NULL};
	int fds[2];
	ssize_t n;
	pid_t pid;

	must(in >= 0 && out >= 0, "t_run_copy", path);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		must(write(out, buf, (size_t)n) == n, "t_run_copy", path);
	close(in);
	close(out);
	must(pipe2(fds, O_CLOEXEC) == 0, "t_run_copy", "pipe");
	pid = fork();
	must(pid >= 0, "t_run_copy", "fork");
	if (!pid) {
		execve(path, argv, env);
		_exit(write(fds[1], "x", 1) == 1 ? 1 : 2);
	}
	close(fds[1]);
	/* End of file: the write end went with the successful execve. */
	must(read(fds[0], buf, 1) == 0, "t_run_copy", "execve");
	close(fds[0]);
	return pid;
}

void t_end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	wait_for(pid, &status);
}

const int t_bad_pointer_count = 5;

void *t_bad_pointer(int i)
{
	static void *none;

	switch (i) {
	case 0:
		return (void *)0x10UL;
	case 1:
		if (!none) {
			none = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			must(none != MAP_FAILED, "t_bad_pointer", "mmap");
		}
		return none;
	case 2:
		return (void *)0x7ffffffff000UL;
	case 3:
		return (void *)0xffffffff81000000UL;
	default:
		return (void *)0x8000000000000000UL;
	}
}

/* Removes what the test left; a directory may have lost its permissions. */
static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_DP || type == FTW_DNR || type == FTW_D)
		rmdir(path);
	else
		unlink(path);
	return 0;
}

static int open_up_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_D || type == FTW_DNR)
		chmod(path, 0700);
	return 0;
}

static void remove_tree(void)
{
	if (chdir("/") == 0 && rmdir(dir_path) == 0)
		return;
	if (!t_is_root())
		nftw(dir_path, open_up_entry, 16, FTW_PHYS);
	nftw(dir_path, remove_entry, 16, FTW_PHYS | FTW_DEPTH);
	rmdir(dir_path);
}

static void make_dir(void)
{
	const char *base = getenv("TEST_TMPDIR");

	snprintf(dir_path, sizeof(dir_path), "%s/lstar-test-%d", base ? base : "/tmp",
		 (int)getpid());
	if (mkdir(dir_path, 0755) && errno == EEXIST) {
		remove_tree();
		must(mkdir(dir_path, 0755) == 0, "mkdir", dir_path);
	}
	must(chdir(dir_path) == 0, "fresh directory", dir_path);
}

static void on_limit(int sig)
{
	(void)sig;
	kill(body_pid, SIGKILL);
}

static int finish(int status)
{
	bool is_clean = true;

	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIP && counters->skip_reason[0]) {
		say("1..0 # SKIP %s\n", counters->skip_reason);
		return 0;
	}
	if (WIFSIGNALED(status) || WEXITSTATUS(status))
		is_clean = check_status(T_HERE("the test reaches its end"), status, 0);
	if (!counters->checks)
		is_clean = report(T_HERE("the test checks something"), false, "no check ran");
	say("1..%d\n", counters->reported);
	return is_clean && !counters->failed ? 0 : 1;
}

int t_main(void (*body)(void))
{
	void *shared = mmap(NULL, sizeof(*counters), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sigaction sa = {.sa_handler = on_limit};
	int status;

	if (shared != MAP_FAILED)
		counters = shared;
	umask(022);
	make_dir();
	body_pid = fork();
	must(body_pid >= 0, "fork", "the body");
	if (!body_pid) {
		body();
		_exit(0);
	}
	sigaction(SIGALRM, &sa, NULL);
	alarm(BODY_LIMIT_S);
	wait_for(body_pid, &status);
	alarm(0);
	remove_tree();
	return finish(status);
}
