/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of pointers.c: their arguments, and which of them are pointers. */
#ifndef TESTS_BAD_POINTERS_H
#define TESTS_BAD_POINTERS_H

#include "bad.h"

#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/stat.h>
#include <poll.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <termios.h>

#ifndef SYS_statmount
#define SYS_statmount 457
#define SYS_listmount 458
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#define SYS_file_getattr   468
#define SYS_file_setattr   469
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat	  463
#define SYS_getxattrat	  464
#define SYS_listxattrat	  465
#define SYS_removexattrat 466
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

enum bad_case {
	CASE_NULL,
	CASE_UNMAPPED,
	CASE_NONE,
	CASE_READ_ONLY,
	CASE_STRADDLING,
	CASE_KERNEL_START,
	CASE_KERNEL_TEXT,
	CASE_NON_CANONICAL,
	CASE_MINUS_ONE,
	CASES
};

enum setup { SETUP_NONE, SETUP_CHILD, SETUP_SIGNAL, SETUP_TIMER };

enum {
	FD_FILE = 40,
	FD_DIR,
	FD_PIPE_READ,
	FD_PIPE_WRITE,
	FD_ZERO,
	FD_INOTIFY,
	FD_SOCKET,
	FD_SOCKET_PEER
};

struct arg {
	const char *name; /* of a pointer that is to be bad */
	long value;	  /* the good one */
	uintptr_t *slot;  /* where the bad one is put, when not in the argument itself */
};

struct row {
	const char *name;
	long nr;
	struct arg args[6];
	enum setup setup;
	bool is_counted; /* the value of a success is the same each time */
	bool is_fork;
	bool is_risky; /* a page of zeroes would be taken, and change the machine */
};

/* Good objects. Each case starts from these values, being a process of its own. */
static char buf[8192] __attribute__((aligned(4096)));
static char mapped_page[4096] __attribute__((aligned(4096)));
static struct iovec iov[2];
static struct pollfd pollfds[1];
static uint64_t set_a[16], set_b[16], set_c[16];
static struct timespec short_time = {0, 1}, long_time = {100, 0};
static struct timeval short_timeval = {0, 1};
static uint64_t signal_set = 1UL << (SIGUSR1 - 1), zero_set;
static struct {
	uintptr_t set;
	size_t size;
} argpack;
static uint64_t clone_args[11];
static struct rlimit limit_nofile;
static struct __user_cap_header_struct cap_header = {_LINUX_CAPABILITY_VERSION_3, 0};
static struct sched_param param;
static uint32_t futex_word = 5, futex_word2, futex_lock;
static uint32_t sched_attr[14] = {48};
static struct futex_waitv futex_waiter = {.val = 1,
					  .uaddr = (uintptr_t)&futex_word,
					  .flags = FUTEX_32};
static char *exec_argv[2], *exec_envp[2];
static siginfo_t queued;
static long file_offset;
static struct itimerval no_timer;
static uint64_t kernel_action[4];
static stack_t other_stack;
static struct flock whole_file = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
static gid_t groups[4];
static uint64_t zero_args[2];
static uint64_t mount_attr[4] = {0, 0, 0, 0}, file_attr[3];
static struct {
	uint32_t size, spare;
	uint64_t id, param;
} mount_req = {24, 0, ~0ull, 0};
static struct {
	uint32_t bytes, type;
	char data[128];
} file_handle = {128, 1, ""};
static int mount_id;
static struct msghdr message;
static struct mmsghdr messages[1];
static socklen_t address_len = 16;

static inline void fill_objects(void)
{
	iov[0] = (struct iovec){buf, 8};
	iov[1] = (struct iovec){buf + 100, 8};
	pollfds[0] = (struct pollfd){.fd = FD_PIPE_READ, .events = POLLIN};
	set_a[0] = 1UL << FD_PIPE_READ;
	argpack.set = (uintptr_t)&zero_set;
	argpack.size = 8;
	clone_args[4] = SIGCHLD; /* exit_signal */
	getrlimit(RLIMIT_NOFILE, &limit_nofile);
	exec_argv[0] = "";
	queued.si_code = SI_QUEUE;
	other_stack.ss_sp = buf;
	other_stack.ss_size = sizeof(buf);
	message = (struct msghdr){.msg_iov = iov,
				  .msg_iovlen = 2,
				  .msg_control = buf + 200,
				  .msg_controllen = 64,
				  .msg_name = buf + 300,
				  .msg_namelen = 16};
	messages[0].msg_hdr = message;
}

#define V(value)                          \
	{                                 \
		NULL, (long)(value), NULL \
	}
#define P(name, value)                    \
	{                                 \
		name, (long)(value), NULL \
	}
#define S(name, object, field)                                          \
	{                                                               \
		name, (long)&(object), (uintptr_t *)&(object) + (field) \
	}
#define ROW(call, ...)                                                             \
	{                                                                          \
#call, SYS_##call, {__VA_ARGS__ }, SETUP_NONE, false, false, false \
	}
#define COUNT(call, ...)                                                          \
	{                                                                         \
#call, SYS_##call, {__VA_ARGS__ }, SETUP_NONE, true, false, false \
	}
#define WITH(what, call, ...)                                                \
	{                                                                    \
#call, SYS_##call, {__VA_ARGS__ }, what, false, false, false \
	}
#define FORK(call, ...)                                                           \
	{                                                                         \
#call, SYS_##call, {__VA_ARGS__ }, SETUP_NONE, false, true, false \
	}
#define RISKY(call, ...)                                                          \
	{                                                                         \
#call, SYS_##call, {__VA_ARGS__ }, SETUP_NONE, false, false, true \
	}
#define IS(call, label, ...)                                                      \
	{                                                                         \
		label, SYS_##call, {__VA_ARGS__}, SETUP_NONE, false, false, false \
	}
#define COUNT_IS(call, label, ...)                                               \
	{                                                                        \
		label, SYS_##call, {__VA_ARGS__}, SETUP_NONE, true, false, false \
	}

static const struct row rows[] = {
	/* Reading and writing. */
	COUNT(read, V(FD_FILE), P("buf", buf), V(64)),
	COUNT_IS(read, "read/pipe", V(FD_PIPE_READ), P("buf", buf), V(64)),
	COUNT_IS(read, "read/zero", V(FD_ZERO), P("buf", buf), V(64)),
	COUNT_IS(read, "read/nothing", V(FD_FILE), P("buf", buf), V(0)),
	COUNT(write, V(FD_FILE), P("buf", buf), V(64)),
	COUNT_IS(write, "write/pipe", V(FD_PIPE_WRITE), P("buf", buf), V(64)),
	COUNT_IS(write, "write/zero", V(FD_ZERO), P("buf", buf), V(64)),
	COUNT(pread64, V(FD_FILE), P("buf", buf), V(16), V(4)),
	COUNT(pwrite64, V(FD_FILE), P("buf", buf), V(16), V(4)),
	COUNT(readv, V(FD_FILE), P("iov", iov), V(2)),
	COUNT_IS(readv, "readv/base", V(FD_FILE), S("iov_base", iov, 0), V(2)),
	COUNT_IS(readv, "readv/second", V(FD_FILE), S("iov_base", iov, 2), V(2)),
	COUNT(writev, V(FD_FILE), P("iov", iov), V(2)),
	COUNT_IS(writev, "writev/base", V(FD_FILE), S("iov_base", iov, 0), V(2)),
	COUNT_IS(writev, "writev/second", V(FD_FILE), S("iov_base", iov, 2), V(2)),
	COUNT_IS(writev, "writev/pipe", V(FD_PIPE_WRITE), S("iov_base", iov, 0), V(2)),
	COUNT(preadv, V(FD_FILE), P("iov", iov), V(2), V(0), V(0)),
	COUNT(pwritev, V(FD_FILE), P("iov", iov), V(2), V(0), V(0)),
	COUNT(preadv2, V(FD_FILE), P("iov", iov), V(2), V(0), V(0), V(0)),
	COUNT(pwritev2, V(FD_FILE), P("iov", iov), V(2), V(0), V(0), V(0)),
	COUNT(sendfile, V(FD_PIPE_WRITE), V(FD_FILE), P("offset", &file_offset), V(8)),
	ROW(getdents, V(FD_DIR), P("dirp", buf), V(4096)),
	ROW(getdents64, V(FD_DIR), P("dirp", buf), V(4096)),
	/* Paths. */
	ROW(open, P("path", "file"), V(O_RDONLY), V(0)),
	ROW(openat, V(FD_DIR), P("path", "file"), V(O_RDONLY), V(0)),
	ROW(creat, P("path", "new"), V(0644)),
	ROW(stat, P("path", "file"), P("st", buf)),
	ROW(lstat, P("path", "file"), P("st", buf)),
	ROW(fstat, V(FD_FILE), P("st", buf)),
	ROW(newfstatat, V(FD_DIR), P("path", "file"), P("st", buf), V(0)),
	IS(newfstatat, "newfstatat/empty", V(FD_FILE), P("path", ""), V(buf), V(AT_EMPTY_PATH)),
	ROW(statx, V(FD_DIR), P("path", "file"), V(0), V(STATX_BASIC_STATS), P("buf", buf)),
	ROW(statfs, P("path", "file"), P("buf", buf)),
	ROW(fstatfs, V(FD_FILE), P("buf", buf)),
	ROW(access, P("path", "file"), V(R_OK)),
	ROW(faccessat, V(FD_DIR), P("path", "file"), V(R_OK)),
	ROW(faccessat2, V(FD_DIR), P("path", "file"), V(R_OK), V(0)),
	ROW(truncate, P("path", "file"), V(32)),
	ROW(getcwd, P("buf", buf), V(4096)),
	ROW(chdir, P("path", "dir")),
	ROW(chroot, P("path", ".")),
	ROW(acct, P("path", ".")),
	ROW(rename, P("oldpath", "file"), P("newpath", "new")),
	ROW(renameat, V(FD_DIR), P("oldpath", "file"), V(FD_DIR), P("newpath", "new")),
	ROW(renameat2, V(FD_DIR), P("oldpath", "file"), V(FD_DIR), P("newpath", "new"), V(0)),
	ROW(mkdir, P("path", "new"), V(0755)),
	ROW(mkdirat, V(FD_DIR), P("path", "new"), V(0755)),
	ROW(rmdir, P("path", "new")),
	ROW(link, P("oldpath", "file"), P("newpath", "new")),
	ROW(linkat, V(FD_DIR), P("oldpath", "file"), V(FD_DIR), P("newpath", "new"), V(0)),
	ROW(unlink, P("path", "no-such")),
	ROW(unlinkat, V(FD_DIR), P("path", "no-such"), V(0)),
	ROW(symlink, P("target", "x"), P("linkpath", "file")),
	ROW(symlinkat, P("target", "x"), V(FD_DIR), P("linkpath", "file")),
	COUNT(readlink, P("path", "link"), P("buf", buf), V(100)),
	COUNT(readlinkat, V(FD_DIR), P("path", "link"), P("buf", buf), V(100)),
	ROW(chmod, P("path", "file"), V(0644)),
	ROW(fchmodat, V(FD_DIR), P("path", "file"), V(0644)),
	ROW(fchmodat2, V(FD_DIR), P("path", "file"), V(0644), V(0)),
	ROW(chown, P("path", "file"), V(-1), V(-1)),
	ROW(lchown, P("path", "file"), V(-1), V(-1)),
	ROW(fchownat, V(FD_DIR), P("path", "file"), V(-1), V(-1), V(0)),
	ROW(mknod, P("path", "file"), V(S_IFIFO | 0644), V(0)),
	ROW(mknodat, V(FD_DIR), P("path", "file"), V(S_IFIFO | 0644), V(0)),
	ROW(utime, P("path", "file"), P("times", buf)),
	ROW(utimes, P("path", "file"), P("times", buf)),
	ROW(futimesat, V(FD_DIR), P("path", "file"), P("times", buf)),
	ROW(utimensat, V(FD_DIR), P("path", "file"), P("times", buf), V(0)),
	ROW(mount, P("source", "x"), P("target", "dir"), P("type", "no-such-type"), V(0),
	    P("data", "x")),
	ROW(umount2, P("target", "dir"), V(0)),
	/* Extended attributes, in a name space that no file system keeps. */
	ROW(setxattr, P("path", "file"), P("name", "no.x"), P("value", buf), V(4), V(0)),
	ROW(getxattr, P("path", "file"), P("name", "no.x"), P("value", buf), V(4)),
	COUNT(listxattr, P("path", "file"), P("list", buf), V(100)),
	ROW(removexattr, P("path", "file"), P("name", "no.x")),
	ROW(lsetxattr, P("path", "file"), P("name", "no.x"), P("value", buf), V(4), V(0)),
	ROW(lgetxattr, P("path", "file"), P("name", "no.x"), P("value", buf), V(4)),
	COUNT(llistxattr, P("path", "file"), P("list", buf), V(100)),
	ROW(lremovexattr, P("path", "file"), P("name", "no.x")),
	ROW(open_tree, V(AT_FDCWD), P("path", "file"), V(0)),
	ROW(move_mount, V(AT_FDCWD), P("from_path", "file"), V(AT_FDCWD), P("to_path", "file"),
	    V(0)),
	ROW(fsopen, P("name", "none"), V(0)),
	ROW(fspick, V(AT_FDCWD), P("path", "file"), V(0)),
	ROW(fsconfig, V(FD_FILE), V(1), P("key", "a"), P("value", "b"), V(0)),
	ROW(mount_setattr, V(AT_FDCWD), P("path", "file"), V(0), P("attr", &mount_attr), V(32)),
	ROW(open_tree_attr, V(AT_FDCWD), P("path", "file"), V(0), P("attr", &mount_attr), V(32)),
	ROW(statmount, P("req", &mount_req), P("buf", buf), V(sizeof(buf)), V(0)),
	ROW(listmount, P("req", &mount_req), P("ids", buf), V(8), V(0)),
	ROW(name_to_handle_at, V(AT_FDCWD), P("path", "file"), P("handle", &file_handle),
	    P("mount_id", &mount_id), V(0)),
	ROW(open_by_handle_at, V(FD_DIR), P("handle", &file_handle), V(0)),
	ROW(file_getattr, V(AT_FDCWD), P("path", "file"), P("attr", buf), V(24), V(0)),
	ROW(file_setattr, V(AT_FDCWD), P("path", "file"), P("attr", &file_attr), V(24), V(0)),
	ROW(pivot_root, P("new_root", "/"), P("put_old", "/")),
	ROW(setxattrat, V(AT_FDCWD), P("path", "file"), V(0), P("name", "no.x"),
	    P("args", zero_args), V(16)),
	ROW(getxattrat, V(AT_FDCWD), P("path", "file"), V(0), P("name", "no.x"),
	    P("args", zero_args), V(16)),
	COUNT(listxattrat, V(AT_FDCWD), P("path", "file"), V(0), P("list", buf), V(100)),
	ROW(removexattrat, V(AT_FDCWD), P("path", "file"), V(0), P("name", "no.x")),
	ROW(fsetxattr, V(FD_FILE), P("name", "no.x"), P("value", buf), V(4), V(0)),
	ROW(fgetxattr, V(FD_FILE), P("name", "no.x"), P("value", buf), V(4)),
	COUNT(flistxattr, V(FD_FILE), P("list", buf), V(100)),
	ROW(fremovexattr, V(FD_FILE), P("name", "no.x")),
	/* Sockets: for a descriptor that is none, and a family that there is not. */
	ROW(socketpair, V(100), V(SOCK_STREAM), V(0), P("fds", buf)),
	ROW(bind, V(FD_FILE), P("addr", buf), V(16)),
	ROW(connect, V(FD_FILE), P("addr", buf), V(16)),
	ROW(accept, V(FD_FILE), P("addr", buf), P("addrlen", buf)),
	ROW(accept4, V(FD_FILE), P("addr", buf), P("addrlen", buf), V(0)),
	ROW(getsockname, V(FD_FILE), P("addr", buf), P("addrlen", buf)),
	ROW(getpeername, V(FD_FILE), P("addr", buf), P("addrlen", buf)),
	ROW(setsockopt, V(FD_FILE), V(SOL_SOCKET), V(SO_DEBUG), P("optval", buf), V(4)),
	ROW(getsockopt, V(FD_FILE), V(SOL_SOCKET), V(SO_TYPE), P("optval", buf), P("optlen", buf)),
	ROW(sendto, V(FD_FILE), P("buf", buf), V(4), V(0), P("addr", buf), V(16)),
	ROW(recvfrom, V(FD_FILE), P("buf", buf), V(4), V(0), P("addr", buf), P("addrlen", buf)),
	ROW(sendmsg, V(FD_FILE), P("msg", buf), V(0)),
	ROW(recvmsg, V(FD_FILE), P("msg", buf), V(0)),
	ROW(sendmmsg, V(FD_FILE), P("msgs", buf), V(1), V(0)),
	ROW(recvmmsg, V(FD_FILE), P("msgs", buf), V(1), V(0), P("timeout", &short_time)),
	/* The same with sockets; one message waits. */
	IS(socketpair, "socketpair/unix", V(AF_UNIX), V(SOCK_STREAM), V(0), P("fds", buf)),
	IS(bind, "bind/unix", V(FD_SOCKET), P("addr", buf), V(16)),
	IS(connect, "connect/unix", V(FD_SOCKET), P("addr", buf), V(16)),
	IS(getsockname, "getsockname/unix", V(FD_SOCKET), P("addr", buf),
	   P("addrlen", &address_len)),
	IS(getpeername, "getpeername/unix", V(FD_SOCKET), P("addr", buf),
	   P("addrlen", &address_len)),
	IS(setsockopt, "setsockopt/unix", V(FD_SOCKET), V(SOL_SOCKET), V(SO_KEEPALIVE),
	   P("optval", buf), V(4)),
	IS(setsockopt, "setsockopt/timeout", V(FD_SOCKET), V(SOL_SOCKET), V(SO_RCVTIMEO),
	   P("optval", &short_timeval), V(16)),
	IS(getsockopt, "getsockopt/unix", V(FD_SOCKET), V(SOL_SOCKET), V(SO_TYPE), P("optval", buf),
	   P("optlen", &address_len)),
	IS(getsockopt, "getsockopt/timeout", V(FD_SOCKET), V(SOL_SOCKET), V(SO_RCVTIMEO),
	   P("optval", buf), P("optlen", &address_len)),
	IS(sendto, "sendto/unix", V(FD_SOCKET), P("buf", buf), V(4), V(0), P("addr", buf), V(16)),
	IS(recvfrom, "recvfrom/unix", V(FD_SOCKET), P("buf", buf), V(4), V(MSG_DONTWAIT),
	   P("addr", buf + 100), P("addrlen", &address_len)),
	IS(sendmsg, "sendmsg/unix", V(FD_SOCKET), P("msg", &message), V(0)),
	IS(sendmsg, "sendmsg/name", V(FD_SOCKET), S("msg_name", message, 0), V(0)),
	IS(sendmsg, "sendmsg/iov", V(FD_SOCKET), S("msg_iov", message, 2), V(0)),
	IS(sendmsg, "sendmsg/base", V(FD_SOCKET), S("iov_base", iov, 2), V(0)),
	IS(sendmsg, "sendmsg/control", V(FD_SOCKET), S("msg_control", message, 4), V(0)),
	IS(recvmsg, "recvmsg/unix", V(FD_SOCKET), P("msg", &message), V(MSG_DONTWAIT)),
	IS(recvmsg, "recvmsg/name", V(FD_SOCKET), S("msg_name", message, 0), V(MSG_DONTWAIT)),
	IS(recvmsg, "recvmsg/iov", V(FD_SOCKET), S("msg_iov", message, 2), V(MSG_DONTWAIT)),
	IS(recvmsg, "recvmsg/base", V(FD_SOCKET), S("iov_base", iov, 2), V(MSG_DONTWAIT)),
	IS(recvmsg, "recvmsg/control", V(FD_SOCKET), S("msg_control", message, 4), V(MSG_DONTWAIT)),
	IS(sendmmsg, "sendmmsg/unix", V(FD_SOCKET), P("msgs", messages), V(1), V(0)),
	IS(recvmmsg, "recvmmsg/unix", V(FD_SOCKET), P("msgs", messages), V(1), V(MSG_DONTWAIT),
	   P("timeout", &short_time)),
	COUNT(splice, V(FD_FILE), P("off_in", &file_offset), V(FD_PIPE_WRITE), V(0), V(4), V(0)),
	COUNT_IS(splice, "splice/out", V(FD_PIPE_READ), V(0), V(FD_FILE),
		 P("off_out", &file_offset), V(4), V(0)),
	COUNT(vmsplice, V(FD_PIPE_WRITE), P("iov", iov), V(2), V(0)),
	COUNT_IS(vmsplice, "vmsplice/base", V(FD_PIPE_WRITE), S("iov_base", iov, 2), V(2), V(0)),
	COUNT_IS(vmsplice, "vmsplice/out", V(FD_PIPE_READ), S("iov_base", iov, 0), V(2), V(0)),
	/* Descriptors. */
	ROW(pipe, P("fds", buf)),
	ROW(pipe2, P("fds", buf), V(0)),
	ROW(poll, P("fds", pollfds), V(1), V(0)),
	ROW(ppoll, P("fds", pollfds), V(1), P("timeout", &short_time), P("sigmask", &zero_set),
	    V(8)),
	ROW(select, V(64), P("readfds", set_a), P("writefds", set_b), P("exceptfds", set_c),
	    P("timeout", &short_timeval)),
	ROW(pselect6, V(64), P("readfds", set_a), P("writefds", set_b), P("exceptfds", set_c),
	    P("timeout", &short_time), P("sigmask", &argpack)),
	IS(pselect6, "pselect6/set", V(0), V(0), V(0), V(0), V(&short_time),
	   S("sigmask", argpack, 0)),
	IS(ioctl, "ioctl/FIONREAD", V(FD_PIPE_READ), V(FIONREAD), P("arg", buf)),
	IS(ioctl, "ioctl/FIONBIO", V(FD_PIPE_READ), V(FIONBIO), P("arg", buf)),
	IS(ioctl, "ioctl/TCGETS", V(FD_PIPE_READ), V(TCGETS), P("arg", buf)),
	IS(fcntl, "fcntl/F_GETLK", V(FD_FILE), V(F_GETLK), P("arg", &whole_file)),
	IS(fcntl, "fcntl/F_SETLK", V(FD_FILE), V(F_SETLK), P("arg", &whole_file)),
	/* Memory. */
	ROW(mincore, V(mapped_page), V(4096), P("vec", buf)),
	ROW(set_mempolicy, V(2), P("nodemask", &zero_set), V(64)),
	ROW(get_mempolicy, P("mode", buf), P("nodemask", buf), V(64), V(0), V(0)),
	ROW(mbind, V(mapped_page), V(4096), V(2), P("nodemask", &zero_set), V(64), V(0)),
	ROW(migrate_pages, V(0), V(64), P("old_nodes", &zero_set), P("new_nodes", &zero_set)),
	ROW(move_pages, V(0), V(1), P("pages", buf), P("nodes", buf), P("status", buf), V(0)),
	COUNT(getrandom, P("buf", buf), V(16), V(0)),
	COUNT_IS(getrandom, "getrandom/long", P("buf", buf), V(4096), V(0)),
	/* Processes. */
	ROW(execve, P("path", "/proc/self/exe"), P("argv", exec_argv), P("envp", exec_envp)),
	IS(execve, "execve/argv[0]", V("/proc/self/exe"), S("argv", exec_argv, 0), V(exec_envp)),
	IS(execve, "execve/envp[0]", V("/proc/self/exe"), V(exec_argv), S("envp", exec_envp, 0)),
	ROW(execveat, V(FD_DIR), P("path", "/proc/self/exe"), P("argv", exec_argv),
	    P("envp", exec_envp), V(0)),
	FORK(clone, V(CLONE_PARENT_SETTID | SIGCHLD), V(0), P("parent_tid", buf), V(buf), V(0)),
	{"clone/child_tid",
	 SYS_clone,
	 {V(CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD), V(0), V(buf), P("child_tid", buf),
	  V(0)},
	 SETUP_NONE,
	 false,
	 true,
	 false},
	FORK(clone3, P("args", clone_args), V(88)),
	WITH(SETUP_CHILD, wait4, V(-1), P("status", buf), V(0), P("usage", buf)),
	WITH(SETUP_CHILD, waitid, V(P_ALL), V(0), P("info", buf), V(WEXITED), P("usage", buf)),
	ROW(uname, P("buf", buf)),
	ROW(sysinfo, P("info", buf)),
	ROW(times, P("buf", buf)),
	ROW(getrusage, V(RUSAGE_SELF), P("usage", buf)),
	ROW(getrlimit, V(RLIMIT_NOFILE), P("rlim", buf)),
	ROW(setrlimit, V(RLIMIT_NOFILE), P("rlim", &limit_nofile)),
	ROW(prlimit64, V(0), V(RLIMIT_NOFILE), P("new_rlim", &limit_nofile), P("old_rlim", buf)),
	ROW(getgroups, V(4), P("list", groups)),
	ROW(setgroups, V(2), P("list", groups)),
	ROW(getresuid, P("ruid", buf), P("euid", buf), P("suid", buf)),
	ROW(getresgid, P("rgid", buf), P("egid", buf), P("sgid", buf)),
	ROW(capget, P("header", &cap_header), P("data", buf)),
	ROW(capset, P("header", &cap_header), P("data", buf)),
	RISKY(sethostname, P("name", ""), V(2)),
	RISKY(setdomainname, P("name", ""), V(2)),
	IS(prctl, "prctl/PR_SET_NAME", V(PR_SET_NAME), P("arg2", "name")),
	IS(prctl, "prctl/PR_GET_NAME", V(PR_GET_NAME), P("arg2", buf)),
	IS(prctl, "prctl/PR_GET_PDEATHSIG", V(PR_GET_PDEATHSIG), P("arg2", buf)),
	IS(prctl, "prctl/PR_GET_CHILD_SUBREAPER", V(PR_GET_CHILD_SUBREAPER), P("arg2", buf)),
	IS(arch_prctl, "arch_prctl/ARCH_GET_GS", V(0x1004), P("addr", buf)),
	IS(arch_prctl, "arch_prctl/ARCH_SET_GS", V(0x1001), P("addr", 0)),
	ROW(set_tid_address, P("tidptr", buf)),
	ROW(set_robust_list, P("head", buf), V(24)),
	ROW(get_robust_list, V(0), P("head", buf), P("len", buf)),
	/* Scheduling. */
	ROW(sched_setparam, V(0), P("param", &param)),
	ROW(sched_getparam, V(0), P("param", &param)),
	ROW(sched_setscheduler, V(0), V(SCHED_OTHER), P("param", &param)),
	ROW(sched_rr_get_interval, V(0), P("interval", buf)),
	ROW(sched_setaffinity, V(0), V(8), P("mask", set_b)),
	ROW(sched_getaffinity, V(0), V(128), P("mask", set_a)),
	ROW(sched_setattr, V(0), P("attr", sched_attr), V(0)),
	ROW(sched_getattr, V(0), P("attr", sched_attr), V(48), V(0)),
	ROW(getcpu, P("cpu", buf), P("node", buf), P("cache", buf)),
	/* Signals. */
	ROW(rt_sigaction, V(SIGUSR2), P("act", kernel_action), P("oldact", buf), V(8)),
	ROW(rt_sigprocmask, V(SIG_BLOCK), P("set", &zero_set), P("oldset", buf), V(8)),
	ROW(rt_sigpending, P("set", buf), V(8)),
	WITH(SETUP_SIGNAL, rt_sigtimedwait, P("set", &signal_set), P("info", buf),
	     P("timeout", &short_time), V(8)),
	WITH(SETUP_SIGNAL, rt_sigsuspend, P("set", &zero_set), V(8)),
	ROW(rt_sigqueueinfo, V(0x7ffffff0), V(SIGUSR2), P("info", &queued)),
	ROW(rt_tgsigqueueinfo, V(0x7ffffff0), V(0x7ffffff0), V(SIGUSR2), P("info", &queued)),
	ROW(sigaltstack, P("ss", &other_stack), P("old_ss", buf + 4096)),
	/* Time. */
	ROW(nanosleep, P("req", &short_time), P("rem", buf)),
	ROW(clock_nanosleep, V(CLOCK_MONOTONIC), V(0), P("req", &short_time), P("rem", buf)),
	ROW(clock_gettime, V(CLOCK_MONOTONIC), P("tp", buf)),
	ROW(clock_getres, V(CLOCK_MONOTONIC), P("res", buf)),
	ROW(clock_settime, V(CLOCK_MONOTONIC), P("tp", &short_time)),
	{"clock_settime/REALTIME",
	 SYS_clock_settime,
	 {V(CLOCK_REALTIME), P("tp", &short_time)},
	 SETUP_NONE,
	 false,
	 false,
	 true},
	RISKY(settimeofday, P("tv", 0), V(0)),
	{"settimeofday/tz", SYS_settimeofday, {V(0), P("tz", 0)}, SETUP_NONE, false, false, true},
	{"nanosleep/interrupted",
	 SYS_nanosleep,
	 {V(&long_time), P("rem", buf)},
	 SETUP_TIMER,
	 false,
	 false,
	 false},
	{"clock_nanosleep/interrupted",
	 SYS_clock_nanosleep,
	 {V(CLOCK_REALTIME), V(0), V(&long_time), P("rem", buf)},
	 SETUP_TIMER,
	 false,
	 false,
	 false},
	ROW(gettimeofday, P("tv", buf), P("tz", buf)),
	ROW(time, P("tloc", buf)),
	ROW(getitimer, V(ITIMER_REAL), P("value", buf)),
	ROW(setitimer, V(ITIMER_VIRTUAL), P("value", &no_timer), P("ovalue", buf)),
	/* Events and IPC. */
	ROW(inotify_add_watch, V(FD_INOTIFY), P("path", "file"), V(IN_OPEN)),
	ROW(shmctl, V(0), V(IPC_INFO), P("buf", buf)),
	ROW(semctl, V(0), V(0), V(IPC_INFO), P("arg", buf)),
	ROW(semop, V(-1), P("sops", buf), V(1)),
	ROW(semtimedop, V(-1), P("sops", buf), V(1), P("timeout", &short_time)),
	ROW(msgctl, V(0), V(IPC_INFO), P("buf", buf)),
	ROW(msgsnd, V(-1), P("msg", buf), V(4), V(0)),
	ROW(msgrcv, V(-1), P("msg", buf), V(4), V(0), V(0)),
	ROW(mq_open, P("name", "no-such"), V(O_RDWR), V(0), P("attr", buf)),
	ROW(mq_unlink, P("name", "no-such")),
	ROW(mq_timedsend, V(FD_FILE), P("msg", buf), V(1), V(0), P("timeout", &short_time)),
	ROW(mq_timedreceive, V(FD_FILE), P("msg", buf), V(1), P("prio", buf),
	    P("timeout", &short_time)),
	ROW(mq_notify, V(FD_FILE), P("event", buf)),
	ROW(mq_getsetattr, V(FD_FILE), P("attr", buf), P("oldattr", buf)),
	ROW(io_setup, V(1), P("ctx", buf + 4096)),
	ROW(io_submit, V(0), V(1), P("iocbs", buf)),
	ROW(io_getevents, V(0), V(0), V(1), P("events", buf), P("timeout", &short_time)),
	ROW(io_pgetevents, V(0), V(0), V(1), P("events", buf), P("timeout", &short_time),
	    P("sigmask", &argpack)),
	ROW(io_cancel, V(0), P("iocb", buf), P("result", buf)),
	/* The rest. */
	ROW(syslog, V(3), P("buf", buf), V(0)),
	ROW(ustat, V(-1), P("buf", buf)),
	ROW(adjtimex, P("buf", buf + 4096)),
	ROW(clock_adjtime, V(CLOCK_REALTIME), P("buf", buf + 4096)),
	ROW(swapon, P("path", "no-such"), V(0)),
	ROW(swapoff, P("path", "no-such")),
	ROW(process_vm_readv, V(0x7ffffff0), P("lvec", iov), V(2), P("rvec", iov), V(2), V(0)),
	ROW(process_vm_writev, V(0x7ffffff0), P("lvec", iov), V(2), P("rvec", iov), V(2), V(0)),
	/* Futexes. */
	IS(futex, "futex/WAIT", P("uaddr", &futex_word), V(FUTEX_WAIT), V(5),
	   P("timeout", &short_time)),
	IS(futex, "futex/WAIT_PRIVATE", P("uaddr", &futex_word), V(FUTEX_WAIT_PRIVATE), V(5),
	   P("timeout", &short_time)),
	IS(futex, "futex/LOCK_PI", P("uaddr", &futex_lock), V(FUTEX_LOCK_PI), V(0), V(0)),
	IS(futex, "futex/UNLOCK_PI", P("uaddr", &futex_lock), V(FUTEX_UNLOCK_PI)),
	IS(futex, "futex/CMP_REQUEUE_PI", P("uaddr", &futex_word), V(FUTEX_CMP_REQUEUE_PI), V(1),
	   V(1), P("uaddr2", &futex_word2), V(5)),
	ROW(futex_waitv, P("waiters", &futex_waiter), V(1), V(0), P("timeout", &short_time), V(1)),
	IS(futex, "futex/WAKE", P("uaddr", &futex_word), V(FUTEX_WAKE), V(1)),
	IS(futex, "futex/WAKE_PRIVATE", P("uaddr", &futex_word), V(FUTEX_WAKE_PRIVATE), V(1)),
	IS(futex, "futex/CMP_REQUEUE", P("uaddr", &futex_word), V(FUTEX_CMP_REQUEUE), V(1), V(1),
	   P("uaddr2", &futex_word2), V(5)),
	IS(futex, "futex/WAKE_OP", P("uaddr", &futex_word), V(FUTEX_WAKE_OP), V(1), V(1),
	   P("uaddr2", &futex_word2), V(FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ, 0))),
	{NULL, 0, {{NULL, 0, NULL}}, SETUP_NONE, false, false, false},
};

#endif
