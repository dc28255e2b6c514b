/* The random generator: ChaCha20's vectors (RFC 8439, appendix A.1), and that nothing comes twice.
 */
#include "core/cpu.h"
#include "core/time.h"
#include "unit.h"

static struct cpu unit_cpu;
struct arch_cpu *const none_this_cpu = &unit_cpu.arch;

static struct vvar_data unit_vvar;
struct vvar_data *vvar = &unit_vvar;

u64 now_real_ns(void)
{
	return 0;
}

bool arch_random_u64(u64 *out)
{
	return false;
}

#include "core/random.c"

static const u8 block0[64] = {
	0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5, 0x53,
	0x86, 0xbd, 0x28, 0xbd, 0xd2, 0x19, 0xb8, 0xa0, 0x8d, 0xed, 0x1a, 0xa8, 0x36,
	0xef, 0xcc, 0x8b, 0x77, 0x0d, 0xc7, 0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48,
	0x8d, 0x77, 0x24, 0xe0, 0x3f, 0xb8, 0xd8, 0x4a, 0x37, 0x6a, 0x43, 0xb8, 0xf4,
	0x15, 0x18, 0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69, 0xb2, 0xee, 0x65, 0x86,
};
static const u8 block1_start[8] = {0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a};

static void test_vectors(void)
{
	static const u32 key[KEY_WORDS];
	u8 out[BLOCK_BYTES];

	chacha20_block(key, 0, out);
	CHECK(memcmp(out, block0, sizeof(out)) == 0);
	chacha20_block(key, 1, out);
	CHECK(memcmp(out, block1_start, sizeof(block1_start)) == 0);
}

static void test_stream(void)
{
	static u8 a[1000], b[1000];
	unsigned i, zeros = 0, ones = 0;
	u64 before;

	random_init((const u8 *)"seed", 4);
	random_bytes(a, sizeof(a));
	random_bytes(b, sizeof(b));
	CHECK(memcmp(a, b, sizeof(a)) != 0);
	for (i = 0; i < sizeof(a); i++) {
		zeros += a[i] == 0;
		ones += (unsigned)__builtin_popcount(a[i]);
	}
	CHECK(zeros < 30);
	CHECK(ones > 3600 && ones < 4400);
	before = random_u64();
	CHECK(before != random_u64());
	/* What was given out is gone from the pool. */
	random_bytes(a, 16);
	for (i = 0; i + 16 <= POOL_BYTES; i++)
		if (memcmp(gen.pool + i, a, 16) == 0)
			break;
	CHECK(i + 16 > POOL_BYTES);
	random_bytes(a, 0);
	random_add(a, 0);
	random_add(a, 1000);
	CHECK(random_u64() != before);
}

int main(void)
{
	test_vectors();
	test_stream();
	return unit_end();
}
