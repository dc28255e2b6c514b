/* SPDX-License-Identifier: Apache-2.0 */
/* What a 32-bit process has in its own layout: the auxiliary vector in /proc, robust futex lists.
 */
#include "../../sys/test.h"
#include <elf.h>
#include <link.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/auxv.h>

extern char **environ;

static void check_auxv(void)
{
	static char file[4096];
	ssize_t n = t_read_file("/proc/self/auxv", file, sizeof(file));
	const uint32_t *word = (const void *)environ, *v;
	unsigned count = 0;

	while (*word++)
		;
	v = word;
	while (v[2 * count] != AT_NULL)
		count++;
	T_CMP(n, >=, (count + 1) * 8);
	T_TRUE(!memcmp(file, v, count * 8));
	T_EQ(getauxval(AT_PHENT), sizeof(Elf32_Phdr));
	T_STR((const char *)getauxval(AT_PLATFORM), "i686");
}

struct lock {
	struct lock *next;
	uint32_t before, word;
};
struct head {
	struct lock *first;
	long offset;
	struct lock *pending;
};

static struct lock locks[3];
static struct head head;

static void *die(void *arg)
{
	uint32_t tid = (uint32_t)syscall(SYS_gettid);
	struct head *got = NULL;
	uint32_t len = 0;

	(void)arg;
	for (int i = 0; i < 3; i++) {
		locks[i].word = i == 1 ? tid + 1 : tid; /* one is somebody else's */
		locks[i].next = i < 2 ? &locks[i + 1] : (struct lock *)&head;
	}
	locks[0].word |= FUTEX_WAITERS;
	head.first = &locks[0];
	head.offset = offsetof(struct lock, word);
	T_OK(syscall(SYS_set_robust_list, &head, sizeof(head)));
	T_OK(syscall(SYS_get_robust_list, 0, &got, &len));
	T_TRUE(got == &head);
	T_EQ(len, 12);
	syscall(SYS_exit, 0);
	return NULL;
}

static void check_robust(void)
{
	pthread_t t;

	T_ERR(syscall(SYS_set_robust_list, &head, 24), EINVAL);
	T_EQ(pthread_create(&t, NULL, die, NULL), 0);
	pthread_join(t, NULL);
	T_EQ(locks[0].word, FUTEX_OWNER_DIED | FUTEX_WAITERS);
	T_TRUE(!(locks[1].word & FUTEX_OWNER_DIED));
	T_EQ(locks[2].word, FUTEX_OWNER_DIED);
}

TEST_MAIN
{
	check_auxv();
	check_robust();
}
