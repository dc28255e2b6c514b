/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signal(7), "Interruption of system calls and library functions by signal handlers", and "... by
 * stop signals": each blocking call, interrupted by a handler with and without SA_RESTART, and by a
 * stop. All calls block at once, each in a child of its own.
 */
#include "test.h"

#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>

/* Made before the children: they block on what nobody will ever do. */
static int empty_pipe[2], full_pipe[2], pair[2], full_pair[2], timed_pair[2], full_timed_pair[2];
static int listener, timed_listener, locked, ofd_locked, queue, full_queue, sem, msgs, full_msgs;
static int pty_master, pty_slave;
static char zeros[65536];
static volatile struct {
	bool is_ready;
	int handled;
} * shared;
static int mine; /* index of this child's case */
static volatile int word;
static const struct timespec minute = {60, 0};

static long do_read(void)
{
	return read(empty_pipe[0], zeros, 1);
}
static long do_readv(void)
{
	struct iovec iov = {zeros, 1};

	return readv(empty_pipe[0], &iov, 1);
}
static long do_write(void)
{
	return write(full_pipe[1], zeros, 1);
}
static long do_writev(void)
{
	struct iovec iov = {zeros, 1};

	return writev(full_pipe[1], &iov, 1);
}
static long do_splice(void)
{
	return splice(empty_pipe[0], NULL, full_pipe[1], NULL, 1, 0);
}
static long do_read_tty(void)
{
	return read(pty_slave, zeros, 1);
}
static long do_read_eventfd(void)
{
	return read(eventfd(0, 0), zeros, 8);
}
static long do_read_timerfd(void)
{
	struct itimerspec set = {.it_value = minute};
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);

	timerfd_settime(fd, 0, &set, NULL);
	return read(fd, zeros, 8);
}
static long do_read_signalfd(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return read(signalfd(-1, &set, 0), zeros, sizeof(zeros));
}
static long do_read_inotify(void)
{
	int fd = inotify_init();

	inotify_add_watch(fd, "/", IN_UNMOUNT);
	return read(fd, zeros, sizeof(zeros));
}
static long do_open_fifo(void)
{
	char name[16];

	snprintf(name, sizeof(name), "fifo%d", (int)getpid());
	mkfifo(name, 0600);
	return open(name, O_RDONLY);
}
static long wait_for(int how)
{
	pid_t pid = fork();
	siginfo_t si;

	if (!pid) {
		for (pid_t parent = getppid(); getppid() == parent;)
			t_sleep_ms(100);
		_exit(0);
	}
	return how == 0	  ? waitpid(pid, NULL, 0)
	       : how == 1 ? syscall(SYS_wait4, pid, NULL, 0, NULL)
			  : waitid(P_PID, (id_t)pid, &si, WEXITED);
}
static long do_waitpid(void)
{
	return wait_for(0);
}
static long do_wait4(void)
{
	return wait_for(1);
}
static long do_waitid(void)
{
	return wait_for(2);
}
static long do_accept(void)
{
	return accept(listener, NULL, NULL);
}
static long do_recv(void)
{
	return recv(pair[0], zeros, 1, 0);
}
static long do_recvmsg(void)
{
	struct iovec iov = {zeros, 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	return recvmsg(pair[0], &msg, 0);
}
static long do_recvmmsg(void)
{
	struct iovec iov = {zeros, 1};
	struct mmsghdr msg = {.msg_hdr = {.msg_iov = &iov, .msg_iovlen = 1}};

	return recvmmsg(pair[0], &msg, 1, 0, NULL);
}
static long do_send(void)
{
	return send(full_pair[0], zeros, sizeof(zeros), 0);
}
static long do_sendmsg(void)
{
	struct iovec iov = {zeros, sizeof(zeros)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	return sendmsg(full_pair[0], &msg, 0);
}
static long do_flock(void)
{
	return flock(open("lock", O_RDWR), LOCK_EX);
}
static long do_setlkw(void)
{
	struct flock lock = {.l_type = F_WRLCK};

	return fcntl(open("record", O_RDWR), F_SETLKW, &lock);
}
static long do_ofd_setlkw(void)
{
	struct flock lock = {.l_type = F_WRLCK};

	return fcntl(open("record", O_RDWR), F_OFD_SETLKW, &lock);
}
static long do_mq_receive(void)
{
	return mq_receive(queue, zeros, 8, NULL);
}
static long do_mq_send(void)
{
	return mq_send(full_queue, zeros, 8, 0);
}
static long do_futex(void)
{
	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL);
}
static long do_futex_timed(void)
{
	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &minute);
}
static long do_futex_bitset(void)
{
	return syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 1);
}
static long do_tcdrain(void)
{
	return ioctl(pty_slave, TCSBRK, 1) == 0 ? read(pty_slave, zeros, 1) : -1;
}

static long do_recv_timed(void)
{
	return recv(timed_pair[0], zeros, 1, 0);
}
static long do_send_timed(void)
{
	return send(full_timed_pair[0], zeros, sizeof(zeros), 0);
}
static long do_accept_timed(void)
{
	return accept(timed_listener, NULL, NULL);
}
static long do_recvmmsg_timeout(void)
{
	struct iovec iov = {zeros, 1};
	struct mmsghdr msg = {.msg_hdr = {.msg_iov = &iov, .msg_iovlen = 1}};
	struct timespec ts = minute;

	return recvmmsg(timed_pair[0], &msg, 1, 0, &ts);
}
static long do_pause(void)
{
	return pause();
}
static long do_sigsuspend(void)
{
	sigset_t set;

	sigemptyset(&set);
	return sigsuspend(&set);
}
static long do_sigwaitinfo(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return sigwaitinfo(&set, NULL);
}
static long do_sigtimedwait(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return sigtimedwait(&set, NULL, &minute);
}
static long do_epoll_wait(void)
{
	struct epoll_event event;

	return epoll_wait(epoll_create1(0), &event, 1, -1);
}
static long do_epoll_pwait(void)
{
	struct epoll_event event;

	return epoll_pwait(epoll_create1(0), &event, 1, 60000, NULL);
}
static long do_poll(void)
{
	return poll(NULL, 0, -1);
}
static long do_poll_timed(void)
{
	return poll(NULL, 0, 60000);
}
static long do_ppoll(void)
{
	return ppoll(NULL, 0, &minute, NULL);
}
static long do_select(void)
{
	return select(0, NULL, NULL, NULL, NULL);
}
static long do_pselect(void)
{
	return pselect(0, NULL, NULL, NULL, &minute, NULL);
}
static long do_msgrcv(void)
{
	return msgrcv(msgs, zeros, 8, 0, 0);
}
static long do_msgsnd(void)
{
	*(long *)zeros = 1;
	return msgsnd(full_msgs, zeros, 8192, 0);
}
static long do_semop(void)
{
	struct sembuf op = {0, -1, 0};

	return semop(sem, &op, 1);
}
static long do_semtimedop(void)
{
	struct sembuf op = {0, -1, 0};

	return semtimedop(sem, &op, 1, &minute);
}
static long do_nanosleep(void)
{
	return nanosleep(&minute, NULL);
}
static long do_clock_nanosleep(void)
{
	errno = clock_nanosleep(CLOCK_MONOTONIC, 0, &minute, NULL);
	return -1;
}
static long do_clock_nanosleep_abs(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += 60;
	errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
	return -1;
}
static long do_io_getevents(void)
{
	aio_context_t ctx = 0;
	struct io_event event;

	syscall(SYS_io_setup, 1, &ctx);
	return syscall(SYS_io_getevents, ctx, 1, 1, &event, NULL);
}

#define RESTARTS BIT0 /* a handler with SA_RESTART does not end it */
#define STOPS	 BIT1 /* a stop ends it */
enum { BIT0 = 1, BIT1 = 2 };
static const struct {
	const char *name;
	long (*call)(void);
	int flags;
} cases[] = {
#define CASE(name, flags)               \
	{                               \
#name, do_##name, flags \
	}
	CASE(read, RESTARTS),
	CASE(readv, RESTARTS),
	CASE(write, RESTARTS),
	CASE(writev, RESTARTS),
	CASE(splice, RESTARTS),
	CASE(read_tty, RESTARTS),
	CASE(tcdrain, RESTARTS),
	CASE(read_eventfd, RESTARTS),
	CASE(read_timerfd, RESTARTS),
	CASE(read_signalfd, RESTARTS),
	CASE(read_inotify, RESTARTS),
	CASE(open_fifo, RESTARTS),
	CASE(waitpid, RESTARTS),
	CASE(wait4, RESTARTS),
	CASE(waitid, RESTARTS),
	CASE(accept, RESTARTS),
	CASE(recv, RESTARTS),
	CASE(recvmsg, RESTARTS),
	CASE(recvmmsg, RESTARTS),
	CASE(send, RESTARTS),
	CASE(sendmsg, RESTARTS),
	CASE(flock, RESTARTS),
	CASE(setlkw, RESTARTS),
	CASE(ofd_setlkw, RESTARTS),
	CASE(mq_receive, RESTARTS),
	CASE(mq_send, RESTARTS),
	CASE(futex, RESTARTS),
	CASE(futex_bitset, RESTARTS),
	CASE(futex_timed, 0),
	CASE(recv_timed, STOPS),
	CASE(send_timed, STOPS),
	CASE(accept_timed, STOPS),
	CASE(recvmmsg_timeout, STOPS),
	CASE(pause, 0),
	CASE(sigsuspend, 0),
	CASE(sigwaitinfo, STOPS),
	CASE(sigtimedwait, STOPS),
	CASE(epoll_wait, STOPS),
	CASE(epoll_pwait, STOPS),
	CASE(poll, 0),
	CASE(poll_timed, 0),
	CASE(ppoll, 0),
	CASE(select, 0),
	CASE(pselect, 0),
	CASE(msgrcv, 0),
	CASE(msgsnd, 0),
	CASE(semop, STOPS),
	CASE(semtimedop, STOPS),
	CASE(nanosleep, 0),
	CASE(clock_nanosleep, 0),
	CASE(clock_nanosleep_abs, 0),
	CASE(io_getevents, STOPS),
};
#define COUNT ((int)(sizeof(cases) / sizeof(cases[0])))

static void on_signal(int sig)
{
	(void)sig;
	shared[mine].handled++;
}

static void fill(int fd)
{
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
	while (write(fd, zeros, 1) > 0)
		;
	fcntl(fd, F_SETFL, 0);
}

static int new_listener(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));

	strcpy(addr.sun_path, path);
	T_OK(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	T_OK(listen(fd, 1));
	return fd;
}

static void make_sockets(void)
{
	struct timeval limit = {60, 0};

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, full_pair));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, timed_pair));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, full_timed_pair));
	fill(full_pair[0]);
	fill(full_timed_pair[0]);
	listener = new_listener("listener");
	timed_listener = new_listener("timed");
	T_OK(setsockopt(timed_pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	T_OK(setsockopt(full_timed_pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)));
	T_OK(setsockopt(timed_listener, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
}

static int new_queue(bool is_full)
{
	struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 8};
	char name[40];
	int q;

	snprintf(name, sizeof(name), "/restart-%d", (int)getpid());
	q = T_NEED(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
	T_OK(mq_unlink(name));
	if (is_full)
		T_OK(mq_send(q, zeros, 8, 0));
	return q;
}

static void make_things(void)
{
	struct flock lock = {.l_type = F_WRLCK};

	T_OK(pipe(empty_pipe));
	T_OK(pipe(full_pipe));
	fill(full_pipe[1]);
	make_sockets();
	locked = T_OK(open("lock", O_RDWR | O_CREAT, 0600));
	T_OK(flock(locked, LOCK_EX));
	ofd_locked = T_OK(open("record", O_RDWR | O_CREAT, 0600));
	T_OK(fcntl(ofd_locked, F_OFD_SETLK, &lock));
	queue = new_queue(false);
	full_queue = new_queue(true);
	sem = T_OK(semget(IPC_PRIVATE, 1, 0600));
	msgs = T_OK(msgget(IPC_PRIVATE, 0600));
	full_msgs = T_OK(msgget(IPC_PRIVATE, 0600));
	*(long *)zeros = 1;
	while (msgsnd(full_msgs, zeros, 8192, IPC_NOWAIT) == 0)
		;
	pty_master = T_OK(posix_openpt(O_RDWR | O_NOCTTY));
	T_OK(grantpt(pty_master));
	T_OK(unlockpt(pty_master));
	pty_slave = T_OK(open(ptsname(pty_master), O_RDWR | O_NOCTTY));
}

static void remove_things(void)
{
	T_OK(semctl(sem, 0, IPC_RMID));
	T_OK(msgctl(msgs, IPC_RMID, NULL));
	T_OK(msgctl(full_msgs, IPC_RMID, NULL));
}

static void start(int i, int sa_flags)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = sa_flags};

	mine = i;
	sigaction(SIGUSR1, &sa, NULL);
	errno = 0;
	shared[i].is_ready = true;
	_exit(cases[i].call() == -1 ? errno : 0);
}

static void begin(pid_t *pids, int sa_flags)
{
	memset((void *)shared, 0, 4096);
	for (int i = 0; i < COUNT; i++) {
		pids[i] = T_NEED(fork());
		if (!pids[i])
			start(i, sa_flags);
	}
	for (int i = 0; i < COUNT; i++)
		while (!shared[i].is_ready)
			t_sleep_ms(1);
	t_sleep_ms(150);
}

/* Each has ended with EINTR, or goes on waiting and is ended here. */
static void check(pid_t *pids, int what, bool ends_if_set, bool is_handled)
{
	t_sleep_ms(150);
	for (int i = 0; i < COUNT; i++) {
		bool must_end = !!(cases[i].flags & what) == ends_if_set;
		int status = -1, got;
		pid_t done = waitpid(pids[i], &status, WNOHANG);

		for (int n = 0; must_end && !done && n < 100; n++) {
			t_sleep_ms(20);
			done = waitpid(pids[i], &status, WNOHANG);
		}
		got = done ? status : -1;
		if (got != (must_end ? T_EXITED(EINTR) : -1))
			t_note("%s: status %x", cases[i].name, (unsigned)got);
		T_EQ(got, must_end ? T_EXITED(EINTR) : -1);
		T_EQ(shared[i].handled, is_handled);
		if (!done)
			t_end(pids[i]);
	}
}

TEST_MAIN
{
	pid_t pids[COUNT];

	shared =
		T_NEED(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	make_things();
	t_note("a handler with SA_RESTART");
	begin(pids, SA_RESTART);
	for (int i = 0; i < COUNT; i++)
		T_OK(kill(pids[i], SIGUSR1));
	check(pids, RESTARTS, false, true);
	t_note("a handler without SA_RESTART");
	begin(pids, 0);
	for (int i = 0; i < COUNT; i++)
		T_OK(kill(pids[i], SIGUSR1));
	check(pids, 0, false, true);
	t_note("a stop");
	begin(pids, 0);
	for (int i = 0; i < COUNT; i++) {
		T_OK(kill(pids[i], SIGSTOP));
		T_EQ(waitpid(pids[i], NULL, WUNTRACED), pids[i]);
		T_OK(kill(pids[i], SIGCONT));
	}
	check(pids, STOPS, true, false);
	remove_things();
}
