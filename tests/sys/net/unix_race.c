/* SPDX-License-Identifier: Apache-2.0 */
/* Several threads at one socket: nothing is lost, nothing is left behind, nobody sleeps for ever.
 */
#include "test.h"
#include "unix_common.h"
#include "message.h"
#include <pthread.h>

#define BUDGET_MS 700

static long until;
static bool is_over(void)
{
	return t_now_ms() >= until;
}

static int pair[2];
static unsigned long sent, received;

/* Numbered bytes would come mixed: what counts is the sum. */
static void *stream_sender(void *arg)
{
	char buf[9000];
	unsigned seed = (unsigned)(long)arg;

	memset(buf, 1, sizeof(buf));
	while (!is_over()) {
		size_t n = 1 + (size_t)rand_r(&seed) % sizeof(buf);
		ssize_t done = send(pair[0], buf, n, seed & 16 ? MSG_DONTWAIT : 0);

		if (done > 0)
			__atomic_add_fetch(&sent, (unsigned long)done, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void *stream_reader(void *arg)
{
	char buf[7000];
	unsigned seed = (unsigned)(long)arg;
	ssize_t n;

	while ((n = recv(pair[1], buf, 1 + (size_t)rand_r(&seed) % sizeof(buf),
			 seed & 32 ? MSG_WAITALL : 0)) > 0)
		for (ssize_t i = 0; i < n; i++)
			__atomic_add_fetch(&received, (unsigned long)buf[i], __ATOMIC_RELAXED);
	return NULL;
}

static void streams(void)
{
	pthread_t t[4];

	u_pair(SOCK_STREAM, pair);
	until = t_now_ms() + BUDGET_MS;
	for (long i = 0; i < 2; i++) {
		T_EQ(pthread_create(&t[i], NULL, stream_sender, (void *)(i + 1)), 0);
		T_EQ(pthread_create(&t[2 + i], NULL, stream_reader, (void *)(i + 1)), 0);
	}
	pthread_join(t[0], NULL);
	pthread_join(t[1], NULL);
	T_OK(shutdown(pair[0], SHUT_WR));
	pthread_join(t[2], NULL);
	pthread_join(t[3], NULL);
	T_CMP(sent, >, 0);
	T_EQ(received, sent);
	close(pair[0]);
	close(pair[1]);
}

/* Connections come and go while the listener accepts, and is closed in the end. */
static int listener;
static unsigned long nr_connected;

static void *connector(void *arg)
{
	char c;

	(void)arg;
	while (!is_over()) {
		int s = socket(AF_UNIX, SOCK_STREAM, 0);

		if (!u_connect(s, "race")) {
			__atomic_add_fetch(&nr_connected, 1, __ATOMIC_RELAXED);
			if (write(s, "x", 1) == 1 && read(s, &c, 1) < 0 && errno != ECONNRESET)
				T_OK(-1);
		}
		close(s);
	}
	return NULL;
}

static void *acceptor(void *arg)
{
	char c;

	(void)arg;
	for (;;) {
		int s = accept(listener, NULL, NULL);

		if (s < 0)
			return NULL;
		if (read(s, &c, 1) == 1)
			send(s, "y", 1, MSG_NOSIGNAL);
		close(s);
	}
}

static void connections(void)
{
	pthread_t t[4];

	listener = u_server(SOCK_STREAM, "race", 3);
	until = t_now_ms() + BUDGET_MS;
	T_EQ(pthread_create(&t[0], NULL, acceptor, NULL), 0);
	for (int i = 1; i < 4; i++)
		T_EQ(pthread_create(&t[i], NULL, connector, NULL), 0);
	for (int i = 1; i < 4; i++)
		pthread_join(t[i], NULL);
	T_OK(shutdown(listener, SHUT_RD));
	pthread_join(t[0], NULL);
	T_CMP(nr_connected, >, 0);
	close(listener);
}

/* Descriptors go round in rings that are dropped at any moment. */
static void *passer(void *arg)
{
	int gate = (int)(long)arg, fds[4];
	struct message m;

	while (!is_over()) {
		int a[2], b[2];

		if (socketpair(AF_UNIX, SOCK_DGRAM, 0, a) || socketpair(AF_UNIX, SOCK_STREAM, 0, b))
			continue;
		m_send_fds(a[0], (int[]){b[1], a[1], gate}, 3, MSG_DONTWAIT);
		m_send_fds(b[0], (int[]){a[1], b[1], gate}, 3, MSG_DONTWAIT);
		close(b[1]);
		if (a[0] & 1 && recvmsg(a[1], &m_init(&m, 256)->h, MSG_DONTWAIT) == 1)
			for (int i = m_fds(&m, fds); i-- > 0;)
				close(fds[i]);
		close(a[0]);
		close(a[1]);
		close(b[0]);
	}
	return NULL;
}

static void descriptors(void)
{
	struct pollfd f;
	pthread_t t[4];
	int p[2];
	char c;

	T_OK(pipe(p));
	until = t_now_ms() + BUDGET_MS;
	for (int i = 0; i < 4; i++)
		T_EQ(pthread_create(&t[i], NULL, passer, (void *)(long)p[1]), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	close(p[1]);
	f = (struct pollfd){p[0], POLLIN, 0};
	for (int i = 0; i < 50 && poll(&f, 1, 50) == 0; i++)
		close(u_socket(SOCK_STREAM));
	T_EQ(read(p[0], &c, 1), 0); /* every copy of the gate is closed */
}

/* Many senders at one datagram socket, whose queue is short. */
static unsigned long nr_sent, nr_received;
static int target;

static void *dgram_sender(void *arg)
{
	int s = u_socket(SOCK_DGRAM);

	(void)arg;
	T_OK(u_connect(s, "target"));
	while (!is_over())
		if (send(s, "message", 7, 0) == 7)
			__atomic_add_fetch(&nr_sent, 1, __ATOMIC_RELAXED);
	close(s);
	return NULL;
}

static void datagrams(void)
{
	pthread_t t[3];
	char buf[16];

	target = u_socket(SOCK_DGRAM);
	T_OK(u_bind(target, "target"));
	until = t_now_ms() + BUDGET_MS;
	for (int i = 0; i < 3; i++)
		T_EQ(pthread_create(&t[i], NULL, dgram_sender, NULL), 0);
	while (!is_over())
		if (recv(target, buf, sizeof(buf), MSG_DONTWAIT) == 7)
			nr_received++;
	/* Senders may sleep at the full queue: empty it until they are gone. */
	for (int i = 0; i < 40; i++) {
		while (recv(target, buf, sizeof(buf), MSG_DONTWAIT) == 7)
			nr_received++;
		t_sleep_ms(5);
	}
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	while (recv(target, buf, sizeof(buf), MSG_DONTWAIT) == 7)
		nr_received++;
	T_CMP(nr_sent, >, 0);
	T_EQ(nr_received, nr_sent);
	close(target);
}

TEST_MAIN
{
	t_count_signal(SIGPIPE, 0);
	streams();
	connections();
	descriptors();
	datagrams();
}
