/* SPDX-License-Identifier: Apache-2.0 */
/* Processes and threads: making them, and passing the CPU between two of them. */
#include "bench.h"
#include <sys/socket.h>

#define PAIR_ROUNDS 500

static char stacks[2][BENCH_STACK] __attribute__((aligned(16)));

static void wait_for(int pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bench_fail("fork");
}

static void bench_fork(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(0);
	wait_for(pid);
}

static char *exec_argv[] = {"bench", "exit-now", NULL}, *exec_envp[] = {NULL};

static void bench_fork_exec(void)
{
	int pid = fork();

	if (pid == 0) {
		execve(bench_self, exec_argv, exec_envp);
		_exit(1);
	}
	wait_for(pid);
}

static void bench_vfork_exec(void)
{
	int pid = vfork();

	if (pid == 0) {
		execve(bench_self, exec_argv, exec_envp);
		_exit(1);
	}
	wait_for(pid);
}

static int nothing(void *arg)
{
	(void)arg;
	return 0;
}

static void bench_thread_join(void)
{
	static int tid;

	bench_thread(nothing, NULL, stacks[0], &tid);
	bench_join(&tid);
}

/* --- two that take turns: a call is a turn there and back, PAIR_ROUNDS times --- */

static int turn, partner_tid;
static int ping[2], pong[2];

static void take_turns(int mine)
{
	for (int i = 0; i < PAIR_ROUNDS; i++) {
		while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != mine)
			bench_futex_wait(&turn, !mine);
		__atomic_store_n(&turn, !mine, __ATOMIC_RELEASE);
		bench_futex_wake(&turn, 1);
	}
}

static int futex_partner(void *arg)
{
	(void)arg;
	take_turns(1);
	return 0;
}

static void bench_futex(void)
{
	turn = 0;
	bench_thread(futex_partner, NULL, stacks[0], &partner_tid);
	take_turns(0);
	bench_join(&partner_tid);
}

static void pass(int from, int to)
{
	char byte = 0;

	for (int i = 0; i < PAIR_ROUNDS; i++)
		if (read(from, &byte, 1) != 1 || write(to, &byte, 1) != 1)
			_exit(1);
}

/* Between two processes: from and to are the other's ends. */
static void ping_pong(int to_child, int from_child, int child_in, int child_out)
{
	char byte = 0;
	int pid = fork();

	if (pid == 0) {
		pass(child_in, child_out);
		_exit(0);
	}
	for (int i = 0; i < PAIR_ROUNDS; i++)
		if (write(to_child, &byte, 1) != 1 || read(from_child, &byte, 1) != 1)
			bench_fail("ping-pong");
	wait_for(pid);
}

static int make_pipes(void)
{
	return pipe(ping) < 0 || pipe(pong) < 0 ? -1 : 0;
}

static void close_ends(void)
{
	for (int i = 0; i < 2; i++) {
		close(ping[i]);
		close(pong[i]);
	}
}

static void bench_pipe_pair(void)
{
	ping_pong(ping[1], pong[0], ping[0], pong[1]);
}

static int make_sockets(void)
{
	return socketpair(1 /* AF_UNIX */, 1 /* SOCK_STREAM */, 0, ping);
}

static void close_sockets(void)
{
	close(ping[0]);
	close(ping[1]);
}

static void bench_socket_pair(void)
{
	ping_pong(ping[0], ping[0], ping[1], ping[1]);
}

/* Two processes that do nothing but give the CPU away. */
static void bench_yield(void)
{
	int pid = fork();

	for (int i = 0; i < PAIR_ROUNDS; i++)
		sched_yield();
	if (pid == 0)
		_exit(0);
	wait_for(pid);
}

const struct bench process_benches[] = {
	{"fork-exit-wait", bench_fork, 100, 0, NULL, NULL},
	{"fork-exec-wait", bench_fork_exec, 50, 0, NULL, NULL},
	{"vfork-exec-wait", bench_vfork_exec, 50, 0, NULL, NULL},
	{"thread-create-join", bench_thread_join, 200, 0, NULL, NULL},
	{"context-switch", bench_yield, 4, 2 * PAIR_ROUNDS, NULL, NULL},
	{"futex-ping-pong", bench_futex, 4, PAIR_ROUNDS, NULL, NULL},
	{"pipe-ping-pong", bench_pipe_pair, 4, PAIR_ROUNDS, make_pipes, close_ends},
	{"unix-ping-pong", bench_socket_pair, 4, PAIR_ROUNDS, make_sockets, close_sockets},
	{NULL},
};
