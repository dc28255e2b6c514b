/* For <linux/if.h>, which asks for the C library's header by this name. */
#ifndef INET_SYS_SOCKET_H
#define INET_SYS_SOCKET_H
#include <linux/socket.h>
struct sockaddr {
	__kernel_sa_family_t sa_family;
	char sa_data[14];
};
#endif
