/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/time.h>

extern char **environ;

/* The program that is executed is this one: argv[1] says which part it plays. */
static int check_args(int argc, char **argv, char **envp)
{
	if (argc != 5 || strcmp(argv[2], "") || strcmp(argv[3], "two words\n") ||
	    strcmp(argv[4], "\001\377") || argv[5])
		return 1;
	return envp[0] && !strcmp(envp[0], "A=1") && envp[1] && !strcmp(envp[1], "odd") && !envp[2]
		       ? 20
		       : 2;
}

static int check_state(char **argv)
{
	struct sigaction sa;
	struct itimerval it;
	sigset_t set;
	stack_t ss;

	if (getpid() != atoi(argv[2]))
		return 1;
	sigaction(SIGUSR1, NULL, &sa);
	if (sa.sa_handler != SIG_DFL)
		return 2;
	sigaction(SIGUSR2, NULL, &sa);
	if (sa.sa_handler != SIG_IGN)
		return 3;
	sigprocmask(SIG_BLOCK, NULL, &set);
	if (!sigismember(&set, SIGHUP) || sigismember(&set, SIGTERM))
		return 4;
	sigpending(&set);
	if (!sigismember(&set, SIGHUP))
		return 5;
	sigaltstack(NULL, &ss);
	if (ss.ss_flags != SS_DISABLE)
		return 6;
	getitimer(ITIMER_REAL, &it);
	if (it.it_value.tv_sec < 40)
		return 7;
	if (umask(0) != 027)
		return 8;
	if (fcntl(50, F_GETFD) != 0 || fcntl(51, F_GETFD) != -1 || errno != EBADF)
		return 9;
	if (prctl(PR_GET_DUMPABLE) != 1 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 10;
	return 21;
}

static int check_name(const char *want)
{
	char name[16];

	prctl(PR_GET_NAME, name);
	if (strcmp(name, want))
		t_note("name is %s", name);
	return strcmp(name, want) ? 1 : 22;
}

static void __attribute__((constructor)) helper(int argc, char **argv, char **envp)
{
	if (argc < 2)
		return;
	if (!strcmp(argv[1], "args"))
		_exit(check_args(argc, argv, envp));
	if (!strcmp(argv[1], "state"))
		_exit(check_state(argv));
	if (!strcmp(argv[1], "name"))
		_exit(check_name(argv[2]));
	if (!strcmp(argv[1], "status"))
		_exit(atoi(argv[2]));
	if (!strcmp(argv[1], "count"))
		_exit(argc);
	if (!strcmp(argv[1], "length"))
		_exit(strlen(argv[2]) == (size_t)atol(argv[3]) ? 23 : 1);
	if (!strcmp(argv[1], "threads"))
		_exit(gettid() == getpid() && getpid() == atoi(argv[2]) ? 24 : 1);
	if (!strcmp(argv[1], "ids"))
		_exit(geteuid() == (uid_t)atoi(argv[2]) && getegid() == (gid_t)atoi(argv[3]) ? 25
											     : 1);
	if (strstr(argv[1], "one arg") && strstr(argv[argc - 1], "last"))
		_exit(30 + argc);
}

#define RUN(path, status, ...)                                     \
	do {                                                       \
		char *run_argv_[] = {"self", ##__VA_ARGS__, NULL}; \
		pid_t run_pid_ = T_NEED(fork());                   \
		if (!run_pid_) {                                   \
			execve(path, run_argv_, environ);          \
			_exit(99);                                 \
		}                                                  \
		T_WAIT(run_pid_, T_EXITED(status));                \
	} while (0)

static int try(const char *path)
{
	char *argv[] = {"self", "status", "0", NULL};

	return execve(path, argv, environ);
}

static void test_state(void)
{
	char *argv[] = {"self", "args", "", "two words\n", "\001\377", NULL};
	char *envp[] = {"A=1", "odd", NULL};
	pid_t pid = T_NEED(fork());

	if (!pid) {
		execve("/proc/self/exe", argv, envp);
		_exit(99);
	}
	T_WAIT(pid, T_EXITED(20));
	pid = T_NEED(fork());
	if (!pid) {
		struct itimerval it = {{0, 0}, {50, 0}};
		static char area[65536];
		stack_t ss = {.ss_sp = area, .ss_size = sizeof(area)};
		char number[20];
		char *state[] = {"self", "state", number, NULL};
		sigset_t set;

		snprintf(number, sizeof(number), "%d", getpid());
		signal(SIGUSR1, (void (*)(int))test_state);
		signal(SIGUSR2, SIG_IGN);
		sigemptyset(&set);
		sigaddset(&set, SIGHUP);
		sigprocmask(SIG_SETMASK, &set, NULL);
		raise(SIGHUP);
		sigaltstack(&ss, NULL);
		setitimer(ITIMER_REAL, &it, NULL);
		umask(027);
		dup2(STDOUT_FILENO, 50);
		dup3(STDOUT_FILENO, 51, O_CLOEXEC);
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		execve("/proc/self/exe", state, environ);
		_exit(99);
	}
	T_WAIT(pid, T_EXITED(21));
	/* The name is the last part of the path, 15 letters of it. */
	T_OK(symlink("/proc/self/exe", "short"));
	T_OK(symlink("/proc/self/exe", "a-rather-long-name"));
	RUN("./short", 22, "name", "short");
	RUN("./a-rather-long-name", 22, "name", "a-rather-long-n");
}

static void test_errors(void)
{
	char *argv[] = {"self", NULL};
	int fd;

	T_ERR(try("no-such"), ENOENT);
	T_ERR(try(""), ENOENT);
	T_ERR(try("no-such/f"), ENOENT);
	T_OK(mkdir("dir", 0755));
	T_ERR(try("dir"), EACCES);
	T_ERR(try("."), EACCES);
	t_write_file("plain", "echo hi\n", 8);
	T_ERR(try("plain"), EACCES); /* not executable, for root neither */
	T_ERR(try("plain/f"), ENOTDIR);
	T_OK(chmod("plain", 0755));
	T_ERR(try("plain"), ENOEXEC);
	t_write_file("empty", "", 0);
	T_OK(chmod("empty", 0755));
	T_ERR(try("empty"), ENOEXEC);
	t_write_file("bad-elf", "\177ELF", 4);
	T_OK(chmod("bad-elf", 0755));
	T_ERR(try("bad-elf"), ENOEXEC);
	t_make_loop();
	T_ERR(try("loop1"), ELOOP);
	T_ERR(try(t_long_name(256)), ENAMETOOLONG);
	T_ERR(try(t_long_name(5000)), ENAMETOOLONG);
	T_OK(mkfifo("fifo", 0777));
	T_ERR(try("fifo"), EACCES);
	T_ERR(try("/dev/null"), EACCES);
	T_EFAULT_NULL(p, execve(p, argv, environ));
	T_EFAULT(p, execve("/proc/self/exe", p, environ));
	T_EFAULT(p, execve("/proc/self/exe", argv, p));
	T_EFAULT(p, ({
			 char *bad[] = {"self", p, NULL};

			 execve("/proc/self/exe", bad, environ);
		 }));
	T_EFAULT(p, ({
			 char *bad[] = {"A=1", p, NULL};

			 execve("/proc/self/exe", argv, bad);
		 }));
	/* Open for writing somewhere. */
	t_write_file("busy", "#!/proc/self/exe\n", 17);
	T_OK(chmod("busy", 0755));
	fd = T_OK(open("busy", O_WRONLY));
	T_ERR(try("busy"), ETXTBSY);
	T_OK(close(fd));
	if (t_is_root()) {
		T_OK(mkdir("closed", 0700));
		t_write_file("closed/f", "x", 1);
		T_AS_USER
		{
			T_ERR(try("closed/f"), EACCES);
		}
	}
}

static void test_sizes(void)
{
	static char big[131072 + 1];
	static char *many[40000];
	char number[20];
	pid_t pid;

	/* One string: 131072 bytes with its zero. */
	memset(big, 'a', sizeof(big));
	big[131071] = 0;
	snprintf(number, sizeof(number), "%d", 131071);
	RUN("/proc/self/exe", 23, "length", big, number);
	big[131071] = 'a';
	big[131072] = 0;
	{
		char *argv[] = {"self", "length", big, "1", NULL};
		char *envp[] = {big, NULL};

		T_ERR(execve("/proc/self/exe", argv, environ), E2BIG);
		argv[1] = NULL;
		T_ERR(execve("/proc/self/exe", argv, envp), E2BIG);
	}
	/* All together: a quarter of the stack limit. */
	for (int i = 0; i < 39999; i++)
		many[i] = "0123456789012345678901234567890123456789";
	pid = T_NEED(fork());
	if (!pid) {
		struct rlimit limit = {1 << 20, 1 << 20};

		setrlimit(RLIMIT_STACK, &limit);
		many[1] = "count";
		T_ERR(execve("/proc/self/exe", many, environ), E2BIG);
		many[1000] = NULL;
		execve("/proc/self/exe", many, environ);
		_exit(99);
	}
	T_WAIT(pid, T_EXITED(1000 & 0xff));
}

static void script(const char *name, const char *text)
{
	t_write_file(name, text, strlen(text));
	T_OK(chmod(name, 0755));
}

static void test_scripts(void)
{
	char text[400];

	T_OK(symlink("/proc/self/exe", "interp"));
	script("script", "#!./interp\n");
	/* argv: interpreter, script path, then the arguments after the first. */
	script("script-arg", "#! ./interp  one arg \t\n");
	RUN("./script-arg", 35, "x", "last"); /* interp, "one arg", path, x, last */
	script("no-newline", "#!./interp one arg");
	RUN("./no-newline", 34, "last-");
	script("nothing", "#!\n");
	T_ERR(try("./nothing"), ENOEXEC);
	script("blanks", "#!  \t \n");
	T_ERR(try("./blanks"), ENOEXEC);
	script("missing", "#!/no/such/interpreter\n");
	T_ERR(try("./missing"), ENOENT);
	script("directory", "#!/\n");
	T_ERR(try("./directory"), EACCES);
	/* A chain: five levels work, more are too many. */
	script("s0", "#!./interp one arg\n");
	for (int i = 1; i < 8; i++) {
		char name[20];

		snprintf(text, sizeof(text), "#!./s%d\n", i - 1);
		snprintf(name, sizeof(name), "s%d", i);
		script(name, text);
	}
	T_ERR(try("./s5"), ELOOP);
	T_ERR(try("./s7"), ELOOP);
	script("itself", "#!./itself\n");
	T_ERR(try("./itself"), ELOOP);
	/* The first line counts up to 255 bytes; a path cut off there is not executed. */
	memset(text, 'a', sizeof(text));
	memcpy(text, "#!./", 4);
	text[350] = '\n';
	text[351] = 0;
	script("long", text);
	T_ERR(try("./long"), ENOEXEC);
}

static void *forever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void *exec_thread(void *arg)
{
	char number[20];
	char *argv[] = {"self", "threads", number, NULL};

	snprintf(number, sizeof(number), "%d", getpid());
	execve("/proc/self/exe", argv, environ);
	return arg;
}

static void test_threads(void)
{
	pthread_t thread;
	pid_t pid = T_NEED(fork());

	if (!pid) {
		for (int i = 0; i < 3; i++)
			pthread_create(&thread, NULL, forever, NULL);
		exec_thread(NULL);
		_exit(99);
	}
	T_WAIT(pid, T_EXITED(24));
	/* From another thread: it becomes the process's first. */
	pid = T_NEED(fork());
	if (!pid) {
		pthread_create(&thread, NULL, forever, NULL);
		pthread_create(&thread, NULL, exec_thread, NULL);
		for (;;)
			pause();
	}
	T_WAIT(pid, T_EXITED(24));
}

static void test_set_id(void)
{
	static char buf[1 << 16];
	ssize_t n;
	int in, out;

	if (!t_is_root()) {
		T_SKIP_ONE("needs root");
		return;
	}
	in = T_NEED(open("/proc/self/exe", O_RDONLY));
	out = T_NEED(open("copy", O_WRONLY | O_CREAT, 0755));
	while ((n = read(in, buf, sizeof(buf))) > 0)
		T_NEED(write(out, buf, (size_t)n));
	close(in);
	close(out);
	T_OK(chown("copy", 1234, 2345));
	T_OK(chmod("copy", 06755));
	RUN("./copy", 25, "ids", "1234", "2345");
	T_AS_USER
	{
		RUN("./copy", 25, "ids", "1234", "2345");
		/* With no_new_privs the bits mean nothing. */
		T_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		RUN("./copy", 25, "ids", "65534", "65534");
	}
	/* Set-group-id without group execute is for locking: not an identity. */
	T_OK(chmod("copy", 02745));
	RUN("./copy", 25, "ids", "0", "0");
	T_OK(chmod("copy", 0711));
	T_AS_USER
	{
		RUN("./copy", 25, "ids", "65534", "65534"); /* execute without read */
	}
	/* A changed owner drops the bits. */
	T_OK(chmod("copy", 06755));
	T_OK(chown("copy", 1, 1));
	T_EQ(t_mode("copy") & 07777, 0755);
}

TEST_MAIN
{
	char *none[] = {NULL};
	pid_t pid;

	test_state();
	test_errors();
	test_sizes();
	test_scripts();
	test_threads();
	test_set_id();
	/* No arguments at all: one empty string is put in, argc is 1 and this test's body is run.
	 */
	pid = T_NEED(fork());
	if (!pid) {
		int fd = open("/dev/null", O_WRONLY);

		dup2(fd, STDOUT_FILENO);
		execve("/no/such", none, none);
		_exit(errno == ENOENT ? 0 : 1);
	}
	T_WAIT(pid, 0);
}
