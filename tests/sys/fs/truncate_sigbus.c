/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping beyond the end of its file. */
#include "test.h"
#include <setjmp.h>

static sigjmp_buf jump;
static siginfo_t info;

static void on_sigbus(int sig, siginfo_t *si, void *context)
{
	(void)context;
	info = *si;
	siglongjmp(jump, sig);
}

/* The signal that reading (or writing) a byte gives; 0 for none. */
static int touch_byte(volatile char *p, bool is_write)
{
	int sig = sigsetjmp(jump, 1);

	if (sig)
		return sig;
	if (is_write)
		*p = 'w';
	else
		(void)*p;
	return 0;
}

static void check_mapping(int flags)
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT | O_TRUNC, 0600)), p[2];
	char *map, zero[4096] = {0};

	T_OK(ftruncate(fd, 4096 + 100));
	map = T_OK(mmap(NULL, 16384, PROT_READ | PROT_WRITE, flags, fd, 0));
	T_EQ(touch_byte(map, true), 0);
	T_EQ(touch_byte(map + 8191, false), 0);
	T_EQ(touch_byte(map + 8192, false), SIGBUS);
	T_EQ(info.si_code, BUS_ADRERR);
	T_EQ((long)info.si_addr, (long)(map + 8192));
	T_EQ(touch_byte(map + 12345, true), SIGBUS);
	T_EQ((long)info.si_addr, (long)(map + 12345));
	/* The kernel gets EFAULT in the same place. */
	T_OK(pipe(p));
	T_ERR(write(p[1], map + 8192, 1), EFAULT);
	T_EQ(write(p[1], "x", 1), 1);
	T_ERR(read(p[0], map + 8192, 1), EFAULT);
	/* Growing makes the pages, shrinking takes them away, also used ones. */
	T_OK(ftruncate(fd, 16384));
	T_EQ(touch_byte(map + 8192, true), 0);
	T_EQ(map[8192], 'w');
	T_MEM(map + 12288, zero, 4096);
	T_OK(ftruncate(fd, 4096));
	T_EQ(touch_byte(map + 8192, false), SIGBUS);
	T_EQ(touch_byte(map + 4096, true), SIGBUS);
	T_EQ(touch_byte(map, false), 0);
	T_OK(ftruncate(fd, 0));
	T_EQ(touch_byte(map, false), SIGBUS);
	T_OK(ftruncate(fd, 8192));
	T_EQ(touch_byte(map, false), 0);
	T_MEM(map, zero, 4096);
	T_OK(munmap(map, 16384));
	close(p[0]);
	close(p[1]);
	close(fd);
}

TEST_MAIN
{
	struct sigaction sa = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO};

	T_OK(sigaction(SIGBUS, &sa, NULL));
	check_mapping(MAP_SHARED);
	check_mapping(MAP_PRIVATE);
	T_CHILD_STATUS(SIGBUS)
	{
		t_limit(RLIMIT_CORE, 0);
		signal(SIGBUS, SIG_DFL);
		t_touch("empty");
		int fd = open("empty", O_RDONLY);
		volatile char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
		(void)*p;
	}
}
