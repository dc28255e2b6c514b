/*
 * What looks at each packet before lwIP handles it, which it asks for by its hooks. The packets are
 * those of the loopback: in one piece as they were sent, but a raw socket may have sent anything.
 */
#include "net/inet/inet.h"
#include <lwip/icmp.h>
#include <lwip/icmp6.h>
#include <lwip/netif.h>
#include <lwip/prot/icmp.h>
#include <lwip/prot/icmp6.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <lwip/prot/tcp.h>
#include <lwip/prot/udp.h>
#include <lwip/udp.h>

#define LOOPBACK lwip_htonl(INADDR_LOOPBACK)

/* --- ICMP errors, which lwIP itself does not pass on --- */

/* A UDP packet of ours from `src` to `dst` did not arrive. */
static void unreachable(const struct udp_hdr *udp, const ip_addr_t *dst, bool is_port)
{
	u16 from = lwip_ntohs(udp->src), to = lwip_ntohs(udp->dest);
	struct inet_sock *i;

	for_each_inet_sock(i)
	{
		if (i->udp && i->has_peer && i->local.port == from && i->peer.port == to &&
		    ip_addr_cmp(&i->peer.ip, dst))
			inet_dgram_refused(i, is_port ? ECONNREFUSED : EHOSTUNREACH);
	}
}

static void look_at_icmp(const u8 *icmp, const u8 *end)
{
	const struct ip_hdr *sent = (const void *)(icmp + sizeof(struct icmp_echo_hdr));
	const u8 *udp = (const u8 *)sent;
	ip_addr_t dst;

	if (icmp[0] != ICMP_DUR || (const u8 *)(sent + 1) > end)
		return;
	udp += IPH_HL_BYTES(sent);
	ip_addr_copy_from_ip4(dst, sent->dest);
	if (IPH_PROTO(sent) == IP_PROTO_UDP && udp + sizeof(struct udp_hdr) <= end)
		unreachable((const void *)udp, &dst, icmp[1] == ICMP_DUR_PORT);
}

static void look_at_icmp6(const u8 *icmp, const u8 *end)
{
	const struct ip6_hdr *sent = (const void *)(icmp + sizeof(struct icmp6_hdr));
	ip_addr_t dst;

	if (icmp + sizeof(struct icmp6_hdr) + sizeof(*sent) + sizeof(struct udp_hdr) > end ||
	    icmp[0] != ICMP6_TYPE_DUR)
		return;
	ip_addr_copy_from_ip6_packed(dst, sent->dest);
	if (IP6H_NEXTH(sent) == IP_PROTO_UDP)
		unreachable((const void *)(sent + 1), &dst, icmp[1] == ICMP6_DUR_PORT);
}

/*
 * Two ends whose windows are both closed answer each other's acknowledgements for ever: lwIP takes
 * a segment without data for one outside a window of no bytes, and acknowledges that. Here this
 * would be one run of the loopback's queue, without end. So an acknowledgement that comes a second
 * time in a run is dropped; and after ACKS_PER_RUN, all are: the next run goes on.
 */
#define ACKS_PER_RUN 4096
#define ACK_SLOTS    64

static struct tcp_hdr seen_acks[ACK_SLOTS];
static unsigned nr_acks;

static bool is_repeated_ack(const struct pbuf *p, const struct tcp_hdr *tcp)
{
	u32 at = (u32)((const u8 *)tcp - (const u8 *)p->payload);
	struct tcp_hdr *seen = &seen_acks[(tcp->src * 31u + tcp->dest) % ACK_SLOTS];

	if (at + TCPH_HDRLEN_BYTES(tcp) != p->tot_len || TCPH_FLAGS(tcp) != TCP_ACK)
		return false;
	if (++nr_acks > ACKS_PER_RUN || !memcmp(seen, tcp, sizeof(*tcp)))
		return true;
	*seen = *tcp;
	return false;
}

/* --- the hooks. 0: lwIP goes on with the packet; 1: it is ours. --- */

void inet_run_begins(void)
{
	if (nr_acks)
		memset(seen_acks, 0, sizeof(seen_acks));
	nr_acks = 0;
}

void inet_run_ends(void)
{
	if (ip4_addr_get_u32(netif_ip4_addr(netif_list)) != LOOPBACK)
		ip_addr_set_ip4_u32(&netif_list->ip_addr, LOOPBACK);
}

static int drop_repeated_ack(struct pbuf *p, const u8 *tcp)
{
	if (tcp + sizeof(struct tcp_hdr) > (const u8 *)p->payload + p->len ||
	    !is_repeated_ack(p, (const void *)tcp))
		return 0;
	pbuf_free(p);
	return 1;
}

int inet_input4(struct pbuf *p, struct netif *in)
{
	const struct ip_hdr *ip = p->payload;
	const u8 *next = (const u8 *)ip + IPH_HL_BYTES(ip), *end = (const u8 *)ip + p->len;

	if (p->len < sizeof(*ip) || next + sizeof(struct icmp_echo_hdr) > end)
		return 0;
	/* All of 127.0.0.0/8 is this machine; lwIP takes an interface for one address. */
	if ((ip->dest.addr & 0xff) == 127)
		ip4_addr_set_u32(ip_2_ip4(&in->ip_addr), ip->dest.addr);
	if (IPH_PROTO(ip) == IP_PROTO_ICMP)
		look_at_icmp(next, end);
	return IPH_PROTO(ip) == IP_PROTO_TCP ? drop_repeated_ack(p, next) : 0;
}

int inet_input6(struct pbuf *p, struct netif *in)
{
	const struct ip6_hdr *ip = p->payload;
	const u8 *next = (const u8 *)(ip + 1), *end = (const u8 *)ip + p->len;

	(void)in;
	if (next > end)
		return 0;
	if (IP6H_NEXTH(ip) == IP6_NEXTH_ICMP6)
		look_at_icmp6(next, end);
	return IP6H_NEXTH(ip) == IP6_NEXTH_TCP ? drop_repeated_ack(p, next) : 0;
}
