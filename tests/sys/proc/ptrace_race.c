/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tracer and what happens to its tracees at the same moment: stops and their ends, new threads,
 * exec, exit, SIGKILL, the tracer's own end. Every process must come to its end, with its own
 * status. PTRACE_RACE_MS in the environment is the time of each part (150).
 */
#include "test.h"

#include <pthread.h>
#include <sched.h>
#include <sys/ptrace.h>

#define STOPPED(sig) ((sig) << 8 | 0x7f)
#define NR_THREADS   3
#define OPTIONS                                                                                   \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
	 PTRACE_O_TRACEEXEC)

static volatile struct shared {
	long is_over; /* the workers end */
	long tid[NR_THREADS + 1];
	long turns[NR_THREADS + 1];
} * shared;

static long until;
static unsigned seed = 1;

static bool is_over(void)
{
	return t_now_ms() >= until;
}

static void begin(const char *what)
{
	const char *text = getenv("PTRACE_RACE_MS");

	t_note("%s", what);
	until = t_now_ms() + (text ? atol(text) : 150);
	memset((void *)shared, 0, sizeof(*shared));
}

static void some_us(unsigned most)
{
	usleep((useconds_t)rand_r(&seed) % most);
}

static pid_t start(void)
{
	pid_t child = fork();

	if (child < 0)
		T_NEED(child);
	return child;
}

/* Busy in user mode, in short calls and in sleep. */
static void *worker(void *arg)
{
	long i = (long)arg;

	shared->tid[i] = syscall(SYS_gettid);
	while (!shared->is_over) {
		shared->turns[i]++;
		for (int n = 0; n < 50; n++)
			(void)syscall(SYS_getppid);
		if (i == 1)
			usleep(100);
		if (i == 2)
			sched_yield();
	}
	return NULL;
}

static void threads_work(int nr_threads)
{
	pthread_t t[NR_THREADS];

	for (long i = 0; i < nr_threads; i++)
		if (pthread_create(&t[i], NULL, worker, (void *)(i + 1)))
			_exit(99);
	worker(0);
	for (int i = 0; i < nr_threads; i++)
		pthread_join(t[i], NULL);
}

static pid_t start_workers(void)
{
	pid_t child = start();

	if (!child) {
		threads_work(NR_THREADS);
		_exit(7);
	}
	for (int i = 0; i <= NR_THREADS; i++)
		while (!shared->tid[i])
			usleep(100);
	return child;
}

/* A stop of a tracee: what strace does about it. */
static void go_on(pid_t tid, int status, int request)
{
	int sig = WSTOPSIG(status), event = status >> 16;

	if (event == PTRACE_EVENT_STOP && sig != SIGTRAP)
		ptrace(PTRACE_LISTEN, tid, 0, 0);
	else if (event || sig == (SIGTRAP | 0x80))
		ptrace(request, tid, 0, 0);
	else
		ptrace(request, tid, 0, sig == SIGTRAP ? 0 : sig);
}

/* Follows everything until `leader` has ended: its status. */
static int follow(pid_t leader, int request)
{
	int status;
	pid_t tid;

	while ((tid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status))
			go_on(tid, status, request);
		else if (tid == leader)
			return status;
	}
	return -1;
}

static void follow_the_rest(void)
{
	int status;
	pid_t tid;

	while ((tid = waitpid(-1, &status, __WALL)) > 0)
		if (WIFSTOPPED(status))
			go_on(tid, status, PTRACE_CONT);
}

/* A child that stops itself is seized, then goes on: as strace starts its program. */
static void seize_and_continue(void)
{
	bool is_good = true;

	begin("seize and continue");
	while (!is_over() && is_good) {
		pid_t child = start();
		int status;

		if (!child) {
			kill(getpid(), SIGSTOP);
			_exit(7);
		}
		is_good = waitpid(child, &status, WSTOPPED) == child &&
			  status == STOPPED(SIGSTOP) && !ptrace(PTRACE_SEIZE, child, 0, OPTIONS);
		if (rand_r(&seed) & 1)
			some_us(200);
		kill(child, SIGCONT);
		is_good = is_good && follow(child, PTRACE_SYSCALL) == T_EXITED(7);
	}
	T_TRUE(is_good);
}

static void interrupt(void)
{
	pid_t child;
	bool is_good = true;
	long turns;

	begin("interrupt");
	child = start_workers();
	for (int i = 0; i <= NR_THREADS; i++)
		T_OK(ptrace(PTRACE_SEIZE, (pid_t)shared->tid[i], 0, 0));
	while (!is_over() && is_good) {
		pid_t tid = (pid_t)shared->tid[rand_r(&seed) % (NR_THREADS + 1)];
		int status;

		is_good = !ptrace(PTRACE_INTERRUPT, tid, 0, 0) &&
			  waitpid(tid, &status, __WALL) == tid &&
			  status == (PTRACE_EVENT_STOP << 16 | STOPPED(SIGTRAP)) &&
			  !ptrace(PTRACE_CONT, tid, 0, 0);
	}
	T_TRUE(is_good);
	turns = shared->turns[0];
	while (shared->turns[0] == turns)
		usleep(100);
	shared->is_over = 1;
	T_EQ(follow(child, PTRACE_CONT), T_EXITED(7));
}

static void attach_and_detach(void)
{
	pid_t child;
	bool is_good = true;

	begin("attach and detach");
	child = start_workers();
	while (!is_over() && is_good) {
		pid_t tid = (pid_t)shared->tid[rand_r(&seed) % (NR_THREADS + 1)];
		int status;

		is_good = !ptrace(PTRACE_ATTACH, tid, 0, 0) &&
			  waitpid(tid, &status, __WALL) == tid && status == STOPPED(SIGSTOP) &&
			  !ptrace(PTRACE_DETACH, tid, 0, 0);
	}
	T_TRUE(is_good);
	shared->is_over = 1;
	T_WAIT(child, T_EXITED(7));
}

/* Job control at random moments, while the tracer listens. */
static void stops(void)
{
	pid_t child, sender;

	begin("stop and continue");
	child = start_workers();
	for (int i = 0; i <= NR_THREADS; i++)
		T_OK(ptrace(PTRACE_SEIZE, (pid_t)shared->tid[i], 0, OPTIONS));
	sender = start();
	if (!sender) {
		while (!is_over()) {
			kill(child, SIGSTOP);
			some_us(300);
			kill(child, SIGCONT);
			some_us(300);
		}
		shared->is_over = 1;
		_exit(0);
	}
	T_EQ(follow(child, PTRACE_CONT), T_EXITED(7));
	follow_the_rest();
}

static void family(void)
{
	pid_t child = vfork();

	if (!child)
		_exit(1);
	for (int i = 0; i < 2; i++) {
		if (fork())
			continue;
		if (i) {
			shared->is_over = 1;
			threads_work(2);
		}
		_exit(2);
	}
	for (int i = 0; i < 3; i++) {
		int status;

		if (wait(&status) < 0 || !WIFEXITED(status))
			_exit(91);
	}
	_exit(7);
}

/* Children and threads of a tracee, every call of theirs stopped. */
static void forks(void)
{
	bool is_good = true;

	begin("forks and threads");
	while (!is_over() && is_good) {
		pid_t child = start();

		if (!child) {
			raise(SIGSTOP);
			family();
		}
		is_good = waitpid(child, NULL, WSTOPPED) == child &&
			  !ptrace(PTRACE_SEIZE, child, 0, OPTIONS) && !kill(child, SIGCONT) &&
			  follow(child, PTRACE_SYSCALL) == T_EXITED(7);
		follow_the_rest();
	}
	T_TRUE(is_good);
}

static void *execute(void *arg)
{
	(void)arg;
	execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL);
	_exit(98);
}

/* exec of one thread ends the others, which may be in stops of their own. */
static void exec_among_threads(void)
{
	bool is_good = true;

	begin("exec");
	while (!is_over() && is_good) {
		pid_t child = start();
		pthread_t t;

		if (!child) {
			raise(SIGSTOP);
			if (rand_r(&seed) & 1)
				pthread_create(&t, NULL, execute, NULL);
			for (long i = 0; i < NR_THREADS; i++)
				pthread_create(&t, NULL, worker, (void *)(i + 1));
			execute(NULL);
		}
		(void)rand_r(&seed);
		is_good = waitpid(child, NULL, WSTOPPED) == child &&
			  !ptrace(PTRACE_SEIZE, child, 0, OPTIONS) && !kill(child, SIGCONT) &&
			  follow(child, rand_r(&seed) & 1 ? PTRACE_SYSCALL : PTRACE_CONT) ==
				  T_EXITED(7);
		follow_the_rest();
	}
	T_TRUE(is_good);
}

/* SIGKILL, or exit_group of one thread, at any moment of the tracees' stops. */
static void ends(void)
{
	bool is_good = true;

	begin("ends");
	while (!is_over() && is_good) {
		pid_t child, killer;
		bool is_kill = rand_r(&seed) & 1;

		memset((void *)shared, 0, sizeof(*shared));
		child = start_workers();
		for (int i = 0; i <= NR_THREADS; i++)
			ptrace(PTRACE_SEIZE, (pid_t)shared->tid[i], 0, OPTIONS);
		for (int i = 0; i <= NR_THREADS; i++)
			ptrace(PTRACE_INTERRUPT, (pid_t)shared->tid[i], 0, 0);
		killer = start();
		if (!killer) {
			some_us(2000);
			if (is_kill)
				kill(child, SIGKILL);
			shared->is_over = 1;
			_exit(0);
		}
		is_good = follow(child, PTRACE_SYSCALL) == (is_kill ? SIGKILL : T_EXITED(7));
		follow_the_rest();
	}
	T_TRUE(is_good);
}

/* A tracer that is killed: its tracees go on, or end with PTRACE_O_EXITKILL. */
static void end_of_tracer(void)
{
	bool is_good = true;

	begin("the tracer ends");
	while (!is_over() && is_good) {
		bool is_fatal = rand_r(&seed) & 1;
		pid_t child, tracer;

		memset((void *)shared, 0, sizeof(*shared));
		child = start_workers();
		tracer = start();
		if (!tracer) {
			for (int i = 0; i <= NR_THREADS; i++)
				ptrace(PTRACE_SEIZE, (pid_t)shared->tid[i], 0,
				       OPTIONS | (is_fatal ? PTRACE_O_EXITKILL : 0));
			for (int i = 0; i <= NR_THREADS; i++)
				ptrace(PTRACE_INTERRUPT, (pid_t)shared->tid[i], 0, 0);
			follow(child, PTRACE_SYSCALL);
			_exit(0);
		}
		t_sleep_ms(5);
		some_us(2000);
		kill(tracer, SIGKILL);
		is_good = waitpid(tracer, NULL, 0) == tracer;
		shared->is_over = 1;
		is_good = is_good && follow(child, PTRACE_CONT) != -1;
	}
	T_TRUE(is_good);
}

TEST_MAIN
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	T_NEED(shared);
	seed = (unsigned)getpid();
	seize_and_continue();
	interrupt();
	attach_and_detach();
	stops();
	forks();
	exec_among_threads();
	ends();
	end_of_tracer();
}
