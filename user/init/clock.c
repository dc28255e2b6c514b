/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel starts with the time that `lstar` read before it started QEMU, so its clock is late by
 * that start. Files of the host would lie in the future, and make(1) would say so. So the host is
 * asked once more, while the root is being made.
 */
#include "init.h"

#define WAIT_MS 200

static struct timespec asked; /* CLOCK_MONOTONIC */
static int is_waiting;

void clock_ask(const struct job *job)
{
	if (!job->has_clock || control_fd < 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &asked);
	write_all(control_fd, "clock\n", 6);
	is_waiting = 1;
}

/* The host's answer, in nanoseconds, which counts from when it was asked: so the clock is never
 * behind the host's. */
void clock_take(const char *text)
{
	unsigned long ns = parse_number(text);
	struct timespec now;

	if (!is_waiting || !ns)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	ns += (now.tv_sec - asked.tv_sec) * 1000000000 + now.tv_nsec - asked.tv_nsec;
	now.tv_sec = ns / 1000000000;
	now.tv_nsec = ns % 1000000000;
	clock_settime(CLOCK_REALTIME, &now);
	is_waiting = 0;
}

/* A host that does not answer does not hold the program up. */
int clock_is_due(void)
{
	struct pollfd polled = {.fd = control_fd, .events = POLLIN};
	struct timespec limit = {.tv_nsec = WAIT_MS * 1000000};

	if (is_waiting && ppoll(&polled, 1, &limit, NULL) <= 0)
		is_waiting = 0;
	return is_waiting;
}
