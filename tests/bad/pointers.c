/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every pointer argument of every call with every kind of bad address, the other arguments chosen
 *so that the call gets as far as the pointer. One line per case:
 *
 *	CALL ARGUMENT CASE -> ERRNO | OK [VALUE] | signal N
 *
 * Each case runs in a process of its own, made from the same state. A name given as argument runs
 * that call only.
 */
#include "bad.h"
#include "pointers.h"

#include <grp.h>

struct result {
	bool is_done;
	long value;
};

static struct result *result;
static char *end_of_page, *none_page, *read_only_page, *unmapped_page;

static uintptr_t bad_address(enum bad_case c)
{
	switch (c) {
	case CASE_NULL:
		return 0;
	case CASE_UNMAPPED:
		return (uintptr_t)unmapped_page;
	case CASE_NONE:
		return (uintptr_t)none_page;
	case CASE_READ_ONLY:
		return (uintptr_t)read_only_page;
	case CASE_STRADDLING:
		return (uintptr_t)end_of_page - 1;
	case CASE_KERNEL_START:
		return 0xffff800000000000UL;
	case CASE_KERNEL_TEXT:
		return 0xffffffff81000000UL;
	case CASE_NON_CANONICAL:
		return 0x800000000000UL;
	default:
		return -1UL;
	}
}

static const char *const case_names[CASES] = {"null",	     "unmapped",      "no-access",
					      "read-only",   "straddling",    "kernel-start",
					      "kernel-text", "non-canonical", "minus-one"};

static void make_pages(void)
{
	int prot = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS;
	char *p;

	result = mmap(NULL, 4096, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(result != MAP_FAILED, "map a shared page");
	p = mmap(NULL, 5 * 4096, prot, flags, -1, 0);

	must(p != MAP_FAILED, "map pages");
	memset(p, 'x', 4096);
	end_of_page = p + 4096;
	none_page = p + 4096;
	read_only_page = p + 2 * 4096;
	unmapped_page = p + 4 * 4096;
	must(!mprotect(none_page, 4096, PROT_NONE), "protect a page");
	must(!mprotect(read_only_page, 4096, PROT_READ), "protect a page");
	must(!munmap(unmapped_page, 4096), "unmap a page");
}

static void on_signal(int sig)
{
	(void)sig;
}

/* What cases share through descriptors: offsets, the file's content, what is in the pipe. */
static void reset_files(void)
{
	char drain[4096];

	fcntl(FD_PIPE_READ, F_SETFL, O_NONBLOCK);
	while (read(FD_PIPE_READ, drain, sizeof(drain)) > 0)
		;
	fcntl(FD_PIPE_READ, F_SETFL, 0);
	must(write(FD_PIPE_WRITE, "0123456789", 10) == 10, "write to a pipe");
	while (recv(FD_SOCKET, drain, sizeof(drain), MSG_DONTWAIT) > 0 ||
	       recv(FD_SOCKET_PEER, drain, sizeof(drain), MSG_DONTWAIT) > 0)
		;
	must(send(FD_SOCKET_PEER, "0123456789", 10, 0) == 10, "send to a socket");
	must(!ftruncate(FD_FILE, 0) &&
		     pwrite(FD_FILE, "0123456789abcdef0123456789abcdef", 32, 0) == 32,
	     "write to a file");
	lseek(FD_FILE, 0, SEEK_SET);
	lseek(FD_DIR, 0, SEEK_SET);
}

static void set_up(enum setup what)
{
	struct itimerval soon = {{0, 0}, {0, 20000}};
	sigset_t set;
	pid_t pid;

	reset_files();

	switch (what) {
	case SETUP_CHILD:
		pid = fork();
		if (!pid)
			_exit(0);
		waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT);
		break;
	case SETUP_SIGNAL:
		signal(SIGUSR1, on_signal);
		sigemptyset(&set);
		sigaddset(&set, SIGUSR1);
		sigprocmask(SIG_BLOCK, &set, NULL);
		raise(SIGUSR1);
		break;
	case SETUP_TIMER:
		signal(SIGALRM, on_signal);
		setitimer(ITIMER_REAL, &soon, NULL);
		break;
	case SETUP_NONE:
		break;
	}
}

static void child(const struct row *row, int arg, uintptr_t bad)
{
	long a[6], r;

	alarm(2);
	set_up(row->setup);
	for (int i = 0; i < 6; i++)
		a[i] = row->args[i].value;
	if (row->args[arg].slot)
		*row->args[arg].slot = bad;
	else
		a[arg] = (long)bad;
	errno = 0;
	r = syscall(row->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (row->is_fork && r == 0)
		_exit(0);
	result->value = r == -1 ? -errno : row->is_fork ? 1 : r;
	result->is_done = true;
	_exit(0);
}

static void try(const struct row *row, int arg, enum bad_case c)
{
	const char *name = row->args[arg].name;
	int status;
	pid_t pid;

	result->is_done = false;
	pid = fork();
	must(pid >= 0, "fork");
	if (!pid)
		child(row, arg, bad_address(c));
	must(waitpid(pid, &status, 0) == pid, "wait");
	if (result->is_done && result->value < 0 && result->value > -4096)
		say("%s %s %s -> %s\n", row->name, name, case_names[c], errno_text(-result->value));
	else if (result->is_done && row->is_counted)
		say("%s %s %s -> OK %ld\n", row->name, name, case_names[c], result->value);
	else if (result->is_done)
		say("%s %s %s -> OK\n", row->name, name, case_names[c]);
	else if (WIFSIGNALED(status))
		say("%s %s %s -> signal %d\n", row->name, name, case_names[c], WTERMSIG(status));
	else
		say("%s %s %s -> executed, status %d\n", row->name, name, case_names[c],
		    WEXITSTATUS(status));
}

static void make_files(void)
{
	int fds[2], fd;

	make_dir();
	write_file("file", "", 0, 0644);
	must(!symlink("file", "link"), "make a link");
	must(!mkdir("dir", 0755), "make a directory");
	must(!pipe(fds), "make a pipe");
	must(dup2(fds[0], FD_PIPE_READ) >= 0 && dup2(fds[1], FD_PIPE_WRITE) >= 0, "dup");
	close(fds[0]);
	close(fds[1]);
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), "make sockets");
	must(dup2(fds[0], FD_SOCKET) >= 0 && dup2(fds[1], FD_SOCKET_PEER) >= 0, "dup");
	fd = open("file", O_RDWR);
	must(dup2(fd, FD_FILE) >= 0, "open a file");
	close(fd);
	fd = open(".", O_RDONLY);
	must(dup2(fd, FD_DIR) >= 0, "open a directory");
	close(fd);
	fd = open("/dev/zero", O_RDWR);
	must(dup2(fd, FD_ZERO) >= 0, "open /dev/zero");
	close(fd);
	fd = inotify_init1(0);
	must(dup2(fd, FD_INOTIFY) >= 0, "open an inotify file");
	close(fd);
	close(fds[0]);
	close(fds[1]);
}

int main(int argc, char **argv)
{
	if (argc == 0 || !argv[0][0])
		return 0; /* executed by a case */
	make_pages();
	make_files();
	fill_objects();
	if (geteuid() == 0)
		must(!setgroups(2, groups), "set groups");
	for (const struct row *row = rows; row->name; row++) {
		if (argc > 1 && strcmp(argv[1], row->name))
			continue;
		for (int arg = 0; arg < 6; arg++)
			if (row->args[arg].name)
				for (int c = 0; c < CASES; c++)
					if (!row->is_risky || c != CASE_READ_ONLY)
						try(row, arg, c);
	}
	unlink("file");
	unlink("link");
	rmdir("dir");
	must(!chdir("/") && !rmdir(bad_dir), "remove the directory: something was left in it");
	return 0;
}
