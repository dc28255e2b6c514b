/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is ended when memory is out: the process with the most, moved by oom_score_adj, and never one
 * with -1000. proc(5). For a machine of 64 MiB; does nothing on one with more than 256 MiB.
 */
#include "bad.h"

#include <sys/sysinfo.h>

#define MB (1UL << 20)

struct actor {
	const char *name;
	size_t bytes; /* 0: as much as there is, in small steps */
	int adj;
	pid_t pid;
	bool has_ended;
};

static void set_number(const char *path, int value)
{
	char text[16];
	int fd = open(path, O_WRONLY), len;

	len = snprintf(text, sizeof(text), "%d", value);
	must(fd >= 0 && write(fd, text, (size_t)len) == len, path);
	close(fd);
}

static void set_adj(int adj)
{
	set_number("/proc/self/oom_score_adj", adj);
}

static void act(const struct actor *a, int ready)
{
	set_adj(a->adj);
	for (size_t done = 0; !a->bytes || done < a->bytes; done += MB) {
		char *p =
			mmap(NULL, MB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		must(p != MAP_FAILED, "map memory");
		memset(p, 1, MB);
	}
	must(write(ready, "r", 1) == 1, "tell");
	for (;;)
		pause();
}

static void start(struct actor *a)
{
	int fds[2];
	char c;

	must(!pipe(fds), "make a pipe");
	a->pid = fork();
	must(a->pid >= 0, "fork");
	if (!a->pid)
		act(a, fds[1]);
	close(fds[1]);
	must(!a->bytes || read(fds[0], &c, 1) == 1, "wait for an actor");
	close(fds[0]);
}

/* The actors begin in this order, and the last one takes all: who ends, until it does. */
static void play(const char *title, struct actor *actors, int count)
{
	int status;
	pid_t pid;

	say("%s:", title);
	for (int i = 0; i < count; i++)
		start(&actors[i]);
	while (!actors[count - 1].has_ended) {
		pid = wait(&status);
		must(pid > 0, "wait");
		for (int i = 0; i < count; i++)
			if (actors[i].pid == pid) {
				actors[i].has_ended = true;
				say(" %s by %d", actors[i].name, WTERMSIG(status));
			}
	}
	say("; left:");
	for (int i = 0; i < count; i++)
		if (!actors[i].has_ended) {
			say(" %s", actors[i].name);
			kill(actors[i].pid, SIGKILL);
			must(waitpid(actors[i].pid, NULL, 0) == actors[i].pid, "wait");
		}
	say("\n");
}

/* Children begin with their parent's, going below what root set needs the privilege. */
static void rules(void)
{
	char text[16] = {0};
	int status, fd;
	pid_t pid;

	set_adj(300);
	pid = fork();
	if (!pid) {
		fd = open("/proc/self/oom_score_adj", O_RDWR);
		must(read(fd, text, sizeof(text) - 1) > 0, "read oom_score_adj");
		say("inherited: %s", text);
		must(!setresuid(65534, 65534, 65534), "change the user");
		say("up: %s\n", write(fd, "400", 3) == 3 ? "yes" : strerrorname_np(errno));
		say("back: %s\n", write(fd, "300", 3) == 3 ? "yes" : strerrorname_np(errno));
		say("below: %s\n", write(fd, "299", 3) == 3 ? "yes" : strerrorname_np(errno));
		say("out of range: %s\n",
		    write(fd, "1001", 4) == 4 ? "yes" : strerrorname_np(errno));
		_exit(0);
	}
	must(waitpid(pid, &status, 0) == pid && !status, "wait");
}

int main(void)
{
	struct sysinfo si;

	must(!sysinfo(&si), "ask for the memory");
	if (si.totalram * si.mem_unit > 256UL << 20) {
		say("skipped: this machine has more than 256 MiB\n");
		return 0;
	}
	rules();
	set_adj(-1000);
	play("the largest first",
	     (struct actor[]){{.name = "large", .bytes = 34 * MB}, {.name = "greedy"}}, 2);
	play("the adjustment decides",
	     (struct actor[]){{.name = "large", .bytes = 34 * MB},
			      {.name = "small+1000", .bytes = MB, .adj = 1000},
			      {.name = "greedy"}},
	     3);
	play("the one that asks, when the other is worth more",
	     (struct actor[]){{.name = "large-500", .bytes = 34 * MB, .adj = -500},
			      {.name = "greedy"}},
	     2);
	play("never at -1000",
	     (struct actor[]){{.name = "large-1000", .bytes = 34 * MB, .adj = -1000},
			      {.name = "greedy"}},
	     2);
	set_number("/proc/sys/vm/oom_kill_allocating_task", 1);
	play("the one that asks, by oom_kill_allocating_task",
	     (struct actor[]){{.name = "large", .bytes = 34 * MB}, {.name = "greedy"}}, 2);
	say("the machine goes on\n");
	return 0;
}
