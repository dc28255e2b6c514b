/*
 * The generator: ChaCha20 (RFC 8439) with fast key erasure -- of each refill the first 32 bytes
 * become the next key, so that a look at the memory tells nothing about bytes given out before.
 */
#include "core/lock.h"
#include "core/random.h"
#include "core/time.h"
#include "lib/string.h"

#define KEY_WORDS   8
#define BLOCK_BYTES 64
#define POOL_BLOCKS 4
#define POOL_BYTES  (POOL_BLOCKS * BLOCK_BYTES)

static struct {
	spinlock_t lock; /* RANK_LEAF, interrupts off */
	u32 key[KEY_WORDS];
	u64 counter;
	u8 pool[POOL_BYTES];
	size_t used; /* bytes of pool already given out or erased */
} gen = {.lock = SPINLOCK_INIT(RANK_LEAF, "random"), .used = POOL_BYTES};

static inline u32 rotl(u32 x, unsigned n)
{
	return x << n | x >> (32 - n);
}

#define QUARTER(a, b, c, d)                  \
	do {                                 \
		a += b, d = rotl(d ^ a, 16); \
		c += d, b = rotl(b ^ c, 12); \
		a += b, d = rotl(d ^ a, 8);  \
		c += d, b = rotl(b ^ c, 7);  \
	} while (0)

static void chacha20_block(const u32 key[KEY_WORDS], u64 counter, u8 out[BLOCK_BYTES])
{
	u32 in[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, x[16];
	unsigned i;

	memcpy(&in[4], key, KEY_WORDS * sizeof(u32));
	in[12] = (u32)counter;
	in[13] = (u32)(counter >> 32);
	in[14] = in[15] = 0;
	memcpy(x, in, sizeof(x));
	for (i = 0; i < 10; i++) {
		QUARTER(x[0], x[4], x[8], x[12]);
		QUARTER(x[1], x[5], x[9], x[13]);
		QUARTER(x[2], x[6], x[10], x[14]);
		QUARTER(x[3], x[7], x[11], x[15]);
		QUARTER(x[0], x[5], x[10], x[15]);
		QUARTER(x[1], x[6], x[11], x[12]);
		QUARTER(x[2], x[7], x[8], x[13]);
		QUARTER(x[3], x[4], x[9], x[14]);
	}
	for (i = 0; i < 16; i++)
		x[i] += in[i];
	memcpy(out, x, BLOCK_BYTES);
}

/* New pool and new key; lock held. */
static void refill(void)
{
	unsigned i;

	gen.key[0] ^= (u32)arch_cycles();
	for (i = 0; i < POOL_BLOCKS; i++)
		chacha20_block(gen.key, gen.counter++, gen.pool + i * BLOCK_BYTES);
	memcpy(gen.key, gen.pool, sizeof(gen.key));
	memset(gen.pool, 0, sizeof(gen.key));
	gen.used = sizeof(gen.key);
}

/* Mix into the key: each 32-byte piece is xored in and the key replaced by its own output. */
static void mix(const u8 *p, size_t n)
{
	while (n) {
		u8 piece[sizeof(gen.key)] = {0};
		size_t k = MIN(n, sizeof(piece)), i;
		u8 *key = (u8 *)gen.key;

		memcpy(piece, p, k);
		for (i = 0; i < sizeof(piece); i++)
			key[i] ^= piece[i];
		refill();
		p += k;
		n -= k;
	}
}

void random_add(const void *data, size_t size_bytes)
{
	unsigned long flags = spin_lock_irqsave(&gen.lock);

	mix(data, size_bytes);
	WRITE_ONCE(vvar->rng_generation, vvar->rng_generation + 1); /* programs take new keys */
	spin_unlock_irqrestore(&gen.lock, flags);
}

void random_init(const u8 *seed, size_t size_bytes)
{
	u64 words[5] = {0};
	unsigned i;

	for (i = 0; i < 4; i++)
		if (!arch_random_u64(&words[i]))
			words[i] = arch_cycles();
	words[4] = now_real_ns() ^ arch_cycles();
	random_add(words, sizeof(words));
	if (seed)
		random_add(seed, size_bytes);
}

void random_bytes(void *buf, size_t size_bytes)
{
	u8 *p = buf;

	while (size_bytes) {
		unsigned long flags = spin_lock_irqsave(&gen.lock);
		size_t n;

		if (gen.used == POOL_BYTES)
			refill();
		n = MIN(size_bytes, POOL_BYTES - gen.used);
		memcpy(p, gen.pool + gen.used, n);
		memset(gen.pool + gen.used, 0, n);
		gen.used += n;
		spin_unlock_irqrestore(&gen.lock, flags);
		p += n;
		size_bytes -= n;
	}
}

u64 random_u64(void)
{
	u64 v;

	random_bytes(&v, sizeof(v));
	return v;
}
