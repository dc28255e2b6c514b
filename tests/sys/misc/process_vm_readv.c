/* SPDX-License-Identifier: Apache-2.0 */
#include "process_vm_common.h"

TEST_MAIN
{
	struct iovec l[2] = {{local, 5}, {local + 4096, 4096}};
	struct iovec r[2] = {{remote + 4090, 10}, {remote + 100, 3}}, part;
	int pid, go[2];
	char c;

	T_NEED(pipe(go));
	pid = fork();
	if (!pid) {
		memset(remote + 4090, 'a', 10);
		memcpy(remote + 100, "xyz", 3);
		munmap(remote + 2 * 4096, 4096);
		(void)!write(go[1], "", 1);
		pause();
	}
	T_EQ(read(go[0], &c, 1), 1);
	T_EQ(transfer(pid, l, 2, r, 2, 0), 13);
	T_MEM(local, "aaaaa", 6);
	T_MEM(local + 4096, "aaaaaxyz", 9);
	/* Up to the hole. */
	part = (struct iovec){remote + 4096, 2 * 4096};
	l[0].iov_len = sizeof(local);
	T_EQ(transfer(pid, l, 1, &part, 1, 0), 4096);
	T_EQ(transfer(pid, l, 1, r, 2, 0), 13);
	l[0].iov_len = 4;
	T_EQ(transfer(pid, l, 1, r, 2, 0), 4);
	T_EQ(transfer(getpid(), l, 1, r, 1, 0), 4);
	T_EQ(local[0], 0);
	errors(pid);
	t_end(pid);
}
