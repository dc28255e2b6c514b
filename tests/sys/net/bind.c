/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

static void not_sockets(void)
{
	struct sockaddr_storage addr = {.ss_family = AF_UNIX};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), ENOTSOCK);
	T_ERR(bind(p[1], (struct sockaddr *)&addr, sizeof(addr)), ENOTSOCK);
	T_ERR(bind(-1, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
	T_ERR(bind(fd, NULL, 10), ENOTSOCK);
	close(fd);
	T_ERR(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
}

static void bad_addresses(void)
{
	struct sockaddr_un a = {.sun_family = AF_INET, .sun_path = "x"};
	int fd = u_socket(SOCK_STREAM);

	T_ERR(bind(fd, (struct sockaddr *)&a, sizeof(a)), EINVAL);
	a.sun_family = AF_UNIX;
	T_ERR(bind(fd, (struct sockaddr *)&a, sizeof(a) + 1), EINVAL);
	T_ERR(bind(fd, (struct sockaddr *)&a, 200), EINVAL);
	T_ERR(bind(fd, (struct sockaddr *)&a, 1), EINVAL);
	T_ERR(bind(fd, (struct sockaddr *)&a, 0), EINVAL);
	T_ERR(bind(fd, (struct sockaddr *)&a, (socklen_t)-1), EINVAL);
	T_EFAULT_NULL(p, bind(fd, p, 10));
	T_ERR(u_bind(fd, "missing/x"), ENOENT);
	t_touch("file");
	T_ERR(u_bind(fd, "file/x"), ENOTDIR);
	T_ERR(u_bind(fd, "file"), EADDRINUSE);
	T_ERR(u_bind(fd, "."), EADDRINUSE);
	T_OK(symlink("nowhere", "link"));
	T_ERR(u_bind(fd, "link"), EADDRINUSE);
	t_make_loop();
	T_ERR(u_bind(fd, "loop1/x"), ELOOP);
	T_OK(mkdir("locked", 0700));
	T_AS_USER
	{
		int s = u_socket(SOCK_STREAM);

		T_ERR(u_bind(s, "locked/x"), EACCES);
		T_ERR(u_bind(s, "here"), EACCES);
	}
	close(fd);
}

static void files(void)
{
	struct sockaddr_un a;
	socklen_t len = sizeof(a);
	struct stat st;
	int fd = u_socket(SOCK_STREAM), other = u_socket(SOCK_STREAM);

	umask(027);
	T_OK(u_bind(fd, "s"));
	umask(022);
	T_OK(lstat("s", &st));
	T_EQ(st.st_mode, S_IFSOCK | 0750);
	T_ERR(u_bind(fd, "s2"), EINVAL);
	T_EQ(t_exists("s2"), false);
	T_ERR(u_bind(other, "s"), EADDRINUSE);
	T_OK(getsockname(fd, (struct sockaddr *)&a, &len));
	T_EQ(len, PATH_OFFSET + 2);
	T_STR(a.sun_path, "s");
	T_ERR(open("s", O_RDWR), ENXIO);
	close(fd);
	/* The file stays, and stays in the way. */
	T_EQ(t_exists("s"), true);
	T_ERR(u_bind(other, "s"), EADDRINUSE);
	T_OK(unlink("s"));
	T_OK(u_bind(other, "s"));
	close(other);
	/* fchmod before bind says which permissions the file gets. */
	fd = u_socket(SOCK_DGRAM);
	T_OK(fchmod(fd, 0600));
	T_OK(u_bind(fd, "narrow"));
	T_EQ(t_mode("narrow"), S_IFSOCK | 0600);
	close(fd);
}

/* A path that fills sun_path has no NUL. */
static void full_length(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX}, b[2];
	socklen_t len = sizeof(b);
	int fd = u_socket(SOCK_STREAM);

	memset(a.sun_path, 'n', sizeof(a.sun_path));
	T_OK(bind(fd, (struct sockaddr *)&a, sizeof(a)));
	T_OK(getsockname(fd, (struct sockaddr *)b, &len));
	T_EQ(len, sizeof(a) + 1);
	T_MEM(&a, b, sizeof(a));
	T_EQ(((char *)b)[sizeof(a)], 0);
	close(fd);
}

static void abstract_names(void)
{
	struct sockaddr_un a;
	socklen_t len;
	int fd = u_socket(SOCK_STREAM), other = u_socket(SOCK_STREAM), d = u_socket(SOCK_DGRAM);
	char name[64];

	snprintf(name, sizeof(name), "@lstar-test-%d", getpid());
	T_OK(u_bind(fd, name));
	T_ERR(u_bind(other, name), EADDRINUSE);
	T_OK(u_bind(d, name)); /* each type has names of its own */
	T_ERR(u_bind(fd, "@other"), EINVAL);
	len = sizeof(a);
	T_OK(getsockname(fd, (struct sockaddr *)&a, &len));
	T_EQ(len, PATH_OFFSET + strlen(name));
	T_EQ(a.sun_path[0], 0);
	T_MEM(a.sun_path + 1, name + 1, strlen(name) - 1);
	close(fd);
	T_OK(u_bind(other, name)); /* gone with its socket */
	close(other);
	close(d);
	/* Bytes after a NUL count. */
	a = (struct sockaddr_un){.sun_family = AF_UNIX, .sun_path = "\0a\0b"};
	fd = u_socket(SOCK_STREAM);
	other = u_socket(SOCK_STREAM);
	T_OK(bind(fd, (struct sockaddr *)&a, PATH_OFFSET + 4));
	T_OK(bind(other, (struct sockaddr *)&a, PATH_OFFSET + 3));
	close(fd);
	close(other);
}

static void autobind(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX}, b;
	socklen_t len = sizeof(b);
	int fd = u_socket(SOCK_STREAM);

	T_OK(bind(fd, (struct sockaddr *)&a, sizeof(sa_family_t)));
	T_OK(getsockname(fd, (struct sockaddr *)&b, &len));
	T_EQ(len, PATH_OFFSET + 6);
	T_EQ(b.sun_path[0], 0);
	for (int i = 1; i < 6; i++)
		T_TRUE(strchr("0123456789abcdef", b.sun_path[i]));
	T_OK(bind(fd, (struct sockaddr *)&a, sizeof(sa_family_t))); /* once is enough */
	T_ERR(u_bind(fd, "x"), EINVAL);
	close(fd);
}

TEST_MAIN
{
	not_sockets();
	bad_addresses();
	files();
	full_length();
	abstract_names();
	autobind();
}
