/*
 * Urgent data of TCP: MSG_OOB of send(2) and recv(2), tcp(7). lwIP knows nothing of it. A sender
 * remembers where its urgent byte lies; the segments that lead there get the flag and the pointer
 * of the TCP header as they come off the loopback, before lwIP handles them; and the receiver's
 * side reads them there. The pointer names the byte behind the urgent one, as Linux has it.
 */
#include "net/inet/inet.h"
#include "vfs/fown.h"
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>

#define IS_BEFORE(a, b) ((s32)((a) - (b)) < 0)

u32 inet_nr_urgent;

/* --- the sender --- */

void inet_urgent_sent(struct inet_sock *i)
{
	if (!i->has_sent_urgent)
		inet_nr_urgent++;
	i->has_sent_urgent = true;
	i->sent_urgent_seq = i->tcp->snd_lbb;
}

void inet_urgent_forget(struct inet_sock *i)
{
	if (i->has_sent_urgent)
		inet_nr_urgent--;
	i->has_sent_urgent = false;
}

static bool is_connection(const struct inet_sock *i, const ip_addr_t *local, u16 port,
			  const ip_addr_t *peer, u16 peer_port)
{
	return i->tcp && i->state == INET_CONNECTED && i->local.port == port &&
	       i->peer.port == peer_port && ip_addr_cmp(&i->local.ip, local) &&
	       ip_addr_cmp(&i->peer.ip, peer);
}

static void mark(struct inet_sock *from, struct tcp_hdr *tcp)
{
	u32 seq = lwip_ntohl(tcp->seqno);

	if (!from->has_sent_urgent)
		return;
	if (!IS_BEFORE(from->tcp->lastack, from->sent_urgent_seq)) {
		inet_urgent_forget(from);
		return;
	}
	if (!IS_BEFORE(seq, from->sent_urgent_seq) || from->sent_urgent_seq - seq > 0xffff)
		return;
	tcp->urgp = lwip_htons((u16)(from->sent_urgent_seq - seq));
	TCPH_SET_FLAG(tcp, TCP_URG);
}

/* --- the receiver --- */

/* The urgent byte has this number. */
static void announce(struct inet_sock *i, u32 seq)
{
	if (IS_BEFORE(seq, i->rx_end_seq) || (i->urgent.state && !IS_BEFORE(i->urgent.seq, seq)))
		return; /* over, or known */
	/* The last one lies at the mark: it is no data of the stream. */
	if (inet_urgent_at_mark(i) && i->head && !(i->s.options & SOCK_OPT_OOBINLINE)) {
		i->head->off++;
		i->rx_bytes--;
		if (i->head->off == i->head->p->tot_len)
			inet_queue_pop(i);
	}
	i->urgent = (struct inet_urgent){.seq = seq, .state = INET_URGENT_COMING};
	if (i->s.file)
		fown_send(i->s.file, 0, FOWN_URG);
}

void inet_urgent_input(struct tcp_hdr *tcp, const ip_addr_t *src, const ip_addr_t *dst)
{
	u16 from = lwip_ntohs(tcp->src), to = lwip_ntohs(tcp->dest);
	struct inet_sock *i;

	for_each_inet_sock(i)
	{
		if (is_connection(i, src, from, dst, to)) {
			mark(i, tcp);
			break;
		}
	}
	if (!(TCPH_FLAGS(tcp) & TCP_URG) || !tcp->urgp)
		return;
	for_each_inet_sock(i)
	{
		if (is_connection(i, dst, to, src, from)) {
			announce(i, lwip_ntohl(tcp->seqno) + lwip_ntohs(tcp->urgp) - 1);
			break;
		}
	}
}

void inet_urgent_arrived(struct inet_sock *i, const struct pbuf *p)
{
	u32 ahead = i->urgent.seq - i->rx_end_seq;

	if (i->urgent.state != INET_URGENT_COMING || ahead >= p->tot_len)
		return;
	i->urgent.byte = pbuf_get_at(p, (u16)ahead);
	i->urgent.state = INET_URGENT_VALID;
	waitq_wake_key(&i->s.rd_wait, 1, EPOLLPRI);
}

bool inet_urgent_limit(const struct inet_sock *i, u32 seq, long done, size_t *n, bool *passed_over)
{
	u32 ahead = i->urgent.seq - seq;

	if (ahead >= *n)
		return true;
	if (ahead) {
		*n = ahead;
		return true;
	}
	if (done)
		return false; /* at the mark */
	*n = 1;
	*passed_over = !(i->s.options & SOCK_OPT_OOBINLINE);
	return true;
}

void inet_urgent_passed(struct inet_sock *i)
{
	if (IS_BEFORE(i->urgent.seq, inet_read_seq(i)))
		i->urgent.state = INET_URGENT_NONE;
}

bool inet_urgent_at_mark(const struct inet_sock *i)
{
	return i->urgent.state && i->urgent.seq == inet_read_seq(i);
}

/* With the lock held: 1, or why there is nothing. */
static long take_urgent(struct inet_sock *i, struct sock_msg *m)
{
	if ((i->s.options & SOCK_OPT_OOBINLINE) || !i->urgent.state ||
	    i->urgent.state == INET_URGENT_READ)
		return -EINVAL;
	if (i->urgent.state == INET_URGENT_COMING)
		return i->is_eof || (i->s.shutdown & SOCK_SHUT_RCV) ? 0 : -EAGAIN;
	m->out_flags |= MSG_OOB;
	if (!m->it->count)
		m->out_flags |= MSG_TRUNC;
	else if (!(m->flags & MSG_TRUNC) && iter_put(m->it, &i->urgent.byte, 1) != 1)
		return -EFAULT;
	if (!(m->flags & MSG_PEEK))
		i->urgent.state = INET_URGENT_READ;
	return m->out_flags & MSG_TRUNC ? 0 : 1;
}

long inet_urgent_recv(struct inet_sock *i, struct sock_msg *m)
{
	long n;

	inet_lock();
	n = i->state == INET_CLOSED || i->state == INET_LISTEN ? -ENOTCONN : take_urgent(i, m);
	inet_unlock();
	return n;
}
