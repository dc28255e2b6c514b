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

/* The errnos of icmp(7), by the code of an unreachable destination. */
static const struct icmp_errno {
	u8 error;
	bool is_hard;
} errnos4[] = {{ENETUNREACH, false},
	       {EHOSTUNREACH, false},
	       {ENOPROTOOPT, true},
	       {ECONNREFUSED, true}},
  errnos6[] = {{ENETUNREACH, false},
	       {EACCES, true},
	       {EHOSTUNREACH, false},
	       {EHOSTUNREACH, false},
	       {ECONNREFUSED, true}};

/* It is about a UDP packet of ours: its socket is told. `udp` to `end`: what is left of it. */
static void unreachable(struct inet_icmp *icmp, const struct icmp_errno *e, const u8 *udp,
			const u8 *end)
{
	const struct udp_hdr *h = (const void *)udp;
	struct inet_sock *i;

	icmp->error = e->error;
	icmp->is_hard = e->is_hard;
	icmp->src_port = lwip_ntohs(h->src);
	icmp->to.port = lwip_ntohs(h->dest);
	icmp->data = udp + sizeof(*h);
	icmp->len = (u16)(end - icmp->data);
	for_each_inet_sock(i)
	{
		if (i->udp && i->local.port == icmp->src_port &&
		    (!i->has_peer ||
		     (i->peer.port == icmp->to.port && ip_addr_cmp(&i->peer.ip, &icmp->to.ip))))
			inet_err_icmp(i, icmp);
	}
}

static void look_at_icmp(const struct ip_hdr *ip, const u8 *icmp, const u8 *end)
{
	const struct ip_hdr *sent = (const void *)(icmp + sizeof(struct icmp_echo_hdr));
	struct inet_icmp e = {.type = icmp[0], .code = icmp[1]};
	const u8 *udp;

	if (e.type != ICMP_DUR || e.code >= ARRAY_SIZE(errnos4) || (const u8 *)(sent + 1) > end)
		return;
	udp = (const u8 *)sent + IPH_HL_BYTES(sent);
	ip_addr_copy_from_ip4(e.to.ip, sent->dest);
	ip_addr_copy_from_ip4(e.from, ip->src);
	if (IPH_PROTO(sent) == IP_PROTO_UDP && udp + sizeof(struct udp_hdr) <= end)
		unreachable(&e, &errnos4[e.code], udp, end);
}

static void look_at_icmp6(const struct ip6_hdr *ip, const u8 *icmp, const u8 *end)
{
	const struct ip6_hdr *sent = (const void *)(icmp + sizeof(struct icmp6_hdr));
	const u8 *udp = (const u8 *)(sent + 1);
	struct inet_icmp e;

	if (udp + sizeof(struct udp_hdr) > end || icmp[0] != ICMP6_TYPE_DUR ||
	    icmp[1] >= ARRAY_SIZE(errnos6) || IP6H_NEXTH(sent) != IP_PROTO_UDP)
		return;
	e = (struct inet_icmp){.type = icmp[0], .code = icmp[1]};
	ip_addr_copy_from_ip6_packed(e.to.ip, sent->dest);
	ip_addr_copy_from_ip6_packed(e.from, ip->src);
	unreachable(&e, &errnos6[e.code], udp, end);
}

/* --- datagrams to groups --- */

/* 1: it was one, and is done with. */
static int look_at_udp(struct pbuf *p, const u8 *udp, struct inet_packet *packet)
{
	const struct udp_hdr *h = (const void *)udp;
	u16 header_bytes = (u16)(udp - (const u8 *)p->payload + sizeof(*h));

	if (!ip_addr_ismulticast(&packet->to))
		return 0;
	if (header_bytes <= p->len) {
		packet->from.port = lwip_ntohs(h->src);
		inet_mcast_input(p, packet, lwip_ntohs(h->dest), header_bytes);
	}
	pbuf_free(p);
	return 1;
}

/* --- acknowledgements --- */

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
		ip4_addr_set_u32(ip_2_ip4(&netif_list->ip_addr), LOOPBACK);
}

/* A TCP header lies at `tcp`, unless the packet ends before. */
static int look_at_tcp(struct pbuf *p, u8 *tcp, const struct inet_packet *packet)
{
	if (tcp + sizeof(struct tcp_hdr) > (const u8 *)p->payload + p->len)
		return 0;
	if (is_repeated_ack(p, (const void *)tcp)) {
		pbuf_free(p);
		return 1;
	}
	if (unlikely(inet_nr_urgent) || unlikely(TCPH_FLAGS((struct tcp_hdr *)tcp) & TCP_URG)) {
		inet_urgent_input((void *)tcp, &packet->from.ip, &packet->to);
	}
	return 0;
}

static void count_packet(const struct pbuf *p)
{
	net_lo_traffic.packets++;
	net_lo_traffic.bytes += p->tot_len;
}

int inet_input4(struct pbuf *p, struct netif *in)
{
	struct ip_hdr *ip = p->payload;
	u8 *next = (u8 *)ip + IPH_HL_BYTES(ip), *end = (u8 *)ip + p->len;
	struct inet_packet packet;

	count_packet(p);
	if (p->len < sizeof(*ip) || next + sizeof(struct icmp_echo_hdr) > end)
		return 0;
	/* All of 127.0.0.0/8 is this machine; lwIP takes an interface for one address. */
	if ((ip->dest.addr & 0xff) == 127)
		ip4_addr_set_u32(ip_2_ip4(&in->ip_addr), ip->dest.addr);
	if (IPH_PROTO(ip) == IP_PROTO_ICMP)
		look_at_icmp(ip, next, end);
	packet.ttl = IPH_TTL(ip);
	packet.tos = IPH_TOS(ip);
	ip_addr_copy_from_ip4(packet.from.ip, ip->src);
	ip_addr_copy_from_ip4(packet.to, ip->dest);
	switch (IPH_PROTO(ip)) {
	case IP_PROTO_TCP:
		return look_at_tcp(p, next, &packet);
	case IP_PROTO_UDP:
		return look_at_udp(p, next, &packet);
	}
	return 0;
}

int inet_input6(struct pbuf *p, struct netif *in)
{
	struct ip6_hdr *ip = p->payload;
	u8 *next = (u8 *)(ip + 1), *end = (u8 *)ip + p->len;
	struct inet_packet packet;

	(void)in;
	count_packet(p);
	if (next > end)
		return 0;
	packet.ttl = IP6H_HOPLIM(ip);
	packet.tos = IP6H_TC(ip);
	ip_addr_copy_from_ip6_packed(packet.from.ip, ip->src);
	ip_addr_copy_from_ip6_packed(packet.to, ip->dest);
	switch (IP6H_NEXTH(ip)) {
	case IP6_NEXTH_ICMP6:
		look_at_icmp6(ip, next, end);
		return 0;
	case IP6_NEXTH_TCP:
		return look_at_tcp(p, next, &packet);
	case IP6_NEXTH_UDP:
		return look_at_udp(p, next, &packet);
	}
	return 0;
}
