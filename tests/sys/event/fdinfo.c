/* SPDX-License-Identifier: Apache-2.0 */
/* proc(5): what /proc/PID/fdinfo says of eventfd, timerfd, signalfd, epoll and inotify files. */
#include "test.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

static char text[4096];

static const char *info_of(int fd)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	text[T_OK(t_read_file(path, text, sizeof(text) - 1))] = 0;
	return text;
}
#define HAS(fd, want) T_TRUE(strstr(info_of(fd), want) != NULL)

TEST_MAIN
{
	struct epoll_event e = {.events = EPOLLIN, .data = {.u64 = 0xabcd}};
	struct itimerspec its = {.it_interval = {5, 6}, .it_value = {1000000, 0}};
	char want[100];
	sigset_t set;
	struct stat st;
	int fd, ep;

	fd = T_OK(eventfd(26, EFD_SEMAPHORE));
	HAS(fd, "eventfd-count:               1a\n");
	HAS(fd, "eventfd-id: ");
	ep = T_OK(epoll_create1(0));
	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e));
	snprintf(want, sizeof(want),
		 "tfd: %8d events:       19 data:             abcd  pos:0 ino:", fd);
	HAS(ep, want);
	fd = T_OK(timerfd_create(CLOCK_MONOTONIC, 0));
	T_OK(timerfd_settime(fd, 0, &its, NULL));
	HAS(fd, "clockid: 1\nticks: 0\nsettime flags: 00\nit_value: (999999, ");
	HAS(fd, "\nit_interval: (5, 6)\n");
	T_OK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &its, NULL));
	HAS(fd, "settime flags: 01\n");
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	fd = T_OK(signalfd(-1, &set, 0));
	HAS(fd, "sigmask:\t0000000000000200\n");
	fd = T_OK(inotify_init());
	t_touch("f");
	T_OK(inotify_add_watch(fd, "f", IN_OPEN | IN_MODIFY));
	T_OK(stat("f", &st));
	snprintf(want, sizeof(want), "inotify wd:1 ino:%lx sdev:", (long)st.st_ino);
	HAS(fd, want);
	HAS(fd, " mask:22 ");
}
