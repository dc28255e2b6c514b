/* What the files of the socket calls share. */
#ifndef SYS_SOCK_H
#define SYS_SOCK_H

#include "net/socket.h"
#include "sys/syscall.h"

/* A descriptor that is a socket; NULL and *err: -EBADF, -ENOTSOCK. End with fd_put(*r). */
struct socket *sock_get(int fd, struct fdref *r, long *err);
/* An address from the user, in SOCK_ADDR_MAX bytes. -EINVAL -EFAULT. */
int sock_addr_get(void *to, uaddr_t from, int len);
/* An address to the user: cut to the room that *len_at names, which becomes its full length. */
int sock_addr_put(uaddr_t to, uaddr_t len_at, const void *addr, int len);

/* A control buffer of the user, as sendmsg(2) and recvmsg(2) have it. */
struct control_area {
	uaddr_t base;
	size_t len;  /* in: its size; out: what is left of it */
	size_t used; /* out */
};
/* Take SCM_RIGHTS and SCM_CREDENTIALS out of it, and what is for a protocol of IP, which `extras`
 * keeps. On error nothing is kept. */
int sock_control_get(struct socket *s, struct sock_control *c, struct sock_extras *extras,
		     uaddr_t control, size_t len);
/* Put what came with a message into it; sets MSG_CTRUNC. Consumes c->files. */
void sock_control_put(struct socket *s, struct sock_msg *m, struct control_area *a);

void sock_start(void); /* before the first socket */

#endif
