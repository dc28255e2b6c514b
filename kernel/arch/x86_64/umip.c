/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SGDT, SIDT, SMSW, SLDT and STR in programs: UMIP makes them fault, so that they cannot tell where
 * the kernel lies. Old programs run them without need; they get the same fixed answers as on Linux.
 */
#include "internal.h"
#include "lib/string.h"
#include <asm/signal.h>
#include <asm/siginfo.h>

#define FAKE_GDT_BASE 0xfffffffffffe0000UL
#define FAKE_IDT_BASE 0xffffffffffff0000UL
#define FAKE_CR0      0x80050033UL
#define MAX_INSN      15

struct insn {
	u8 bytes[MAX_INSN];
	unsigned length, pos;
	u8 rex, modrm, segment;
	bool is_16bit;
};

static u8 next(struct insn *in)
{
	return in->pos < in->length ? in->bytes[in->pos++] : 0;
}

static unsigned long *reg_at(struct pt_regs *r, unsigned n)
{
	unsigned long *const regs[16] = {&r->ax,  &r->cx,  &r->dx,  &r->bx, &r->sp,  &r->bp,
					 &r->si,  &r->di,  &r->r8,  &r->r9, &r->r10, &r->r11,
					 &r->r12, &r->r13, &r->r14, &r->r15};

	return regs[n & 15];
}

static long displacement(struct insn *in, unsigned size)
{
	u32 v = 0;

	for (unsigned i = 0; i < size; i++)
		v |= (u32)next(in) << (8 * i);
	return size == 1 ? (s8)v : (s32)v;
}

/* The memory operand's address; reads SIB and displacement. */
static unsigned long operand_address(struct insn *in, struct pt_regs *regs)
{
	unsigned mod = in->modrm >> 6, rm = in->modrm & 7;
	unsigned long addr = 0;
	bool has_base = true;

	if (rm == 4) {
		u8 sib = next(in);
		unsigned index = ((sib >> 3) & 7) | (in->rex & 2) << 2;

		rm = sib & 7;
		has_base = rm != 5 || mod != 0;
		if (index != 4)
			addr = *reg_at(regs, index) << (sib >> 6);
	} else if (rm == 5 && !mod) { /* relative to the next instruction */
		addr = (unsigned long)displacement(in, 4);
		return addr + regs->ip + in->pos;
	}
	if (has_base)
		addr += *reg_at(regs, rm | (in->rex & 1) << 3);
	if (mod == 1)
		addr += (unsigned long)displacement(in, 1);
	else if (mod == 2 || !has_base)
		addr += (unsigned long)displacement(in, 4);
	if (in->segment)
		addr += in->segment == 0x64 ? thread_fs_base() : thread_gs_base();
	return addr;
}

/* Prefixes and opcode; the instruction's number as 8 * (0f 01) + /r, or -1. */
static int decode(struct insn *in, struct pt_regs *regs)
{
	u8 b;

	in->length = MAX_INSN - (unsigned)arch_copy_in(in->bytes, uaddr(regs->ip), MAX_INSN);
	for (b = next(in);; b = next(in)) {
		if (b == 0x66)
			in->is_16bit = true;
		else if (b == 0x64 || b == 0x65)
			in->segment = b;
		else if (b != 0x2e && b != 0x36 && b != 0x3e && b != 0x26 && b != 0xf2 && b != 0xf3)
			break;
	}
	if ((b & 0xf0) == 0x40) {
		in->rex = b;
		b = next(in);
	}
	if (b != 0x0f)
		return -1;
	b = next(in);
	if (b > 1)
		return -1;
	in->modrm = next(in);
	return b * 8 + ((in->modrm >> 3) & 7);
}

static void set_register(const struct insn *in, unsigned long *reg, unsigned long value)
{
	if (in->is_16bit && !(in->rex & 8))
		*reg = (*reg & ~0xffffUL) | (value & 0xffff);
	else
		*reg = value;
}

/* A #GP(0) of a 64-bit program. True: it was one of the five, and is done (or got its signal). */
bool umip_emulate(struct pt_regs *regs)
{
	struct insn in = {.length = 0};
	u8 out[10] = {0, 0};
	unsigned long value = 0, addr;
	unsigned size = 2;
	bool is_register;

	if (!cpu_features.has_umip || regs->cs != USER_CS)
		return false;
	switch (decode(&in, regs)) {
	case 0: /* sldt: none */
		break;
	case 1:
		value = TSS_SEL;
		break;
	case 8:
	case 9:
		value = in.modrm & 8 ? FAKE_IDT_BASE : FAKE_GDT_BASE;
		size = 10;
		break;
	case 12:
		value = FAKE_CR0;
		break;
	default:
		return false;
	}
	is_register = in.modrm >> 6 == 3;
	if (is_register && size == 10)
		return false;
	if (is_register) {
		set_register(&in, reg_at(regs, (in.modrm & 7) | (in.rex & 1) << 3), value);
	} else {
		addr = operand_address(&in, regs);
		memcpy(size == 10 ? out + 2 : out, &value, size == 10 ? 8 : 2);
		if (arch_copy_out(uaddr(addr), out, size)) {
			do_user_trap(regs, SIGSEGV, SEGV_MAPERR, addr, VEC_PF, 6);
			return true;
		}
	}
	regs->ip += in.pos;
	return true;
}
