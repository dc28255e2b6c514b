/*
 * lwIP's options; its lwip/opt.h has the defaults and explains each. No threads of its own: inet.c
 * calls it with the lock held. Memory comes from the kernel's heap, and is counted (port.c).
 */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS			       1
#define SYS_LIGHTWEIGHT_PROT	       0
#define LWIP_NETCONN		       0
#define LWIP_SOCKET		       0
#define LWIP_STATS		       0
#define LWIP_TIMERS		       0 /* those of TCP run in port.c */
#define LWIP_NOASSERT		       1
#define LWIP_DISABLE_TCP_SANITY_CHECKS 1

#define MEM_LIBC_MALLOC	 1
#define MEMP_MEM_MALLOC	 1
#define MEM_ALIGNMENT	 8
#define mem_clib_malloc	 inet_malloc
#define mem_clib_calloc	 inet_calloc
#define mem_clib_free	 inet_free
#define MEMP_NUM_TCP_PCB 65535 /* not a limit with MEMP_MEM_MALLOC, but used in sums */

#define LWIP_IPV4		  1
#define LWIP_IPV6		  1
#define LWIP_IPV6_SCOPES	  0 /* one interface */
#define LWIP_IPV6_NUM_ADDRESSES	  1
#define LWIP_IPV6_MLD		  0
#define LWIP_IPV6_FRAG		  0
#define LWIP_IPV6_REASS		  0
#define LWIP_IPV6_AUTOCONFIG	  0
#define LWIP_ICMP6		  1
#define LWIP_ARP		  0
#define LWIP_ETHERNET		  0
#define LWIP_DHCP		  0
#define LWIP_DNS		  0
#define LWIP_ICMP		  1
#define LWIP_RAW		  1
#define LWIP_UDP		  1
#define LWIP_UDPLITE		  1
#define LWIP_TCP		  1
#define IP_REASSEMBLY		  0 /* nothing is fragmented: the loopback has no MTU */
#define IP_FRAG			  0
#define IP_SOF_BROADCAST	  1
#define IP_SOF_BROADCAST_RECV	  1
#define SO_REUSE		  1
#define SO_REUSE_RXTOALL	  0
#define LWIP_MULTICAST_TX_OPTIONS 0

#define LWIP_NETIF_LOOPBACK		   1
#define LWIP_HAVE_LOOPIF		   1
#define LWIP_LOOPBACK_MAX_PBUFS		   0
#define LWIP_NETIF_LOOPBACK_MULTITHREADING 0

#define TCP_MSS			 16256 /* a packet and its headers: four pages */
#define LWIP_WND_SCALE		 1
#define TCP_RCV_SCALE		 3
#define TCP_WND			 (256 * 1024)
#define TCP_SND_BUF		 (256 * 1024)
#define TCP_SND_QUEUELEN	 2048
#define TCP_OVERSIZE		 512
#define TCP_SNDLOWAT		 (64 * 1024)
#define TCP_SNDQUEUELOWAT	 1024
#define TCP_WND_UPDATE_THRESHOLD (32 * 1024)
#define TCP_QUEUE_OOSEQ		 1
#define TCP_LISTEN_BACKLOG	 1
#define LWIP_TCP_KEEPALIVE	 1
#define LWIP_TCP_TIMESTAMPS	 0
#define TCP_MSL			 30000 /* TIME_WAIT: 60 s, as Linux */
#define TCP_SYNMAXRTX		 6

/* Checksums of what never leaves memory prove nothing. */
#define CHECKSUM_GEN_IP	   0
#define CHECKSUM_GEN_UDP   0
#define CHECKSUM_GEN_TCP   0
#define CHECKSUM_CHECK_IP  0
#define CHECKSUM_CHECK_UDP 0
#define CHECKSUM_CHECK_TCP 0

struct pbuf;
struct netif;
int inet_input4(struct pbuf *p, struct netif *in);
int inet_input6(struct pbuf *p, struct netif *in);
#define LWIP_HOOK_IP4_INPUT(p, in) inet_input4(p, in)
#define LWIP_HOOK_IP6_INPUT(p, in) inet_input6(p, in)

#include <stddef.h>
void *inet_malloc(size_t size);
void *inet_calloc(size_t n, size_t size);
void inet_free(void *p);

#endif
