/* SPDX-License-Identifier: Apache-2.0 */
/* PR_SET_MDWE of prctl(2): memory is writable or executable, and does not become executable. */
#include "test.h"

#include <sys/prctl.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE		 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1UL
#define PR_GET_MDWE		 66
#endif
#ifndef PR_MDWE_NO_INHERIT
#define PR_MDWE_NO_INHERIT 2UL
#endif
#define PAGE 4096UL
#define RW   (PROT_READ | PROT_WRITE)
#define RX   (PROT_READ | PROT_EXEC)

static int k_prctl(int option, unsigned long a2, unsigned long a3, unsigned long a4,
		   unsigned long a5)
{
	return (int)syscall(SYS_prctl, option, a2, a3, a4, a5);
}

static void *map(int prot)
{
	return mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int get(void)
{
	return k_prctl(PR_GET_MDWE, 0, 0, 0, 0);
}

static void test_errors(void)
{
	T_ERR(k_prctl(PR_SET_MDWE, 4, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_SET_MDWE, PR_MDWE_NO_INHERIT, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_SET_MDWE, 1, 1, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_SET_MDWE, 1, 0, 1, 0), EINVAL);
	T_ERR(k_prctl(PR_SET_MDWE, 1, 0, 0, 1), EINVAL);
	T_ERR(k_prctl(PR_GET_MDWE, 1, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_GET_MDWE, 0, 1, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_GET_MDWE, 0, 0, 1, 0), EINVAL);
	T_ERR(k_prctl(PR_GET_MDWE, 0, 0, 0, 1), EINVAL);
	T_OK(k_prctl(PR_SET_MDWE, 0, 0, 0, 0)); /* nothing was set */
	T_EQ(get(), 0);
}

static void test_rules(void)
{
	char *was_wx = T_OK(map(RW | PROT_EXEC)), *was_x = T_OK(map(RX)), *p;

	T_OK(k_prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0));
	T_EQ(get(), 1);
	T_OK(k_prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0));
	T_ERR(k_prctl(PR_SET_MDWE, 0, 0, 0, 0), EPERM);
	T_ERR(k_prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN | PR_MDWE_NO_INHERIT, 0, 0, 0), EPERM);
	T_ERR(map(RW | PROT_EXEC), EACCES);
	T_OK(map(RX));
	p = T_OK(map(RW));
	T_ERR(mprotect(p, PAGE, RX), EACCES);
	T_ERR(mprotect(p, PAGE, RW | PROT_EXEC), EACCES);
	T_OK(mprotect(p, PAGE, PROT_READ));
	T_ERR(mprotect(p, PAGE, RX), EACCES);
	T_OK(mprotect(was_x, PAGE, RX));
	T_ERR(mprotect(was_x, PAGE, RW | PROT_EXEC), EACCES);
	T_OK(mprotect(was_x, PAGE, PROT_READ));
	T_ERR(mprotect(was_x, PAGE, RX), EACCES);
	/* What was both may lose, not keep by asking again. */
	T_ERR(mprotect(was_wx, PAGE, RW | PROT_EXEC), EACCES);
	T_OK(mprotect(was_wx, PAGE, RX));
}

/* Run by test_inherited(): exits with what an executed program has. */
__attribute__((constructor)) static void tell(void)
{
	if (getenv("MDWE_CHILD"))
		_exit(get());
}

static int executed(void)
{
	char *argv[] = {"x", NULL}, *envp[] = {"MDWE_CHILD=1", NULL};
	int status;
	pid_t pid = fork();

	if (!pid) {
		execve("/proc/self/exe", argv, envp);
		_exit(99);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void test_inherited(unsigned long bits)
{
	int inherited = bits & PR_MDWE_NO_INHERIT ? 0 : (int)bits;

	T_OK(k_prctl(PR_SET_MDWE, bits, 0, 0, 0));
	T_EQ(get(), bits);
	T_CHILD
	{
		T_EQ(get(), inherited);
	}
	T_EQ(executed(), inherited);
}

TEST_MAIN
{
	if (get() < 0)
		T_SKIP("a kernel without PR_SET_MDWE");
	test_errors();
	T_CHILD
	{
		test_rules();
	}
	T_CHILD
	{
		test_inherited(PR_MDWE_REFUSE_EXEC_GAIN);
	}
	T_CHILD
	{
		test_inherited(PR_MDWE_REFUSE_EXEC_GAIN | PR_MDWE_NO_INHERIT);
	}
}
