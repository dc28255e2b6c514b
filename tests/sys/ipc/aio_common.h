/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_AIO_COMMON_H
#define TESTS_AIO_COMMON_H

#include "test.h"
#include <linux/aio_abi.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>

static inline int io_setup(unsigned nr, aio_context_t *ctx)
{
	return (int)syscall(SYS_io_setup, nr, ctx);
}
static inline int io_destroy(aio_context_t ctx)
{
	return (int)syscall(SYS_io_destroy, ctx);
}
static inline int io_submit(aio_context_t ctx, long nr, struct iocb **list)
{
	return (int)syscall(SYS_io_submit, ctx, nr, list);
}
static inline int io_getevents(aio_context_t ctx, long min, long nr, struct io_event *events,
			       struct timespec *timeout)
{
	return (int)syscall(SYS_io_getevents, ctx, min, nr, events, timeout);
}
static inline int io_cancel(aio_context_t ctx, struct iocb *cb, struct io_event *result)
{
	return (int)syscall(SYS_io_cancel, ctx, cb, result);
}

static inline struct iocb request(int op, int fd, void *buf, size_t n, off_t off)
{
	return (struct iocb){.aio_data = 77,
			     .aio_lio_opcode = (uint16_t)op,
			     .aio_fildes = (uint32_t)fd,
			     .aio_buf = (uintptr_t)buf,
			     .aio_nbytes = n,
			     .aio_offset = off};
}

#endif
