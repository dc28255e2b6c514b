/*
 * getrandom(2) without entering the kernel: each thread has a state of its own, keyed by the call
 * once per generation of the kernel's generator. See vdso(7), getrandom(2); the state's size and
 * the flags to map it with are asked for with opaque_len ~0.
 *
 * The state lies in memory that fork() wipes and the kernel may drop (MAP_DROPPABLE): a generation
 * of 0 then says that there is no key.
 */
#include "core/time.h"
#include "abi/linux/missing.h"
#include <asm/unistd_64.h>
#include <linux/mman.h>
#include <linux/random.h>

#define PAGE_BYTES  4096
#define BLOCK_BYTES 64
#define BATCH_BYTES 96
#define MAX_BYTES   0x7ffff000ul /* of one call: getrandom(2) on 64-bit machines */

extern struct vvar_data vvar_page __attribute__((visibility("hidden")));

struct state {
	union {
		struct {
			u8 batch[BATCH_BYTES]; /* bytes made ahead; those given out are 0 */
			u32 key[8];
		};
		u8 both[2 * BLOCK_BYTES]; /* what one refill writes: a batch and the next key */
	};
	u64 generation; /* of the kernel's generator when the key was taken; 0: there is none */
	u8 used;	/* bytes of the batch given out */
	u8 is_busy;	/* a signal handler of this thread came in between, and does without */
};
_Static_assert(sizeof(struct state) == 144, "told to programs");
_Static_assert(BATCH_BYTES + 32 == 2 * BLOCK_BYTES, "whole blocks");

void chacha20_blocks_nostack(void *out, const u32 *key, u32 *counter, size_t nr_blocks);
long __vdso_getrandom(void *buffer, size_t len, unsigned flags, void *opaque_state,
		      size_t opaque_len);

static long syscall_getrandom(void *buffer, size_t len, unsigned flags)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"((long)__NR_getrandom), "D"(buffer), "S"(len), "d"((long)flags)
			 : "rcx", "r11", "memory");
	return ret;
}

static void put_params(struct vgetrandom_opaque_params *p)
{
	p->size_of_opaque_state = sizeof(struct state);
	p->mmap_prot = PROT_READ | PROT_WRITE;
	p->mmap_flags = MAP_DROPPABLE | MAP_ANONYMOUS;
	for (unsigned i = 0; i < sizeof(p->reserved) / sizeof(p->reserved[0]); i++)
		p->reserved[i] = 0;
}

/* Bytes of the batch go out and are erased, so that a later look at the state tells nothing. */
static size_t take_from_batch(struct state *s, u8 *out, size_t len)
{
	size_t n = BATCH_BYTES - s->used;

	n = n < len ? n : len;
	for (size_t i = 0; i < n; i++) {
		out[i] = s->batch[s->used + i];
		WRITE_ONCE(s->batch[s->used + i], 0);
	}
	s->used = (u8)(s->used + n);
	return n;
}

/* All of it from one key, which the last two blocks replace. */
static void produce(struct state *s, u8 *out, size_t len)
{
	u32 counter[2] = {0, 0};
	size_t n = take_from_batch(s, out, len);

	out += n;
	len -= n;
	if (!len)
		return;
	if (len >= BLOCK_BYTES) {
		n = len / BLOCK_BYTES;
		chacha20_blocks_nostack(out, s->key, counter, n);
		out += n * BLOCK_BYTES;
		len -= n * BLOCK_BYTES;
	}
	chacha20_blocks_nostack(s->both, s->key, counter, sizeof(s->both) / BLOCK_BYTES);
	s->used = 0;
	(void)take_from_batch(s, out, len);
}

static bool take_key(struct state *s, u64 generation)
{
	/* First, so that a fork in between leaves 0 and not a key of an unknown generation. */
	WRITE_ONCE(s->generation, generation);
	s->used = BATCH_BYTES;
	return syscall_getrandom(s->key, sizeof(s->key), 0) == sizeof(s->key);
}

long __vdso_getrandom(void *buffer, size_t len, unsigned flags, void *opaque_state,
		      size_t opaque_len)
{
	struct state *s = opaque_state;
	u64 generation;

	if (unlikely(opaque_len == ~0ul && !buffer && !len && !flags)) {
		put_params(opaque_state);
		return 0;
	}
	/* The kernel drops whole pages: a state in two of them could lose one half. */
	if (unlikely(((unsigned long)s & (PAGE_BYTES - 1)) + sizeof(*s) > PAGE_BYTES))
		return -14; /* EFAULT */
	if (unlikely(opaque_len != sizeof(*s) ||
		     (flags & ~(unsigned)(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))))
		return syscall_getrandom(buffer, len, flags);
	if (unlikely(!len))
		return 0;
	if (unlikely(READ_ONCE(s->is_busy)))
		return syscall_getrandom(buffer, len, flags);
	len = len < MAX_BYTES ? len : MAX_BYTES;
	WRITE_ONCE(s->is_busy, 1);
	do {
		generation = READ_ONCE(vvar_page.rng_generation);
		if (unlikely(!generation || (READ_ONCE(s->generation) != generation &&
					     !take_key(s, generation)))) {
			WRITE_ONCE(s->generation, 0);
			WRITE_ONCE(s->is_busy, 0);
			return syscall_getrandom(buffer, len, flags);
		}
		produce(s, buffer, len);
		/* Again when the state was wiped or the kernel has new entropy: the old bytes were
		 * never given out. */
	} while (unlikely(READ_ONCE(s->generation) != READ_ONCE(vvar_page.rng_generation)));
	WRITE_ONCE(s->is_busy, 0);
	return (long)len;
}

long getrandom(void *buffer, size_t len, unsigned flags, void *opaque_state, size_t opaque_len)
	__attribute__((weak, alias("__vdso_getrandom")));
