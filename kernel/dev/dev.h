/* Drivers. main.c calls the init functions; the rest is for other layers. */
#ifndef DEV_DEV_H
#define DEV_DEV_H

#include "lib/types.h"

int mem_dev_init(void);	    /* /dev/null zero full random urandom */
int virtio_mmio_init(void); /* finds transports from the command line, binds drivers */
int virtio_console_init(void);
int tty_init(void); /* /dev/tty /dev/console /dev/hvc0 */

/* virtio-console ports for the kernel itself (trace output): write all, sleeping as needed; any
 * thread context. -EPIPE -ENODEV. */
long vport_write(unsigned port_nr, const void *buf, size_t n);
/* Wait until the host has taken everything written to all ports; before power-off. */
void vport_drain(void);

#endif
