/*
 * Classic BPF: an accumulator A, an index X, 16 words of scratch memory, jumps forward only. The
 * subset that seccomp(2) allows; its data is struct seccomp_data, read in aligned words.
 */
#include "proc/bpf.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/seccomp.h>

#define DATA_BYTES sizeof(struct seccomp_data)

/* Which instructions there are. */
static bool is_known(u16 code)
{
	switch (code) {
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A:
	case BPF_LD | BPF_W | BPF_ABS:
	case BPF_LD | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_LD | BPF_IMM:
	case BPF_LDX | BPF_IMM:
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
	case BPF_ALU | BPF_NEG:
	case BPF_JMP | BPF_JA:
		return true;
	}
	switch (BPF_CLASS(code)) {
	case BPF_ALU:
		if (code & ~(BPF_ALU | BPF_X | 0xf0))
			return false;
		return BPF_OP(code) <= BPF_RSH || BPF_OP(code) == BPF_XOR;
	case BPF_JMP:
		if (code & ~(BPF_JMP | BPF_X | 0xf0))
			return false;
		return BPF_OP(code) >= BPF_JEQ && BPF_OP(code) <= BPF_JSET;
	}
	return false;
}

static bool is_valid(const struct sock_filter *i, unsigned at, unsigned nr)
{
	unsigned rest = nr - at - 1; /* instructions that follow */

	if (!is_known(i->code))
		return false;
	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return i->k < DATA_BYTES && !(i->k & 3);
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
		return i->k < BPF_MEMWORDS;
	case BPF_ALU | BPF_DIV | BPF_K:
		return i->k != 0;
	case BPF_ALU | BPF_LSH | BPF_K:
	case BPF_ALU | BPF_RSH | BPF_K:
		return i->k < 32;
	case BPF_JMP | BPF_JA:
		return i->k < rest;
	}
	if (BPF_CLASS(i->code) == BPF_JMP)
		return i->jt < rest && i->jf < rest;
	return true;
}

/* No word of memory is read before it is written, on any way through: masks[n] has the words that
 * are written whenever instruction n is reached. */
static int check_memory(const struct sock_filter *insns, unsigned nr)
{
	u16 *masks = kmalloc(nr * sizeof(*masks), GFP_KERNEL), have = 0;
	int err = 0;

	if (!masks)
		return -ENOMEM;
	memset(masks, 0xff, nr * sizeof(*masks));
	for (unsigned n = 0; n < nr && !err; n++) {
		const struct sock_filter *i = &insns[n];

		have &= masks[n];
		switch (BPF_CLASS(i->code)) {
		case BPF_ST:
		case BPF_STX:
			have |= (u16)(1u << i->k);
			break;
		case BPF_LD:
		case BPF_LDX:
			if (BPF_MODE(i->code) == BPF_MEM && !(have >> i->k & 1))
				err = -EINVAL;
			break;
		case BPF_JMP:
			if (BPF_OP(i->code) == BPF_JA) {
				masks[n + 1 + i->k] &= have;
			} else {
				masks[n + 1 + i->jt] &= have;
				masks[n + 1 + i->jf] &= have;
			}
			have = 0xffff;
			break;
		}
	}
	kfree(masks);
	return err;
}

int bpf_check(const struct sock_filter *insns, unsigned nr)
{
	if (!nr || nr > BPF_MAXINSNS || BPF_CLASS(insns[nr - 1].code) != BPF_RET)
		return -EINVAL;
	for (unsigned n = 0; n < nr; n++)
		if (!is_valid(&insns[n], n, nr))
			return -EINVAL;
	return check_memory(insns, nr);
}

static u32 compute(u16 code, u32 a, u32 b)
{
	switch (BPF_OP(code)) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		return a / b;
	case BPF_OR:
		return a | b;
	case BPF_AND:
		return a & b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return a << (b & 31);
	case BPF_RSH:
		return a >> (b & 31);
	default:
		return -a;
	}
}

static bool compare(u16 code, u32 a, u32 b)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ:
		return a == b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	default:
		return a & b;
	}
}

/* The value a load brings. */
static u32 loaded(const struct sock_filter *i, const struct seccomp_data *data, const u32 *mem)
{
	u32 word;

	switch (BPF_MODE(i->code)) {
	case BPF_ABS:
		memcpy(&word, (const u8 *)data + i->k, sizeof(word));
		return word;
	case BPF_MEM:
		return mem[i->k];
	case BPF_LEN:
		return DATA_BYTES;
	default:
		return i->k;
	}
}

u32 bpf_run(const struct sock_filter *insns, const struct seccomp_data *data)
{
	u32 a = 0, x = 0, operand, mem[BPF_MEMWORDS];

	for (const struct sock_filter *i = insns;; i++) {
		operand = BPF_SRC(i->code) == BPF_X ? x : i->k;
		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
			a = loaded(i, data, mem);
			break;
		case BPF_LDX:
			x = loaded(i, data, mem);
			break;
		case BPF_ST:
			mem[i->k] = a;
			break;
		case BPF_STX:
			mem[i->k] = x;
			break;
		case BPF_ALU:
			if (BPF_OP(i->code) == BPF_DIV && !operand)
				return 0; /* the program ends so, as in Linux */
			a = compute(i->code, a, operand);
			break;
		case BPF_JMP:
			if (BPF_OP(i->code) == BPF_JA)
				i += i->k;
			else
				i += compare(i->code, a, operand) ? i->jt : i->jf;
			break;
		case BPF_RET:
			return BPF_RVAL(i->code) == BPF_A ? a : i->k;
		case BPF_MISC:
			if (BPF_MISCOP(i->code) == BPF_TAX)
				x = a;
			else
				a = x;
			break;
		}
	}
}
