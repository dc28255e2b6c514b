/* SPDX-License-Identifier: Apache-2.0 */
#include "mq_common.h"

static void attributes(const char *name)
{
	struct mq_attr attr = {.mq_maxmsg = 0, .mq_msgsize = 10}, got;
	int fd;

	T_ERR(k_mq_open(name, O_RDWR | O_CREAT, 0600, &attr), EINVAL);
	attr.mq_maxmsg = -1;
	T_ERR(k_mq_open(name, O_RDWR | O_CREAT, 0600, &attr), EINVAL);
	attr = (struct mq_attr){.mq_maxmsg = 1, .mq_msgsize = 0};
	T_ERR(k_mq_open(name, O_RDWR | O_CREAT, 0600, &attr), EINVAL);
	attr = (struct mq_attr){.mq_maxmsg = 65537, .mq_msgsize = 1};
	T_ERR(k_mq_open(name, O_RDWR | O_CREAT, 0600, &attr), EINVAL);
	attr = (struct mq_attr){.mq_flags = O_NONBLOCK, .mq_maxmsg = 5, .mq_msgsize = 77};
	fd = T_OK(k_mq_open(name, O_RDWR | O_CREAT, 0600, &attr));
	T_OK(k_mq_attr(fd, NULL, &got));
	T_EQ(got.mq_maxmsg, 5);
	T_EQ(got.mq_msgsize, 77);
	T_EQ(got.mq_flags, 0);
	T_EQ(got.mq_curmsgs, 0);
	close(fd);
	T_OK(k_mq_unlink(name));
	T_AS_USER
	{
		attr.mq_maxmsg = 11;
		T_ERR(k_mq_open("other", O_RDWR | O_CREAT, 0600, &attr), EINVAL);
		attr = (struct mq_attr){.mq_maxmsg = 10, .mq_msgsize = 8193};
		T_ERR(k_mq_open("other", O_RDWR | O_CREAT, 0600, &attr), EINVAL);
		t_limit(RLIMIT_MSGQUEUE, 1000);
		attr = (struct mq_attr){.mq_maxmsg = 10, .mq_msgsize = 100};
		T_ERR(k_mq_open("other", O_RDWR | O_CREAT, 0600, &attr), EMFILE);
		attr = (struct mq_attr){.mq_maxmsg = 2, .mq_msgsize = 100};
		fd = T_OK(k_mq_open("other", O_RDWR | O_CREAT, 0600, &attr));
		attr.mq_maxmsg = 5;
		T_ERR(k_mq_open("other2", O_RDWR | O_CREAT, 0600, &attr), EMFILE);
		close(fd);
		T_OK(k_mq_unlink("other"));
	}
}

TEST_MAIN
{
	const char *name = own_name();
	struct stat st;
	int fd, again;

	T_ERR(k_mq_open(name, O_RDWR, 0, NULL), ENOENT);
	fd = T_NEED(k_mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0666, NULL));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_OK(fstat(fd, &st));
	T_EQ(st.st_mode, S_IFREG | 0644);
	T_EQ(st.st_size, 80);
	T_ERR(k_mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0666, NULL), EEXIST);
	again = T_OK(k_mq_open(name, O_RDONLY | O_NONBLOCK, 0, NULL));
	T_EQ(fcntl(again, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDONLY | O_NONBLOCK);
	close(again);
	T_ERR(k_mq_open(name, O_RDWR | O_WRONLY, 0, NULL), EINVAL);
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(k_mq_open(name, O_RDWR, 0, NULL), EACCES);
			T_ERR(k_mq_open(name, O_WRONLY, 0, NULL), EACCES);
			T_OK(k_mq_open(name, O_RDONLY, 0, NULL));
		}
	}
	T_OK(k_mq_unlink(name));
	close(fd);
	T_ERR(k_mq_open("", O_RDWR | O_CREAT, 0600, NULL), ENOENT);
	T_ERR(k_mq_open("a/b", O_RDWR | O_CREAT, 0600, NULL), EACCES);
	T_ERR(k_mq_open("/a", O_RDWR | O_CREAT, 0600, NULL), EACCES);
	T_ERR(k_mq_open(".", O_RDWR | O_CREAT, 0600, NULL), EACCES);
	T_ERR(k_mq_open(t_long_name(256), O_RDWR | O_CREAT, 0600, NULL), ENAMETOOLONG);
	fd = T_OK(k_mq_open(t_long_name(255), O_RDWR | O_CREAT, 0600, NULL));
	T_OK(k_mq_unlink(t_long_name(255)));
	close(fd);
	T_EFAULT_NULL(p, k_mq_open(p, O_RDWR, 0600, NULL));
	T_EFAULT(p, k_mq_open(name, O_RDWR | O_CREAT, 0600, p));
	attributes(name);
	t_limit(RLIMIT_NOFILE, 3);
	T_ERR(k_mq_open(name, O_RDWR | O_CREAT, 0600, NULL), EMFILE);
}
