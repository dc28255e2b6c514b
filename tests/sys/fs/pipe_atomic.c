/* SPDX-License-Identifier: Apache-2.0 */
/* Writes of at most PIPE_BUF bytes from several processes do not mix. */
#include "test.h"

#define WRITERS 4
#define RECORDS 300
#define LEN	1000

TEST_MAIN
{
	static char data[WRITERS * RECORDS * LEN];
	int p[2], i, j, bad = 0, count[WRITERS] = {0};
	size_t total = 0;
	pid_t pids[WRITERS];
	ssize_t n;

	T_OK(pipe(p));
	for (i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		char record[LEN];
		memset(record, 'a' + i, LEN);
		close(p[0]);
		for (j = 0; j < RECORDS; j++)
			if (write(p[1], record, LEN) != LEN)
				_exit(1);
		_exit(0);
	}
	close(p[1]);
	while (total < sizeof(data) && (n = read(p[0], data + total, sizeof(data) - total)) > 0)
		total += (size_t)n;
	T_EQ(total, sizeof(data));
	T_EQ(read(p[0], data, 0), 0);
	for (i = 0; i < WRITERS * RECORDS; i++) {
		char *record = data + (size_t)i * LEN;

		for (j = 1; j < LEN; j++)
			bad += record[j] != record[0];
		if (record[0] >= 'a' && record[0] < 'a' + WRITERS)
			count[record[0] - 'a']++;
	}
	T_EQ(bad, 0);
	for (i = 0; i < WRITERS; i++) {
		T_EQ(count[i], RECORDS);
		T_WAIT(pids[i], 0);
	}
}
