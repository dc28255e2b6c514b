/* SPDX-License-Identifier: Apache-2.0 */
/* Reading an inotify file event by event. */
#ifndef TESTS_INOTIFY_COMMON_H
#define TESTS_INOTIFY_COMMON_H

#include "test.h"
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>

static char events[65536] __attribute__((aligned(8)));
static size_t events_len, events_at;

/* The next event, read when none is left; NULL: none comes. */
static inline struct inotify_event *next_event(int fd)
{
	struct inotify_event *e;

	if (events_at == events_len) {
		struct pollfd p = {fd, POLLIN, 0};
		ssize_t n = poll(&p, 1, 0) == 1 ? read(fd, events, sizeof(events)) : 0;

		events_at = 0;
		events_len = n > 0 ? (size_t)n : 0;
		if (!events_len)
			return NULL;
	}
	e = (struct inotify_event *)(events + events_at);
	events_at += sizeof(*e) + e->len;
	return e;
}

/* The next event must be this one; `name` NULL: none. The cookie. */
#define EXPECT(fd, wd, mask, name) check_event(T_HERE("event " #mask " " #name), fd, wd, mask, name)
static inline uint32_t check_event(const struct t_where *w, int fd, int wd, uint32_t mask,
				   const char *name)
{
	struct inotify_event *e = next_event(fd);

	if (!t_check_true(w, e != NULL))
		return 0;
	if (e->wd != wd || e->mask != mask)
		t_note("event %x of watch %d, expected %x of %d", e->mask, e->wd, mask, wd);
	t_check_eq(w, e->mask, mask, 0);
	t_check_eq(w, e->wd, wd, 0);
	t_check_str(w, e->len ? e->name : "", name ? name : "");
	return e->cookie;
}
#define EXPECT_NONE(fd) T_TRUE(next_event(fd) == NULL)

static inline void drain(int fd)
{
	while (next_event(fd))
		;
}

#endif
