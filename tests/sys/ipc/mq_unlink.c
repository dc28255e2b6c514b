/* SPDX-License-Identifier: Apache-2.0 */
#include "mq_common.h"

TEST_MAIN
{
	const char *name = own_name();
	int fd = T_NEED(k_mq_open(name, O_RDWR | O_CREAT, 0600, NULL));

	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(k_mq_unlink(name), EPERM); /* the directory is sticky */
		}
	}
	T_OK(k_mq_unlink(name));
	T_ERR(k_mq_unlink(name), ENOENT);
	T_ERR(k_mq_open(name, O_RDWR, 0, NULL), ENOENT);
	/* It lives on while it is open. */
	T_OK(k_mq_send(fd, "x", 1, 0, NULL));
	T_EQ(k_mq_receive(fd, message, sizeof(message), NULL, NULL), 1);
	close(fd);
	T_ERR(k_mq_unlink(""), ENOENT);
	T_ERR(k_mq_unlink(t_long_name(256)), ENAMETOOLONG);
	T_EFAULT_NULL(p, k_mq_unlink(p));
}
