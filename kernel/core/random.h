/* The kernel's generator: ChaCha20 keyed from the boot seed, RDSEED/RDRAND and interrupt timing.
 * Any context. */
#ifndef CORE_RANDOM_H
#define CORE_RANDOM_H

#include "lib/types.h"

void random_init(const u8 *seed, size_t size_bytes); /* seed may be NULL */
void random_add(const void *data, size_t size_bytes);
void random_bytes(void *buf, size_t size_bytes);
u64 random_u64(void);

#endif
