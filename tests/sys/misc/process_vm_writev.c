/* SPDX-License-Identifier: Apache-2.0 */
#define IS_WRITE
#include "process_vm_common.h"

TEST_MAIN
{
	struct iovec l[2] = {{"hello, ", 7}, {"world", 6}};
	struct iovec r[2] = {{remote + 4090, 10}, {remote + 100, 50}};
	int pid, to[2], from[2];
	char c;

	T_NEED(pipe(to));
	T_NEED(pipe(from));
	pid = fork();
	if (!pid) {
		mprotect(remote + 2 * 4096, 4096, PROT_READ);
		(void)!write(from[1], "", 1);
		(void)!read(to[0], &c, 1);
		T_MEM(remote + 4090, "hello, wor", 10);
		T_MEM(remote + 100, "ld", 3);
		(void)!write(from[1], "", 1);
		pause();
	}
	T_EQ(read(from[0], &c, 1), 1);
	T_EQ(transfer(pid, l, 2, r, 2, 0), 13);
	T_EQ(remote[100], 0); /* the child's, not ours */
	T_EQ(write(to[1], "", 1), 1);
	T_EQ(read(from[0], &c, 1), 1);
	r[0] = (struct iovec){remote + 2 * 4096, 10};
	T_ERR(transfer(pid, l, 1, r, 1, 0), EFAULT);
	errors(pid);
	t_end(pid);
}
