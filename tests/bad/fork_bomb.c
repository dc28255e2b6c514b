/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fork bomb under RLIMIT_NPROC: never more processes than the limit, EAGAIN for the rest, and
 * afterwards the machine works as before. Prints the same lines on every kernel.
 */
#include "bad.h"

#include <grp.h>
#include <sys/prctl.h>

#define USER  4711
#define LIMIT 40

struct shared {
	int alive, most, refused, other;
};

static struct shared *sh;

static void bomb(void)
{
	for (;;) {
		pid_t pid = fork();

		if (pid < 0) {
			if (errno == EAGAIN)
				__atomic_fetch_add(&sh->refused, 1, __ATOMIC_SEQ_CST);
			else
				__atomic_store_n(&sh->other, errno, __ATOMIC_SEQ_CST);
		} else if (!pid) {
			int now = __atomic_add_fetch(&sh->alive, 1, __ATOMIC_SEQ_CST), most;

			while ((most = sh->most) < now &&
			       !__atomic_compare_exchange_n(&sh->most, &most, now, false,
							    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
				;
		}
	}
}

int main(void)
{
	struct rlimit limit = {LIMIT, LIMIT};
	struct timespec second = {1, 0};
	int status, reaped = 0;
	pid_t pid;

	if (geteuid()) {
		say("needs root\n");
		return 0;
	}
	sh = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(sh != MAP_FAILED, "map");
	must(!prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "become a subreaper");
	pid = fork();
	must(pid >= 0, "fork");
	if (!pid) {
		setpgid(0, 0);
		must(!setgroups(0, NULL) && !setresgid(USER, USER, USER), "set groups");
		must(!setrlimit(RLIMIT_NPROC, &limit), "set the limit");
		must(!setresuid(USER, USER, USER), "set the user");
		sh->alive = sh->most = 1;
		bomb();
	}
	setpgid(pid, pid);
	nanosleep(&second, NULL);
	/* All are in one group; new ones may be born while the signal goes round. */
	while (!kill(-pid, SIGKILL)) {
		while (waitpid(-1, &status, WNOHANG) > 0)
			reaped++;
	}
	while (waitpid(-1, &status, 0) > 0)
		reaped++;
	say("no more than the limit: %s\n", sh->most <= LIMIT ? "yes" : "no");
	say("the limit is reached: %s\n", sh->most == LIMIT ? "yes" : "no");
	say("the rest is refused with EAGAIN: %s\n", sh->refused && !sh->other ? "yes" : "no");
	say("all have ended: %s\n", reaped >= sh->most ? "yes" : "no");
	/* There is room again. */
	for (int i = 0; i < 100; i++) {
		pid = fork();
		must(pid >= 0, "fork afterwards");
		if (!pid)
			_exit(0);
		must(waitpid(pid, &status, 0) == pid && !status, "wait afterwards");
	}
	say("the machine goes on\n");
	return 0;
}
