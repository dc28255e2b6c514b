/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Children that share much memory with their parent, and write, unmap and protect parts of it until
 * there is none left, page tables included: some are ended, the parent's memory stays as it was,
 * and all comes back. For a machine of 64 MiB; does nothing on one with more than 256 MiB.
 */
#include "bad.h"

#include <sys/sysinfo.h>

#define PAGE	    4096UL
#define NR	    5120UL /* pages shared */
#define NR_CHILDREN 8
#define ROUNDS	    6

static unsigned *memory;

static unsigned *word(size_t page)
{
	return memory + page * (PAGE / sizeof(*memory));
}

static void child(unsigned k)
{
	char *at = (char *)memory;
	unsigned random = k * 7919 + 1;

	for (unsigned i = 0; i < 4000; i++) {
		size_t page = (random = random * 1103515245 + 12345) / 65536 % (NR - 64);

		if (i % 500 == 499 && k % 4 == 3)
			munmap(at + page * PAGE, 20 * PAGE);
		else if (i % 500 == 499 && k % 4 == 2)
			mprotect(at + page * PAGE, 30 * PAGE, PROT_READ | PROT_EXEC);
		else if (i % 500 == 499 && k % 4 == 1)
			madvise(at + page * PAGE, 60 * PAGE, MADV_DONTNEED);
		else if (k % 4 < 2)
			*word(page) = i;
	}
	if (k % 3 == 0)
		memset(at, 1, k % 4 < 2 ? NR * PAGE : PAGE);
	pause();
}

static void set_adj(const char *adj)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);

	must(fd >= 0 && write(fd, adj, strlen(adj)) == (ssize_t)strlen(adj), "set oom_score_adj");
	close(fd);
}

static unsigned long free_pages(void)
{
	struct sysinfo si;

	must(!sysinfo(&si), "ask for the memory");
	return (si.freeram + si.bufferram) * si.mem_unit / PAGE;
}

int main(void)
{
	unsigned long before, wrong = 0, ended = 0;
	struct sysinfo si;

	must(!sysinfo(&si), "ask for the memory");
	if (si.totalram * si.mem_unit > 256UL << 20) {
		say("skipped: this machine has more than 256 MiB\n");
		return 0;
	}
	set_adj("-1000");
	memory = mmap(NULL, NR * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(memory != MAP_FAILED, "map memory");
	for (size_t i = 0; i < NR; i++)
		*word(i) = (unsigned)i;
	before = free_pages();
	for (unsigned round = 0; round < ROUNDS; round++) {
		pid_t pid[NR_CHILDREN];
		int status;

		for (unsigned k = 0; k < NR_CHILDREN; k++) {
			pid[k] = fork();
			if (!pid[k]) {
				set_adj("0");
				child(k);
			}
		}
		/* Some end each other; the others, by us. */
		usleep(300000);
		for (unsigned k = 0; k < NR_CHILDREN; k++)
			if (pid[k] > 0) {
				ended += waitpid(pid[k], &status, WNOHANG) == pid[k];
				kill(pid[k], SIGKILL);
				waitpid(pid[k], &status, 0);
			}
		for (size_t i = 0; i < NR; i++)
			wrong += *word(i) != i;
		for (size_t i = round; i < NR; i += 600)
			*word(i) = (unsigned)i;
	}
	say("ended by want of memory: %s\n", ended ? "some" : "none");
	say("the parent's pages that changed: %lu\n", wrong);
	for (int i = 0; i < 100 && free_pages() + 300 < before; i++)
		usleep(20000);
	say("memory came back: %s\n", free_pages() + 300 >= before ? "yes" : "no");
	say("the machine goes on\n");
	return 0;
}
