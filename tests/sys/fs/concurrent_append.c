/* SPDX-License-Identifier: Apache-2.0 */
/* Several processes append to one file: no record is lost, torn or overwritten. */
#include "test.h"
#include <sys/uio.h>

#define WRITERS 4
#define RECORDS 250
#define LEN	64

static void format(char *record, int writer, int nr)
{
	memset(record, 'a' + writer, LEN);
	snprintf(record, LEN, "%d %d", writer, nr);
	record[LEN - 1] = '\n';
}

/* Each record once, and those of one writer in their order. */
static void check(const char *path)
{
	static char data[WRITERS * RECORDS * LEN + 1];
	int next[WRITERS] = {0}, i, writer, nr, bad = 0;
	char want[LEN];

	T_EQ(t_size(path), WRITERS * RECORDS * LEN);
	T_EQ(t_read_file(path, data, sizeof(data)), WRITERS * RECORDS * LEN);
	for (i = 0; i < WRITERS * RECORDS; i++) {
		if (sscanf(data + i * LEN, "%d %d", &writer, &nr) != 2 || writer < 0 ||
		    writer >= WRITERS || nr != next[writer]++) {
			bad++;
			continue;
		}
		format(want, writer, nr);
		if (memcmp(want, data + i * LEN, LEN))
			bad++;
	}
	T_EQ(bad, 0);
}

static int append(int fd, int writer, bool is_vector)
{
	char record[LEN];
	int nr;

	for (nr = 0; nr < RECORDS; nr++) {
		format(record, writer, nr);
		struct iovec iov[2] = {{record, 10}, {record + 10, LEN - 10}};
		ssize_t n = is_vector ? writev(fd, iov, 2) : write(fd, record, LEN);

		if (n != LEN)
			return 1;
	}
	return 0;
}

static void run(const char *path, bool is_shared, bool is_vector)
{
	int flags = O_WRONLY | O_CREAT | (is_shared ? 0 : O_APPEND), fd, i;
	pid_t pids[WRITERS];

	/* Sharing one open file, its offset is moved by one write at a time. */
	fd = T_OK(open(path, flags, 0600));
	for (i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		if (!is_shared)
			fd = open(path, flags);
		_exit(append(fd, i, is_vector));
	}
	for (i = 0; i < WRITERS; i++)
		T_WAIT(pids[i], 0);
	close(fd);
	check(path);
}

TEST_MAIN
{
	run("append", false, false);
	run("append-vector", false, true);
	run("shared-offset", true, false);
}
