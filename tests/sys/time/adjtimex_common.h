/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_ADJTIMEX_COMMON_H
#define TESTS_ADJTIMEX_COMMON_H

#include "test.h"
#include <sys/timex.h>
#include <time.h>

static inline void reading(void)
{
	struct timex t;
	struct timespec now;
	int state;

	memset(&t, 0, sizeof(t));
	state = T_OK(ADJUST(&t));
	T_TRUE(state >= TIME_OK && state <= TIME_ERROR);
	T_EQ(state == TIME_ERROR, (t.status & (STA_UNSYNC | STA_CLOCKERR)) != 0);
	clock_gettime(CLOCK_REALTIME, &now);
	T_CMP(now.tv_sec - t.time.tv_sec, <=, 1);
	T_EQ(t.tolerance, 32768000);
	T_EQ(t.precision, 1);
	T_CMP(t.tick, >=, 9000);
	T_CMP(t.tick, <=, 11000);
}

/* May the caller set it? Else the checks of that are left out. */
static inline bool may_set(void)
{
	struct timex t = {.modes = ADJ_MAXERROR, .maxerror = 1000000};

	return ADJUST(&t) >= 0;
}

static inline void setting(void)
{
	struct timex t = {.modes = ADJ_TICK, .tick = 8999};

	T_ERR(ADJUST(&t), EINVAL);
	t.tick = 11001;
	T_ERR(ADJUST(&t), EINVAL);
	t = (struct timex){.modes = ADJ_MAXERROR | ADJ_ESTERROR, .maxerror = 5000, .esterror = 600};
	T_OK(ADJUST(&t));
	T_EQ(t.maxerror, 5000);
	T_EQ(t.esterror, 600);
	t = (struct timex){.modes = ADJ_NANO};
	T_OK(ADJUST(&t));
	T_TRUE(t.status & STA_NANO);
	t = (struct timex){.modes = ADJ_MICRO};
	T_OK(ADJUST(&t));
	T_TRUE(!(t.status & STA_NANO));
	t = (struct timex){.modes = ADJ_SETOFFSET, .time = {0, 1000000}};
	T_ERR(ADJUST(&t), EINVAL);
	t = (struct timex){.modes = ADJ_SETOFFSET, .time = {0, -1}};
	T_ERR(ADJUST(&t), EINVAL);
	t = (struct timex){.modes = ADJ_SETOFFSET | ADJ_NANO, .time = {0, 1000000000}};
	T_ERR(ADJUST(&t), EINVAL);
	t = (struct timex){.modes = 0x8000}; /* adjtime(3)'s form, but not that mode */
	T_ERR(ADJUST(&t), EINVAL);
	t = (struct timex){.modes = ADJ_OFFSET_SS_READ};
	T_OK(ADJUST(&t));
	T_EQ(t.offset, 0);
}

/* Only where nobody else needs the clock. */
static inline void moving(void)
{
	struct timex t = {.modes = ADJ_SETOFFSET, .time = {100, 0}};
	time_t before = time(NULL);

	if (access("/proc/sys/kernel/osrelease", R_OK))
		return;
	char release[100] = "";

	t_read_file("/proc/sys/kernel/osrelease", release, sizeof(release) - 1);
	if (!strstr(release, "lstar")) {
		T_SKIP_ONE("the clock of this machine is left alone");
		return;
	}
	T_OK(ADJUST(&t));
	T_CMP(time(NULL) - before, >=, 100);
	t = (struct timex){.modes = ADJ_SETOFFSET, .time = {-100, 0}};
	T_OK(ADJUST(&t));
	T_CMP(time(NULL) - before, <, 50);
}

static inline void as_user(void)
{
	struct timex t = {.modes = ADJ_MAXERROR};

	T_AS_USER
	{
		T_ERR(ADJUST(&t), EPERM);
		t = (struct timex){.modes = ADJ_SETOFFSET};
		T_ERR(ADJUST(&t), EPERM);
		t = (struct timex){.modes = 0};
		T_OK(ADJUST(&t));
		t = (struct timex){.modes = ADJ_OFFSET_SS_READ};
		T_OK(ADJUST(&t));
		t = (struct timex){.modes = ADJ_OFFSET_SINGLESHOT};
		T_ERR(ADJUST(&t), EPERM);
	}
}

#endif
