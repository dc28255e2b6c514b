/* SPDX-License-Identifier: Apache-2.0 */
/* The child's way from fork to execve. */
#include "init.h"

/* Tells the kernel's tracer that what follows is the program. */
#define PR_LSTAR_TRACE 0x4c535401

#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static const struct {
	const char *name;
	int resource;
} limit_names[] = {
	{"cpu", RLIMIT_CPU},
	{"fsize", RLIMIT_FSIZE},
	{"data", RLIMIT_DATA},
	{"stack", RLIMIT_STACK},
	{"core", RLIMIT_CORE},
	{"nproc", RLIMIT_NPROC},
	{"nofile", RLIMIT_NOFILE},
	{"memlock", RLIMIT_MEMLOCK},
	{"as", RLIMIT_AS},
	{"locks", RLIMIT_LOCKS},
	{"sigpending", RLIMIT_SIGPENDING},
	{"msgqueue", RLIMIT_MSGQUEUE},
	{"nice", RLIMIT_NICE},
	{"rtprio", RLIMIT_RTPRIO},
};

static void give_up(int problem_fd, const char *what, int error) __attribute__((noreturn));
static void give_up(int problem_fd, const char *what, int error)
{
	struct start_error problem;

	memset(&problem, 0, sizeof(problem));
	problem.error = error;
	append(problem.what, sizeof(problem.what) - 1, 0, what);
	write_all(problem_fd, (const char *)&problem, sizeof(problem));
	_exit(127);
}

static void set_limits(const struct job *job)
{
	for (int i = 0; i < job->limit_count; i++) {
		char *rest = job->limits[i];
		const char *name = next_word(&rest);
		struct rlimit limit;

		limit.rlim_cur = parse_number(next_word(&rest));
		limit.rlim_max = parse_number(next_word(&rest));
		/* The caller's limits, as far as this kernel has such; none is worth failing for.
		 */
		for (size_t n = 0; n < sizeof(limit_names) / sizeof(limit_names[0]); n++)
			if (!strcmp(name, limit_names[n].name))
				setrlimit(limit_names[n].resource, &limit);
	}
}

/* Descriptors 0-2; the originals are close-on-exec. They may already lie between 0 and 2. */
static void set_streams(const int fds[4], int problem_fd)
{
	int high[3];

	for (int fd = 0; fd < 3; fd++) {
		high[fd] = fcntl(fds[fd], F_DUPFD_CLOEXEC, 10);
		if (high[fd] < 0)
			give_up(problem_fd, "cannot duplicate a stream", errno);
	}
	for (int fd = 0; fd < 3; fd++)
		if (dup2(high[fd], fd) < 0)
			give_up(problem_fd, "cannot set a stream", errno);
}

static void set_user(const struct job *job, int problem_fd)
{
	if (setgroups(job->group_count, job->groups))
		give_up(problem_fd, "cannot set the groups", errno);
	if (setresgid(job->gid, job->gid, job->gid))
		give_up(problem_fd, "cannot set the group", errno);
	if (setresuid(job->uid, job->uid, job->uid))
		give_up(problem_fd, "cannot set the user", errno);
}

static const char *search_path(const struct job *job)
{
	for (int i = 0; i < job->env_count; i++)
		if (!strncmp(job->env[i], "PATH=", 5))
			return job->env[i] + 5;
	return PATH_DEFAULT;
}

/* As execvp(3) would find it, but by stat: the tracer shall see one execve. 0 or an errno. */
static int find_program(const struct job *job, char *file, size_t capacity)
{
	const char *name = job->argv[0], *path = search_path(job);
	int error = ENOENT;

	if (strchr(name, '/')) {
		file[append(file, capacity - 1, 0, name)] = '\0';
		return strlen(name) < capacity ? 0 : ENAMETOOLONG;
	}
	for (;;) {
		size_t size = 0;
		struct stat st;

		while (*path && *path != ':') {
			if (size < capacity - 1)
				file[size++] = *path;
			path++;
		}
		/* An empty entry is the current directory. */
		if (size)
			size = append(file, capacity - 1, size, "/");
		size = append(file, capacity - 1, size, name);
		file[size] = '\0';
		if (size < capacity - 1 && !stat(file, &st) && S_ISREG(st.st_mode)) {
			if (!access(file, X_OK))
				return 0;
			error = EACCES;
		}
		if (!*path++)
			return error;
	}
}

void start_program(const struct job *job, const int fds[4], int problem_fd)
{
	struct sigaction plain;
	static char file[4096];
	sigset_t none;
	int error;

	memset(&plain, 0, sizeof(plain));
	plain.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &plain, NULL);
	if (setsid() < 0)
		give_up(problem_fd, "cannot start a session", errno);
	/* Only a terminal one can type at becomes the controlling one. */
	if (fds[TTY_FD] >= 0 && ioctl(fds[TTY_FD], TIOCSCTTY, 0))
		give_up(problem_fd, "cannot get the terminal", errno);
	set_streams(fds, problem_fd);
	set_limits(job);
	umask(job->mask);
	set_user(job, problem_fd);
	if (chdir(job->cwd)) {
		report("warning cannot enter", job->cwd);
		if (chdir("/"))
			give_up(problem_fd, "cannot enter /", errno);
	}
	error = find_program(job, file, sizeof(file));
	if (error)
		give_up(problem_fd, "", error);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (job->is_traced)
		prctl(PR_LSTAR_TRACE, 1, 0, 0, 0);
	execve(file, job->argv, job->env);
	error = errno;
	if (job->is_traced)
		prctl(PR_LSTAR_TRACE, 0, 0, 0, 0);
	give_up(problem_fd, "", error);
}
