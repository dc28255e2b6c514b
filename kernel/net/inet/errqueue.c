/*
 * The error queue: IP_RECVERR of ip(7) and IPV6_RECVERR of ipv6(7), read by recvmsg(2) with
 * MSG_ERRQUEUE. ICMP errors come from input.c; MSG_ZEROCOPY's completions, which say that the data
 * was copied after all, from whoever sends.
 */
#include "net/inet/inet.h"
#include "mm/kmalloc.h"
#include <linux/errqueue.h>

#define QUEUE_MAX 64   /* of one socket; more are lost */
#define QUOTE_MAX 1280 /* bytes of a packet that are kept */

/* ee, and behind it the address of who found the error. */
struct err_control4 {
	struct sock_extended_err ee;
	struct sockaddr_in offender;
};
struct err_control6 {
	struct sock_extended_err ee;
	struct sockaddr_in6 offender;
};
_Static_assert(sizeof(struct err_control6) <= SOCK_EXTRA_BYTES, "control data of an error");

static struct inet_err *add(struct inet_sock *i, size_t bytes)
{
	struct inet_err *e;

	if (i->nr_errs >= QUEUE_MAX || !socket_charge(sizeof(*e) + bytes))
		return NULL;
	e = kzalloc(sizeof(*e) + bytes, GFP_KERNEL);
	if (!e) {
		socket_uncharge(sizeof(*e) + bytes);
		return NULL;
	}
	e->len = (u16)bytes;
	*i->errs_tail = e;
	i->errs_tail = &e->next;
	i->nr_errs++;
	return e;
}

static void pop(struct inet_sock *i)
{
	struct inet_err *e = i->errs;

	i->errs = e->next;
	if (!i->errs)
		i->errs_tail = &i->errs;
	i->nr_errs--;
	socket_uncharge(sizeof(*e) + e->len);
	kfree(e);
}

void inet_err_drop(struct inet_sock *i)
{
	while (i->errs)
		pop(i);
}

static bool is_icmp(const struct inet_err *e)
{
	return e->ee.ee_origin == SO_EE_ORIGIN_ICMP || e->ee.ee_origin == SO_EE_ORIGIN_ICMP6;
}

void inet_err_icmp(struct inet_sock *i, const struct inet_icmp *icmp)
{
	bool is_v6 = IP_IS_V6_VAL(icmp->from);
	struct inet_err *e;

	if (i->opt.wants & (is_v6 ? INET_WANTS_ERRORS6 : INET_WANTS_ERRORS)) {
		e = add(i, MIN(icmp->len, (u16)QUOTE_MAX));
		if (e) {
			e->ee.ee_errno = (u32)icmp->error;
			e->ee.ee_origin = is_v6 ? SO_EE_ORIGIN_ICMP6 : SO_EE_ORIGIN_ICMP;
			e->ee.ee_type = icmp->type;
			e->ee.ee_code = icmp->code;
			e->offender = icmp->from;
			e->to = icmp->to;
			memcpy(e->data, icmp->data, e->len);
		}
	} else if (!i->has_peer || !icmp->is_hard) {
		return; /* ip(7): only a connected socket is told */
	}
	WRITE_ONCE(i->s.error, icmp->error);
	socket_wake_all(&i->s);
}

/* Numbers of sends that follow each other share one message. */
void inet_err_zerocopy(struct inet_sock *i)
{
	u32 nr = i->nr_zerocopy++;
	struct inet_err *e = i->errs;

	while (e && e->next)
		e = e->next;
	if (e && e->ee.ee_origin == SO_EE_ORIGIN_ZEROCOPY && e->ee.ee_data + 1 == nr) {
		e->ee.ee_data = nr;
		return;
	}
	e = add(i, 0);
	if (!e)
		return;
	e->ee.ee_origin = SO_EE_ORIGIN_ZEROCOPY;
	e->ee.ee_code = SO_EE_CODE_ZEROCOPY_COPIED;
	e->ee.ee_info = e->ee.ee_data = nr;
	socket_wake_all(&i->s);
}

static void put_control(const struct inet_sock *i, const struct inet_err *e, struct sock_extras *x)
{
	struct err_control4 c4 = {.ee = e->ee};
	struct err_control6 c6 = {.ee = e->ee};
	struct inet_name offender = {e->offender, 0};

	if (inet_is_v6(i)) {
		if (is_icmp(e))
			inet_fill(i, &c6.offender, &offender);
		sock_extras_add(x, SOL_IPV6, IPV6_RECVERR, &c6, sizeof(c6));
		return;
	}
	if (is_icmp(e)) {
		c4.offender.sin_family = AF_INET;
		c4.offender.sin_addr.s_addr = ip_addr_get_ip4_u32(&e->offender);
	}
	sock_extras_add(x, SOL_IP, IP_RECVERR, &c4, sizeof(c4));
}

long inet_err_recv(struct inet_sock *i, struct sock_msg *m)
{
	struct inet_err *e;
	size_t n;
	long done;

	inet_lock();
	e = i->errs;
	if (!e) {
		inet_unlock();
		return -EAGAIN;
	}
	n = MIN((size_t)e->len, m->it->count);
	done = iter_put(m->it, e->data, n) == n ? (long)n : -EFAULT;
	if (n < e->len)
		m->out_flags |= MSG_TRUNC;
	m->out_flags |= MSG_ERRQUEUE;
	if (m->name && is_icmp(e))
		m->name_len = inet_fill(i, m->name, &e->to);
	if (m->control.extras)
		put_control(i, e, m->control.extras);
	/* The error of the next one is now the socket's. */
	if (is_icmp(e))
		WRITE_ONCE(i->s.error, e->next && is_icmp(e->next) ? (int)e->next->ee.ee_errno : 0);
	pop(i);
	inet_unlock();
	return done;
}
