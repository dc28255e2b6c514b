/* Socket addresses and messages as strace(1) prints them. Called by trace_put_arg() in
 * trace_decode.c. */
#include "lib/string.h"
#include "abi/linux/missing.h"
#include "sys/trace_format.h"
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/netlink.h>
#include <linux/un.h>

#define ADDRESS_MAX 128 /* bytes of any address */
#define CONTROL_MAX 512 /* bytes of control data that are looked at */

struct user_msghdr {
	unsigned long name;
	int namelen, pad;
	unsigned long iov, iovlen, control, controllen;
	unsigned flags;
};
struct user_cmsghdr {
	unsigned long len;
	int level, type;
};

static void put_unix(struct trace_line *line, const struct sockaddr_un *un, unsigned long len)
{
	size_t n = len - sizeof(un->sun_family);

	if (!n)
		return;
	n = MIN(n, sizeof(un->sun_path));
	if (un->sun_path[0]) {
		trace_put(line, ", sun_path=");
		trace_put_quoted(line, un->sun_path, strnlen(un->sun_path, n), false);
	} else {
		trace_put(line, ", sun_path=@");
		trace_put_quoted(line, un->sun_path + 1, n - 1, false);
	}
}

static unsigned host_port(__be16 port)
{
	return (unsigned)(port >> 8 | (port & 0xff) << 8);
}

static void put_inet4(struct trace_line *line, const unsigned char *b)
{
	trace_put(line, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
}

static void put_inet(struct trace_line *line, const struct sockaddr_in *in)
{
	trace_put(line, ", sin_port=htons(%u), sin_addr=inet_addr(\"", host_port(in->sin_port));
	put_inet4(line, (const void *)&in->sin_addr);
	trace_put(line, "\")");
}

/* RFC 5952: the longest run of two zeros or more becomes "::". */
static void put_words(struct trace_line *line, const __be16 *word)
{
	int best = -1, best_len = 1;

	for (int i = 0; i < 8; i++) {
		int n = i;

		while (n < 8 && !word[n])
			n++;
		if (n - i > best_len) {
			best = i;
			best_len = n - i;
		}
	}
	for (int i = 0; i < 8; i++) {
		if (i == best) {
			trace_put(line, "::");
			i += best_len - 1;
			continue;
		}
		trace_put(line, i && i != best + best_len ? ":%x" : "%x", host_port(word[i]));
	}
}

static void put_inet6(struct trace_line *line, const struct sockaddr_in6 *in)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	const unsigned char *b = in->sin6_addr.s6_addr;
	__be16 word[8];

	memcpy(word, b, sizeof(word));
	trace_put(line, ", sin6_port=htons(%u), sin6_flowinfo=htonl(%u), inet_pton(AF_INET6, \"",
		  host_port(in->sin6_port), __builtin_bswap32(in->sin6_flowinfo));
	if (!memcmp(b, mapped, sizeof(mapped))) {
		trace_put(line, "::ffff:");
		put_inet4(line, b + sizeof(mapped));
	} else {
		put_words(line, word);
	}
	trace_put(line, "\", &sin6_addr), sin6_scope_id=%u", in->sin6_scope_id);
}

static void put_address(struct trace_line *line, unsigned long addr, unsigned long len)
{
	unsigned char bytes[ADDRESS_MAX] __attribute__((aligned(8))) = {0};
	const struct sockaddr_nl *nl = (const void *)bytes;
	unsigned short family;

	len = MIN(len, sizeof(bytes));
	if (!addr) {
		trace_put(line, "NULL");
		return;
	}
	if (len < sizeof(family) || line->copy_in(bytes, addr, len)) {
		trace_put_addr(line, addr);
		return;
	}
	memcpy(&family, bytes, sizeof(family));
	trace_put(line, "{sa_family=");
	trace_put_enum(line, &flag_set_socket_family, family);
	if (family == AF_UNIX) {
		put_unix(line, (const void *)bytes, len);
	} else if (family == AF_INET && len >= sizeof(struct sockaddr_in)) {
		put_inet(line, (const void *)bytes);
	} else if (family == AF_INET6 && len >= sizeof(struct sockaddr_in6)) {
		put_inet6(line, (const void *)bytes);
	} else if (family == AF_NETLINK && len >= sizeof(*nl)) {
		trace_put(line, ", nl_pid=%d, nl_groups=%08x", (int)nl->nl_pid, nl->nl_groups);
	} else if (len > sizeof(family)) {
		trace_put(line, ", sa_data=");
		trace_put_quoted(line, (const char *)bytes + sizeof(family), len - sizeof(family),
				 false);
	}
	trace_put(line, "}");
}

/* An address that the call filled in: the argument behind it points to its length. */
TRACE_DECODER(sockaddr)
{
	unsigned index = (unsigned)(arg - line->desc->args);
	int len;

	if (arg->direction & ARG_IN) {
		put_address(line, addr, count);
		return;
	}
	if (trace_failed(line) || line->copy_in(&len, line->args[index + 1], sizeof(len)) ||
	    len < 0) {
		trace_put_addr(line, addr);
		return;
	}
	put_address(line, addr, (unsigned long)len);
}

/* --- struct msghdr --- */

static const char *control_name(int type)
{
	static const char *const names[] = {NULL, "SCM_RIGHTS", "SCM_CREDENTIALS", NULL,
					    "SCM_PIDFD"};

	return type >= 0 && type < (int)ARRAY_SIZE(names) ? names[type] : NULL;
}

static void put_control_data(struct trace_line *line, int type, const unsigned char *data,
			     size_t len)
{
	int n[3];

	if (type == SCM_CREDENTIALS && len >= sizeof(n)) {
		memcpy(n, data, sizeof(n));
		trace_put(line, "{pid=%d, uid=%d, gid=%d}", n[0], n[1], n[2]);
		return;
	}
	trace_put(line, "[");
	for (size_t i = 0; i + sizeof(int) <= len; i += sizeof(int)) {
		memcpy(n, data + i, sizeof(int));
		trace_put(line, i ? ", %d" : "%d", n[0]);
	}
	trace_put(line, "]");
}

static void put_control(struct trace_line *line, unsigned long addr, unsigned long len)
{
	unsigned char bytes[CONTROL_MAX];
	struct user_cmsghdr c;
	size_t at = 0, end = MIN(len, sizeof(bytes));

	trace_put(line, ", msg_control=");
	if (line->copy_in(bytes, addr, end)) {
		trace_put_addr(line, addr);
		return;
	}
	trace_put(line, "[");
	while (at + sizeof(c) <= end) {
		memcpy(&c, bytes + at, sizeof(c));
		if (c.len < sizeof(c) || c.len > end - at)
			break;
		trace_put(line, at ? ", {cmsg_len=%lu, cmsg_level=" : "{cmsg_len=%lu, cmsg_level=",
			  c.len);
		trace_put_enum(line, &flag_set_socket_level, (unsigned)c.level);
		if (c.level == SOL_SOCKET && control_name(c.type)) {
			trace_put(line, ", cmsg_type=%s, cmsg_data=", control_name(c.type));
			put_control_data(line, c.type, bytes + at + sizeof(c), c.len - sizeof(c));
		} else {
			trace_put(line, ", cmsg_type=%#x", c.type);
		}
		trace_put(line, "}");
		at += ALIGN_UP(c.len, sizeof(long));
	}
	trace_put(line, "]");
}

TRACE_DECODER(msghdr)
{
	struct arg_desc vector = *arg;
	struct user_msghdr m;

	(void)count;
	if (!trace_get(line, &m, addr, sizeof(m)))
		return;
	if (trace_failed(line) && arg->direction != ARG_IN) {
		trace_put(line, "{msg_namelen=%d}", m.namelen);
		return;
	}
	vector.direction = arg->direction == ARG_IN ? ARG_IN : ARG_OUT;
	trace_put(line, "{msg_name=");
	put_address(line, m.name, m.namelen > 0 ? (unsigned long)m.namelen : 0);
	trace_put(line, ", msg_namelen=%d, msg_iov=", m.namelen);
	trace_decode_iovec(line, m.iov, &vector, MIN(m.iovlen, 1024ul));
	trace_put(line, ", msg_iovlen=%lu", m.iovlen);
	if (m.controllen)
		put_control(line, m.control, m.controllen);
	trace_put(line, ", msg_controllen=%lu, msg_flags=", m.controllen);
	trace_put_flags(line, &flag_set_msg, m.flags);
	trace_put(line, "}");
}
