/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs test programs that print TAP, each with a time limit, and sums up. Static, and needs no
 * writable directory: the same binary runs on Linux and on Lstar.
 *
 *	runner [-v] [-t SECONDS] [-s SKIPFILE] PROGRAM|DIRECTORY...
 *
 * Exit status: 0 all passed or skipped, 1 something failed, 2 wrong use.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OUTPUT_MAX   (1 << 20)
#define SKIPS_MAX    500
#define PROGRAMS_MAX 2000

struct skip {
	char name[100];
	char reason[200];
};

/* What one program did. */
struct outcome {
	int passed;
	int failed;
	int plan; /* -1: none printed */
	bool is_skipped;
	bool is_late;
	int status;
	long time_ms;
	char reason[200];
};

static struct skip skips[SKIPS_MAX];
static int skip_count;
static char *programs[PROGRAMS_MAX];
static int program_count;
static char output[OUTPUT_MAX + 1];
static size_t output_len;
static int limit_s = 30;
static bool is_verbose;

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	fflush(stdout);
}

static void die(const char *what, const char *arg)
{
	fprintf(stderr, "runner: %s: %s\n", what, arg);
	exit(2);
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000L;
}

static void read_skips(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[400];

	if (!f)
		die(path, strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		struct skip *s = &skips[skip_count];
		size_t len = strcspn(line, " \t\n");

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || !len || len >= sizeof(s->name))
			continue;
		if (skip_count == SKIPS_MAX)
			die(path, "too many lines");
		memcpy(s->name, line, len);
		snprintf(s->reason, sizeof(s->reason), "%.190s",
			 line + len + strspn(line + len, " \t"));
		if (!s->reason[0])
			die(s->name, "a skipped test needs a reason");
		skip_count++;
	}
	fclose(f);
}

static const char *skip_reason(const char *name)
{
	int i;

	for (i = 0; i < skip_count; i++)
		if (!strcmp(skips[i].name, name))
			return skips[i].reason;
	return NULL;
}

static void add_program(const char *path)
{
	struct stat st;
	DIR *dir;
	struct dirent *e;
	char child[4096];

	if (stat(path, &st))
		die(path, strerror(errno));
	if (!S_ISDIR(st.st_mode)) {
		if (program_count == PROGRAMS_MAX)
			die(path, "too many programs");
		if (st.st_mode & 0111)
			programs[program_count++] = strdup(path);
		return;
	}
	dir = opendir(path);
	if (!dir)
		die(path, strerror(errno));
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(child, sizeof(child), "%s/%s", path, e->d_name);
		add_program(child);
	}
	closedir(dir);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* TOPIC/CALL of a path. */
static const char *name_of(const char *path)
{
	const char *p = path + strlen(path);
	int slashes = 0;

	while (p > path) {
		if (p[-1] == '/' && ++slashes == 2)
			break;
		p--;
	}
	return p;
}

static void start(const char *path, int fds[2])
{
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	if (null >= 0) {
		dup2(null, 0);
		if (null > 0)
			close(null);
	}
	dup2(fds[1], 1);
	dup2(fds[1], 2);
	if (fds[0] > 2)
		close(fds[0]);
	if (fds[1] > 2)
		close(fds[1]);
	execl(path, path, (char *)NULL);
	printf("# cannot execute %s: %s\n", path, strerror(errno));
	fflush(stdout);
	_exit(127);
}

/* Collects output until end of file or the limit. False when late. */
static bool collect(int fd, long end_ms)
{
	static char waste[4096];

	output_len = 0;
	for (;;) {
		struct pollfd p = {fd, POLLIN, 0};
		long left_ms = end_ms - now_ms();
		size_t room = OUTPUT_MAX - output_len;
		ssize_t n;

		if (left_ms <= 0)
			return false;
		n = poll(&p, 1, (int)left_ms);
		if (n < 0 && errno != EINTR)
			return false;
		if (n <= 0)
			continue;
		n = room ? read(fd, output + output_len, room) : read(fd, waste, sizeof(waste));
		if (n < 0 && errno != EINTR)
			return false;
		if (n == 0)
			return true;
		if (n > 0 && room)
			output_len += (size_t)n;
	}
}

static void parse(struct outcome *o)
{
	char *line = output, *end;

	output[output_len] = '\0';
	o->plan = -1;
	for (; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!strncmp(line, "ok ", 3)) {
			o->passed++;
		} else if (!strncmp(line, "not ok ", 7)) {
			o->failed++;
		} else if (!strncmp(line, "1..", 3)) {
			o->plan = atoi(line + 3);
			if (!strncmp(line, "1..0 # SKIP ", 12)) {
				o->is_skipped = true;
				snprintf(o->reason, sizeof(o->reason), "%.*s",
					 (int)strcspn(line + 12, "\n"), line + 12);
			}
		}
		if (!end)
			break;
	}
}

static struct outcome run(const char *path)
{
	struct outcome o = {.plan = -1};
	long start_ms = now_ms();
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		die("pipe", strerror(errno));
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork", strerror(errno));
	if (!pid)
		start(path, fds);
	setpgid(pid, pid);
	close(fds[1]);
	o.is_late = !collect(fds[0], start_ms + limit_s * 1000L);
	close(fds[0]);
	if (o.is_late) {
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
	}
	while (waitpid(pid, &o.status, 0) < 0 && errno == EINTR)
		;
	kill(-pid, SIGKILL);
	o.time_ms = now_ms() - start_ms;
	parse(&o);
	return o;
}

/* The failing checks with the comments that follow them; everything when there is no check. */
static void print_failures(const struct outcome *o)
{
	char *line = output, *end;
	bool is_failing = false;
	int printed = 0;

	for (; *line && printed < 200; line = end + 1) {
		end = strchr(line, '\n');
		if (end)
			*end = '\0';
		if (strncmp(line, "# ", 2))
			is_failing = strncmp(line, "ok ", 3) != 0 && strncmp(line, "1..", 3) != 0;
		if (is_failing || o->plan < 0 || is_verbose) {
			say("    %s\n", line);
			printed++;
		}
		if (!end)
			break;
	}
	if (o->is_late)
		say("    # killed after %d s\n", limit_s);
	else if (WIFSIGNALED(o->status))
		say("    # killed by signal %d\n", WTERMSIG(o->status));
	else if (o->plan < 0)
		say("    # no plan, exit status %d\n", WEXITSTATUS(o->status));
	else if (o->plan > o->passed + o->failed)
		say("    # planned %d checks, saw %d\n", o->plan, o->passed + o->failed);
}

int main(int argc, char **argv)
{
	int passed = 0, failed = 0, skipped = 0, checks = 0, opt, i;
	long start_ms = now_ms();

	while ((opt = getopt(argc, argv, "vt:s:")) != -1) {
		if (opt == 'v')
			is_verbose = true;
		else if (opt == 't')
			limit_s = atoi(optarg);
		else if (opt == 's')
			read_skips(optarg);
		else
			die("usage", "runner [-v] [-t SECONDS] [-s SKIPFILE] PROGRAM|DIRECTORY...");
	}
	for (i = optind; i < argc; i++)
		add_program(argv[i]);
	if (!program_count)
		die("usage", "no test program given");
	qsort(programs, (size_t)program_count, sizeof(programs[0]), compare_paths);
	say("1..%d\n", program_count);
	for (i = 0; i < program_count; i++) {
		const char *name = name_of(programs[i]), *reason = skip_reason(name);
		struct outcome o = {0};

		if (!reason) {
			o = run(programs[i]);
			reason = o.is_skipped ? o.reason : NULL;
		}
		checks += o.passed + o.failed;
		if (reason) {
			skipped++;
			say("ok %d - %s # SKIP %s\n", i + 1, name, reason);
		} else if (!o.is_late && !o.status && !o.failed && o.plan >= 0 &&
			   o.plan <= o.passed) {
			passed++;
			say("ok %d - %s (%d checks, %ld ms)\n", i + 1, name, o.passed, o.time_ms);
			if (is_verbose)
				print_failures(&o);
		} else {
			failed++;
			say("not ok %d - %s (%d of %d checks failed, %ld ms)\n", i + 1, name,
			    o.failed, o.passed + o.failed, o.time_ms);
			print_failures(&o);
		}
	}
	say("%d passed, %d failed, %d skipped (%d checks, %ld s)\n", passed, failed, skipped,
	    checks, (now_ms() - start_ms) / 1000);
	return failed ? 1 : 0;
}
