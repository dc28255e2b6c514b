/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Long chains of vfork(2), several at once: each process waits for its child, which waits for its
 * own. Then they all end one after the other, on all CPUs, with thousands of kernel stacks to give
 * back.
 */
#include "test.h"

#define NR_CHAINS 4
#define DEPTH	  400

static volatile unsigned *deepest;

/* The child runs on the parent's stack, below this function, so it may call it. */
static __attribute__((noinline)) int chain(int depth)
{
	int status = -1;
	pid_t pid = vfork();

	if (!pid) {
		if (depth < DEPTH)
			_exit(chain(depth + 1));
		__atomic_add_fetch(deepest, 1, __ATOMIC_RELAXED);
		_exit(7);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 1;
	return WEXITSTATUS(status);
}

TEST_MAIN
{
	pid_t pids[NR_CHAINS];

	deepest = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	T_NEED(deepest);
	for (int i = 0; i < NR_CHAINS; i++) {
		pids[i] = T_NEED(fork());
		if (!pids[i])
			_exit(chain(1));
	}
	for (int i = 0; i < NR_CHAINS; i++)
		T_WAIT(pids[i], T_EXITED(7));
	T_EQ(*deepest, NR_CHAINS);
}
