/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_NET_MESSAGE_H
#define TESTS_NET_MESSAGE_H

/* Messages with control data, for the tests of sendmsg(2) and recvmsg(2). */

struct message {
	struct msghdr h;
	struct iovec iov;
	char data[64];
	union {
		struct cmsghdr align;
		char bytes[2048];
	} control;
};

/* Ready to receive into `room` bytes of control data. */
static inline struct message *m_init(struct message *m, size_t room)
{
	memset(m, 0, sizeof(*m));
	m->iov = (struct iovec){m->data, sizeof(m->data)};
	m->h.msg_iov = &m->iov;
	m->h.msg_iovlen = 1;
	if (room)
		m->h.msg_control = m->control.bytes;
	m->h.msg_controllen = room;
	return m;
}

/* One byte of data and one control message. */
static inline struct message *m_control(struct message *m, int type, const void *data, size_t n)
{
	struct cmsghdr *c;

	m_init(m, CMSG_SPACE(n));
	m->iov.iov_len = 1;
	c = CMSG_FIRSTHDR(&m->h);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(c), data, n);
	return m;
}

static inline long m_send_fds(int s, const int *fds, int n, int flags)
{
	struct message m;

	return sendmsg(s, &m_control(&m, SCM_RIGHTS, fds, (size_t)n * sizeof(int))->h, flags);
}

/* The first control message of that type, or NULL. */
static inline struct cmsghdr *m_find(struct message *m, int type)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m->h); c; c = CMSG_NXTHDR(&m->h, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == type)
			return c;
	return NULL;
}

/* How many descriptors came; they are put into fds. */
static inline int m_fds(struct message *m, int *fds)
{
	struct cmsghdr *c = m_find(m, SCM_RIGHTS);
	int n;

	if (!c)
		return 0;
	n = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	memcpy(fds, CMSG_DATA(c), (size_t)n * sizeof(int));
	return n;
}

#endif
