/* setsockopt(2) and getsockopt(2) at level SOL_SOCKET: socket(7). Called by sys/sockopt.c. */
#include "net/socket.h"
#include "lib/string.h"
#include "vfs/netinfo.h"
#include <linux/capability.h>

#define SNDBUF_MIN_BYTES 4608u /* what Linux rounds up to */
#define RCVBUF_MIN_BYTES 2304u
#define PRIORITY_MAX	 6 /* without a capability */

struct on_off {
	int name;
	u32 bit;
};

static const struct on_off switches[] = {
	{SO_DEBUG, SOCK_OPT_DEBUG},	    {SO_REUSEADDR, SOCK_OPT_REUSEADDR},
	{SO_REUSEPORT, SOCK_OPT_REUSEPORT}, {SO_DONTROUTE, SOCK_OPT_DONTROUTE},
	{SO_BROADCAST, SOCK_OPT_BROADCAST}, {SO_KEEPALIVE, SOCK_OPT_KEEPALIVE},
	{SO_OOBINLINE, SOCK_OPT_OOBINLINE}, {SO_NO_CHECK, SOCK_OPT_NO_CHECK},
	{SO_PASSCRED, SOCK_OPT_PASSCRED},   {SO_PASSPIDFD, SOCK_OPT_PASSPIDFD},
	{SO_RXQ_OVFL, SOCK_OPT_RXQ_OVFL},   {SO_SELECT_ERR_QUEUE, SOCK_OPT_SELECT_ERR},
	{SO_PASSSEC, SOCK_OPT_PASSSEC},	    {SO_WIFI_STATUS, SOCK_OPT_WIFI_STATUS},
};

static u32 switch_bit(int name)
{
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		if (switches[i].name == name)
			return switches[i].bit;
	return 0;
}

static void set_options(struct socket *s, u32 clear, u32 set)
{
	atomic_and(&s->options, ~clear);
	atomic_or(&s->options, set);
}

static u32 buffer_bytes(int val, u32 max, u32 min)
{
	u32 v = MIN((u32)val, max);

	/* socket(7): "The kernel doubles this value (to allow space for bookkeeping overhead)" */
	v = v > 0x3fffffff ? 0x7fffffff : v * 2;
	return MAX(v, min);
}

static int set_buffer(struct socket *s, const struct cred *c, int name, int val)
{
	bool is_forced = name == SO_SNDBUFFORCE || name == SO_RCVBUFFORCE;

	if (is_forced && !cred_has_cap(c, CAP_NET_ADMIN))
		return -EPERM;
	if (is_forced && val < 0)
		val = 0;
	s->buf_lock |=
		name == SO_SNDBUF || name == SO_SNDBUFFORCE ? SOCK_SNDBUF_LOCK : SOCK_RCVBUF_LOCK;
	if (name == SO_SNDBUF || name == SO_SNDBUFFORCE) {
		s->sndbuf_bytes = buffer_bytes(val, is_forced ? 0x7fffffff : net_limits.wmem_max,
					       SNDBUF_MIN_BYTES);
		waitq_wake_all(&s->wr_wait);
	} else {
		s->rcvbuf_bytes = buffer_bytes(val, is_forced ? 0x7fffffff : net_limits.rmem_max,
					       RCVBUF_MIN_BYTES);
	}
	return 0;
}

static int set_stamps(struct socket *s, int name, bool on)
{
	const u32 all = SOCK_OPT_TIMESTAMP | SOCK_OPT_TIMESTAMPNS | SOCK_OPT_TIMESTAMP_64;
	bool is_ns = name == SO_TIMESTAMPNS_OLD || name == SO_TIMESTAMPNS_NEW;
	bool is_64 = name == SO_TIMESTAMP_NEW || name == SO_TIMESTAMPNS_NEW;
	u32 set = (is_ns ? SOCK_OPT_TIMESTAMPNS : SOCK_OPT_TIMESTAMP) |
		  (is_64 ? SOCK_OPT_TIMESTAMP_64 : 0);

	set_options(s, all, on ? set : 0);
	return 0;
}

static int set_linger(struct socket *s, const void *val, int len)
{
	int l[2]; /* struct linger: l_onoff, l_linger */

	if (len < (int)sizeof(l))
		return -EINVAL;
	memcpy(l, val, sizeof(l));
	if (l[0])
		s->linger_s = l[1];
	set_options(s, SOCK_OPT_LINGER, l[0] ? SOCK_OPT_LINGER : 0);
	return 0;
}

static bool is_inet(const struct socket *s)
{
	return s->family == AF_INET || s->family == AF_INET6;
}

/* socket(7), SO_BINDTODEVICE: the one interface, or none again. */
static int bind_to_interface(struct socket *s, const struct cred *c, const void *name, int len)
{
	char text[IF_NAME_SIZE] = "";

	if (len < 0)
		return -EINVAL;
	if ((s->options & SOCK_OPT_BOUND_TO_LO) && !cred_has_cap(c, CAP_NET_RAW))
		return -EPERM;
	memcpy(text, name, MIN((size_t)len, sizeof(text) - 1));
	if (text[0] && strcmp(text, "lo"))
		return -ENODEV;
	set_options(s, SOCK_OPT_BOUND_TO_LO, text[0] ? SOCK_OPT_BOUND_TO_LO : 0);
	return 0;
}

static int get_interface(const struct socket *s, void *to, int *len)
{
	if (!(s->options & SOCK_OPT_BOUND_TO_LO)) {
		*len = 0;
		return 0;
	}
	if (*len < IF_NAME_SIZE)
		return -EINVAL;
	memcpy(to, "lo", 3);
	*len = 3;
	return 0;
}

/* There is no queue to poll: the number is kept. */
static int set_busy_poll(struct socket *s, const struct cred *c, int val)
{
	if (val < 0)
		return -EINVAL;
	if (val > s->busy_poll && !cred_has_cap(c, CAP_NET_ADMIN))
		return -EPERM;
	s->busy_poll = val;
	return 0;
}

/* msg_zerocopy: what is sent is copied all the same, and the error queue says so. */
static int set_zerocopy(struct socket *s, int val)
{
	if (!is_inet(s) || (s->type != SOCK_STREAM && s->type != SOCK_DGRAM))
		return -EOPNOTSUPP;
	if (val != 0 && val != 1)
		return -EINVAL;
	set_options(s, SOCK_OPT_ZEROCOPY, val ? SOCK_OPT_ZEROCOPY : 0);
	return 0;
}

static int set_number(struct socket *s, const struct cred *c, int name, int val)
{
	switch (name) {
	case SO_PRIORITY:
		if ((val < 0 || val > PRIORITY_MAX) && !cred_has_cap(c, CAP_NET_ADMIN) &&
		    !cred_has_cap(c, CAP_NET_RAW))
			return -EPERM;
		s->priority = val;
		return 0;
	case SO_MARK:
		if (!cred_has_cap(c, CAP_NET_ADMIN) && !cred_has_cap(c, CAP_NET_RAW))
			return -EPERM;
		s->mark = (u32)val;
		return 0;
	case SO_RCVLOWAT:
		s->rcvlowat = val < 0 ? INT32_MAX : val ? val : 1;
		return 0;
	case SO_PEEK_OFF:
		if (s->family != AF_UNIX)
			return -EOPNOTSUPP;
		s->peek_off = val < 0 ? -1 : val;
		return 0;
	case SO_BUSY_POLL:
		return set_busy_poll(s, c, val);
	case SO_INCOMING_CPU:
		s->incoming_cpu = val;
		return 0;
	case SO_ZEROCOPY:
		return set_zerocopy(s, val);
	case SO_BUF_LOCK:
		if (val & ~3)
			return -EINVAL;
		s->buf_lock = (u8)val;
		return 0;
	case SO_BSDCOMPAT:
		return 0; /* socket(7): ignored */
	}
	return -ENOPROTOOPT;
}

int socket_setsockopt(struct socket *s, const struct cred *c, int name, const void *value, int len)
{
	u32 bit = switch_bit(name);
	int val;

	if (name == SO_BINDTODEVICE)
		return bind_to_interface(s, c, value, len);
	if (len < (int)sizeof(val))
		return -EINVAL;
	memcpy(&val, value, sizeof(val));
	if (name == SO_DEBUG && val && !cred_has_cap(c, CAP_NET_ADMIN))
		return -EACCES;
	if (bit) {
		set_options(s, val ? 0 : bit, val ? bit : 0);
		if (s->ops->changed)
			s->ops->changed(s);
		return 0;
	}
	switch (name) {
	case SO_SNDBUF:
	case SO_SNDBUFFORCE:
	case SO_RCVBUF:
	case SO_RCVBUFFORCE:
		return set_buffer(s, c, name, val);
	case SO_TIMESTAMP_OLD:
	case SO_TIMESTAMP_NEW:
	case SO_TIMESTAMPNS_OLD:
	case SO_TIMESTAMPNS_NEW:
		return set_stamps(s, name, val);
	case SO_LINGER:
		return set_linger(s, value, len);
	}
	return set_number(s, c, name, val);
}

/* --- reading them --- */

static bool stamp_option(const struct socket *s, int name)
{
	u32 o = s->options;
	bool is_64 = o & SOCK_OPT_TIMESTAMP_64;

	switch (name) {
	case SO_TIMESTAMP_OLD:
		return (o & SOCK_OPT_TIMESTAMP) && !is_64;
	case SO_TIMESTAMP_NEW:
		return (o & SOCK_OPT_TIMESTAMP) && is_64;
	case SO_TIMESTAMPNS_OLD:
		return (o & SOCK_OPT_TIMESTAMPNS) && !is_64;
	default:
		return (o & SOCK_OPT_TIMESTAMPNS) && is_64;
	}
}

/* What is kept in the socket as it was set. */
static const struct field {
	int name;
	u32 offset; /* of an int */
} fields[] = {
#define FIELD(name, field)                                     \
	{                                                      \
		name, __builtin_offsetof(struct socket, field) \
	}
	FIELD(SO_PROTOCOL, protocol),
	FIELD(SO_SNDBUF, sndbuf_bytes),
	FIELD(SO_RCVBUF, rcvbuf_bytes),
	FIELD(SO_PRIORITY, priority),
	FIELD(SO_MARK, mark),
	FIELD(SO_RCVLOWAT, rcvlowat),
	FIELD(SO_PEEK_OFF, peek_off),
	FIELD(SO_BUSY_POLL, busy_poll),
	FIELD(SO_INCOMING_CPU, incoming_cpu),
#undef FIELD
};

static const struct field *find_field(int name)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].name == name)
			return &fields[i];
	return NULL;
}

static int get_number(struct socket *s, int name, int *val)
{
	const struct field *f = find_field(name);
	u32 bit = switch_bit(name);

	if (bit || f) {
		*val = bit ? (s->options & bit) != 0
			   : READ_ONCE(*(const int *)((const u8 *)s + f->offset));
		return 0;
	}
	switch (name) {
	case SO_TYPE:
		*val = s->type;
		return 0;
	case SO_DOMAIN:
		*val = s->family;
		return 0;
	case SO_ERROR:
		*val = -socket_take_error(s);
		return 0;
	case SO_SNDLOWAT:
		*val = 1; /* socket(7): cannot be changed */
		return 0;
	case SO_BSDCOMPAT:
	case SO_INCOMING_NAPI_ID: /* no queue of a device has an id */
		*val = 0;
		return 0;
	case SO_ZEROCOPY:
		*val = (s->options & SOCK_OPT_ZEROCOPY) != 0;
		return 0;
	case SO_BUF_LOCK:
		*val = s->buf_lock;
		return 0;
	case SO_BINDTOIFINDEX:
		*val = (s->options & SOCK_OPT_BOUND_TO_LO) != 0; /* lo is 1 */
		return 0;
	case SO_ACCEPTCONN:
		*val = s->ops->is_listening && s->ops->is_listening(s);
		return 0;
	case SO_TIMESTAMP_OLD:
	case SO_TIMESTAMP_NEW:
	case SO_TIMESTAMPNS_OLD:
	case SO_TIMESTAMPNS_NEW:
		*val = stamp_option(s, name);
		return 0;
	}
	return -ENOPROTOOPT;
}

static void put_value(void *to, int *len, const void *from, size_t n)
{
	*len = MIN(*len, (int)n);
	memcpy(to, from, (size_t)*len);
}

static int get_peer_name(struct socket *s, void *to, int *len)
{
	u8 addr[SOCK_ADDR_MAX];
	int n = s->ops->name(s, addr, true);

	if (n < 0)
		return n;
	/* Linux: the room must be enough, and is what is filled. */
	if (n < *len)
		return -EINVAL;
	memcpy(to, addr, (size_t)*len);
	return 0;
}

int socket_getsockopt(struct socket *s, int name, void *to, int *len)
{
	struct sock_ids ids;
	u64 cookie;
	int val, err;

	switch (name) {
	case SO_LINGER: {
		int l[2] = {(s->options & SOCK_OPT_LINGER) != 0, s->linger_s};

		put_value(to, len, l, sizeof(l));
		return 0;
	}
	case SO_PEERCRED:
		err = s->ops->peer_ids ? s->ops->peer_ids(s, &ids) : -ENOPROTOOPT;
		if (!err)
			put_value(to, len, &ids, sizeof(ids));
		return err;
	case SO_PEERNAME:
		return get_peer_name(s, to, len);
	case SO_BINDTODEVICE:
		return get_interface(s, to, len);
	case SO_COOKIE:
		if (*len < (int)sizeof(cookie))
			return -EINVAL;
		cookie = s->ino;
		put_value(to, len, &cookie, sizeof(cookie));
		return 0;
	}
	err = get_number(s, name, &val);
	if (!err)
		put_value(to, len, &val, sizeof(val));
	return err;
}
