/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/sysinfo.h>
#include <time.h>

TEST_MAIN
{
	struct sysinfo a, b;
	struct timespec ts;
	char *p;

	memset(&a, 0x55, sizeof(a));
	T_OK(syscall(SYS_sysinfo, &a));
	T_OK(clock_gettime(CLOCK_BOOTTIME, &ts));
	T_CMP(a.uptime - ts.tv_sec, <=, 2);
	T_CMP(ts.tv_sec - a.uptime, <=, 2);
	T_EQ(a.mem_unit, 1);
	T_CMP(a.totalram, >=, 8 << 20);
	T_CMP(a.freeram, <=, a.totalram);
	T_CMP(a.freeram, >, 0);
	T_CMP(a.freeswap, <=, a.totalswap);
	T_CMP(a.procs, >=, 1);
	T_EQ(a.totalhigh, 0);
	/* Memory that is used is no longer free. */
	p = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
		 -1, 0);
	memset(p, 1, 4 << 20);
	T_OK(syscall(SYS_sysinfo, &b));
	T_EQ(a.totalram, b.totalram);
	T_EFAULT_NULL(bad, syscall(SYS_sysinfo, bad));
	T_ERR(syscall(SYS_sysinfo, t_page_end() - 8), EFAULT);
}
