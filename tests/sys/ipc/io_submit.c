/* SPDX-License-Identifier: Apache-2.0 */
#include "aio_common.h"
#include <sys/uio.h>

static void errors(aio_context_t ctx, int fd)
{
	char buf[10];
	struct iocb cb = request(IOCB_CMD_PREAD, fd, buf, 10, 0), *list[] = {&cb};
	int w = T_OK(open("f", O_WRONLY));

	T_ERR(io_submit(0, 1, list), EINVAL);
	T_ERR(io_submit(ctx + 1, 1, list), EINVAL);
	T_ERR(io_submit(ctx, -1, list), EINVAL);
	T_EQ(io_submit(ctx, 0, list), 0);
	T_EFAULT_NULL(p, io_submit(ctx, 1, p));
	list[0] = t_bad_pointer(0);
	T_ERR(io_submit(ctx, 1, list), EFAULT);
	list[0] = &cb;
	cb.aio_lio_opcode = 100;
	T_ERR(io_submit(ctx, 1, list), EINVAL);
	cb = request(IOCB_CMD_PREAD, -1, buf, 10, 0);
	T_ERR(io_submit(ctx, 1, list), EBADF);
	cb = request(IOCB_CMD_PREAD, w, buf, 10, 0);
	T_ERR(io_submit(ctx, 1, list), EBADF);
	cb = request(IOCB_CMD_PREAD, fd, buf, 10, -1);
	T_ERR(io_submit(ctx, 1, list), EINVAL);
	cb = request(IOCB_CMD_PREAD, fd, buf, 10, 0);
	cb.aio_reserved2 = 1;
	T_ERR(io_submit(ctx, 1, list), EINVAL);
	cb = request(IOCB_CMD_PREAD, fd, buf, 10, 0);
	cb.aio_flags = IOCB_FLAG_RESFD;
	cb.aio_resfd = (uint32_t)fd;
	T_ERR(io_submit(ctx, 1, list), EINVAL);
	cb.aio_resfd = 999;
	T_ERR(io_submit(ctx, 1, list), EBADF);
	cb = request(IOCB_CMD_FSYNC, fd, buf, 0, 0);
	T_ERR(io_submit(ctx, 1, list), EINVAL);
	close(w);
}

TEST_MAIN
{
	aio_context_t ctx = 0;
	char in[20] = "", out[] = "hello", more[] = "there";
	struct iovec vec[2] = {{out, 5}, {more, 5}};
	struct iocb a, b, *list[2] = {&a, &b};
	struct io_event e[4];
	uint64_t count = 0;
	int fd = T_NEED(open("f", O_RDWR | O_CREAT, 0600)), event = T_OK(eventfd(0, EFD_NONBLOCK));

	T_NEED(io_setup(8, &ctx));
	a = request(IOCB_CMD_PWRITEV, fd, vec, 2, 3);
	T_EQ(io_submit(ctx, 1, list), 1);
	T_EQ(io_getevents(ctx, 1, 4, e, NULL), 1);
	T_EQ(e[0].data, 77);
	T_EQ(e[0].obj, (uintptr_t)&a);
	T_EQ(e[0].res, 10);
	T_EQ(e[0].res2, 0);
	a = request(IOCB_CMD_PREAD, fd, in, 20, 3);
	b = request(IOCB_CMD_FSYNC, fd, NULL, 0, 0);
	a.aio_flags = IOCB_FLAG_RESFD;
	a.aio_resfd = (uint32_t)event;
	T_EQ(io_submit(ctx, 2, list), 2);
	T_EQ(io_getevents(ctx, 2, 4, e, NULL), 2);
	T_EQ(e[0].res + e[1].res, 10);
	T_STR(in, "hellothere");
	T_EQ(read(event, &count, 8), 8);
	T_EQ(count, 1);
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	/* The second is refused: one was taken. */
	b = request(100, fd, NULL, 0, 0);
	a = request(IOCB_CMD_PREAD, fd, in, 1, 0);
	T_EQ(io_submit(ctx, 2, list), 1);
	T_EQ(io_getevents(ctx, 1, 4, e, NULL), 1);
	errors(ctx, fd);
	T_EQ(io_getevents(ctx, 0, 4, e, NULL), 0);
	T_OK(io_destroy(ctx));
}
