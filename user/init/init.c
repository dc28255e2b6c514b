/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pid 1. Reads the job that `lstar` left in /lstar/job, builds the root it asks for, runs one
 * program in it, reports how that ended on the control port, and powers the machine off.
 *
 * It is the first program a new kernel runs, so it keeps to plain calls: no threads, no stdio, no
 * heap. The job's records and the control lines are described in docs/wire.md.
 */
#include "init.h"

static const char *const port_paths[] = {"/dev/vport0p1", "/dev/vport0p2", "/dev/vport0p3"};

/* What an image without a job does: a shell on the console. */
static char console_job[] = "arg\0/bin/sh\0"
			    "env\0PATH=/sbin:/usr/sbin:/bin:/usr/bin\0"
			    "env\0HOME=/\0env\0TERM=linux\0"
			    "cwd\0/\0"
			    "mount\0proc proc /proc rw\0"
			    "console\0"
			    "1\0";

int control_fd = -1;

static void on_child(int signal_number)
{
	(void)signal_number; /* only to interrupt ppoll */
}

/* A message for people when there is no control port to send it on. */
static void complain(const char *text)
{
	int fd = open("/dev/console", O_WRONLY | O_NOCTTY);

	if (fd < 0)
		return;
	write_all(fd, "init: ", 6);
	write_all(fd, text, strlen(text));
	write_all(fd, "\n", 1);
	close(fd);
}

void power_off(void)
{
	sync();
	reboot(LINUX_REBOOT_CMD_POWER_OFF);
	for (;;)
		pause();
}

void report(const char *word, const char *value)
{
	char line[512];
	size_t size = 0;

	size = append(line, sizeof(line) - 1, size, word);
	size = append(line, sizeof(line) - 1, size, " ");
	size = append(line, sizeof(line) - 1, size, value);
	/* One line is one message, whatever a file name holds. */
	for (size_t i = 0; i < size; i++)
		if (line[i] == '\n')
			line[i] = ' ';
	line[size++] = '\n';
	if (control_fd >= 0)
		write_all(control_fd, line, size);
	else
		complain(line);
}

void fail(const char *what, const char *which, int error)
{
	char text[400];
	size_t size = 0;

	size = append(text, sizeof(text), size, what);
	if (which) {
		size = append(text, sizeof(text), size, " ");
		size = append(text, sizeof(text), size, which);
	}
	if (error) {
		size = append(text, sizeof(text), size, ": ");
		size = append(text, sizeof(text), size, error_text(error));
	}
	text[size < sizeof(text) ? size : sizeof(text) - 1] = '\0';
	report("error", text);
	power_off();
}

static void open_control(void)
{
	int error;

	mkdir("/dev", 0755);
	/* The kernel may have mounted it for its own console already. */
	if (mount("devfs", "/dev", "devfs", MS_NOSUID, NULL) && errno != EBUSY)
		error = errno;
	else
		error = 0;
	control_fd = open(CONTROL_PATH, O_RDWR | O_CLOEXEC);
	if (control_fd < 0 && error)
		complain("cannot mount /dev");
}

/* fds[0..2], opened while our own /dev is in reach; -1 for none. */
static void open_streams(const struct job *job, int fds[4])
{
	static const int flags[] = {O_RDONLY, O_WRONLY, O_WRONLY};

	fds[TTY_FD] = -1;
	if (job->tty[0] || job->is_console) {
		const char *path = job->is_console ? "/dev/console" : TTY_PATH;

		fds[TTY_FD] = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (fds[TTY_FD] < 0)
			fail("cannot open the terminal", path, errno);
		if (job->rows || job->columns)
			set_size(fds[TTY_FD], job->rows, job->columns);
	}
	for (int fd = 0; fd < 3; fd++) {
		if (job->is_console || strchr(job->tty, '0' + fd)) {
			fds[fd] = fds[TTY_FD];
			continue;
		}
		if (fd == 2 && job->is_merged) {
			fds[2] = fds[1];
			continue;
		}
		fds[fd] = open(port_paths[fd], flags[fd] | O_CLOEXEC);
		if (fds[fd] < 0)
			fail("cannot open", port_paths[fd], errno);
	}
	/* So that an ordinary user may open /dev/stdin and its like. */
	for (int fd = 0; fd < 3; fd++)
		if (job->uid)
			fchown(fds[fd], job->uid, job->gid);
}

void set_size(int fd, unsigned int rows, unsigned int columns)
{
	struct winsize size = {.ws_row = rows, .ws_col = columns};

	ioctl(fd, TIOCSWINSZ, &size);
}

/* To the program's group; a child that has not reached setsid() yet has no group of its own. */
static void pass_signal(pid_t child, int number)
{
	if (number <= 0 || number > 64 || !child)
		return;
	if (kill(-child, number))
		kill(child, number);
	/* A stopped program could not act on it. */
	kill(-child, SIGCONT);
}

static void take_line(char *line, pid_t child, int tty)
{
	char *rest = line;
	char *word = next_word(&rest);

	if (!strcmp(word, "kill")) {
		pass_signal(child, parse_number(next_word(&rest)));
	} else if (!strcmp(word, "winsize") && tty >= 0) {
		unsigned int rows = parse_number(next_word(&rest));

		set_size(tty, rows, parse_number(next_word(&rest)));
	} else if (!strcmp(word, "clock")) {
		clock_take(next_word(&rest));
	}
}

/* Returns false when the host closed its end. */
static int serve_control(pid_t child, int tty)
{
	static char line[128];
	static size_t size;
	char chunk[128];
	ssize_t got = read(control_fd, chunk, sizeof(chunk));

	if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
		return 0;
	for (ssize_t i = 0; i < got; i++) {
		if (chunk[i] != '\n') {
			if (size < sizeof(line) - 1)
				line[size++] = chunk[i];
			continue;
		}
		line[size] = '\0';
		size = 0;
		take_line(line, child, tty);
	}
	return 1;
}

/* Everything that dies is reaped here. Returns the program's wait status. */
static int serve(pid_t child, int tty, const sigset_t *open_mask)
{
	struct pollfd polled = {.fd = control_fd, .events = POLLIN};
	int status;
	pid_t pid;

	for (;;) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == child)
				return status;
		if (pid < 0 && errno == ECHILD)
			fail("the program disappeared", NULL, 0);
		polled.revents = 0;
		/* SIGCHLD is blocked except in here, so none is missed. */
		if (ppoll(&polled, 1, NULL, open_mask) > 0 && polled.revents &&
		    !serve_control(child, tty))
			polled.fd = -1;
	}
}

static void report_status(int status)
{
	char number[16];

	if (WIFEXITED(status)) {
		format_number(number, WEXITSTATUS(status));
		report("exit", number);
	} else {
		format_number(number, WTERMSIG(status));
		report("signal", number);
	}
}

static void report_failed_exec(const struct job *job, int error)
{
	char text[400];
	size_t size = 0;

	size = append(text, sizeof(text), size, job->argv[0]);
	size = append(text, sizeof(text), size, ": ");
	if (error == ENOENT && !strchr(job->argv[0], '/'))
		size = append(text, sizeof(text), size, "command not found");
	else
		size = append(text, sizeof(text), size, error_text(error));
	text[size < sizeof(text) ? size : sizeof(text) - 1] = '\0';
	report(error == ENOENT ? "notfound" : "noexec", text);
}

static void run(struct job *job, int fds[4])
{
	struct sigaction action = {.sa_handler = on_child};
	struct start_error problem;
	sigset_t blocked, before;
	int report_pipe[2];
	ssize_t got;
	pid_t child;

	while (clock_is_due())
		if (!serve_control(0, fds[TTY_FD]))
			break;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	sigaction(SIGCHLD, &action, NULL);
	if (pipe2(report_pipe, O_CLOEXEC))
		fail("cannot make a pipe", NULL, errno);
	child = fork();
	if (child < 0)
		fail("cannot fork", NULL, errno);
	if (!child)
		start_program(job, fds, report_pipe[1]);
	close(report_pipe[1]);
	for (int fd = 0; fd < 3; fd++)
		if (fds[fd] != fds[TTY_FD] && !(fd == 2 && job->is_merged))
			close(fds[fd]);
	do {
		got = read(report_pipe[0], &problem, sizeof(problem));
	} while (got < 0 && errno == EINTR);
	close(report_pipe[0]);
	if (got == sizeof(problem)) {
		if (problem.what[0])
			fail(problem.what, NULL, problem.error);
		report_failed_exec(job, problem.error);
		power_off();
	}
	if (control_fd >= 0)
		write_all(control_fd, "started\n", 8);
	int status = serve(child, fds[TTY_FD], &before);

	/* What it left running ends with it, as in a container; their output is through. */
	kill(-1, SIGKILL);
	report_status(status);
	power_off();
}

int main(void)
{
	static struct job job;
	int fds[4];

	open_control();
	if (!read_job(&job))
		parse_job(&job, console_job, sizeof(console_job) - 1);
	if (!job.argc)
		fail("the job names no program", NULL, 0);
	clock_ask(&job);
	open_streams(&job, fds);
	make_root(&job);
	if (job.hostname)
		sethostname(job.hostname, strlen(job.hostname));
	run(&job, fds);
	return 0;
}
