/* Fixed-width types and the few macros that every layer uses. Compiled into kernel, host tools and
 * unit tests. */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef unsigned long ulong;

/*
 * An address in user memory. A struct, so that dereferencing it, or passing it where a kernel
 * pointer is wanted, does not compile. Only arch_copy_in/out and their friends look inside.
 */
typedef struct {
	unsigned long v;
} uaddr_t;

static inline uaddr_t uaddr(unsigned long v)
{
	return (uaddr_t){v};
}

static inline uaddr_t uaddr_add(uaddr_t a, unsigned long bytes)
{
	return (uaddr_t){a.v + bytes};
}

#define ARRAY_SIZE(a)	      (sizeof(a) / sizeof((a)[0]))
#define BIT(n)		      (1UL << (n))
#define ALIGN_UP(x, a)	      (((x) + ((a)-1)) & ~((__typeof__(x))(a)-1))
#define ALIGN_DOWN(x, a)      ((x) & ~((__typeof__(x))(a)-1))
#define IS_ALIGNED(x, a)      (((x) & ((a)-1)) == 0)
#define DIV_ROUND_UP(n, d)    (((n) + (d)-1) / (d))
#define MIN(a, b)	      ((a) < (b) ? (a) : (b))
#define MAX(a, b)	      ((a) > (b) ? (a) : (b))
#define container_of(p, t, m) ((t *)((char *)(p)-offsetof(t, m)))
#define likely(x)	      __builtin_expect(!!(x), 1)
#define unlikely(x)	      __builtin_expect(!!(x), 0)
#define READ_ONCE(x)	      (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)      (*(volatile __typeof__(x) *)&(x) = (v))
#define __packed	      __attribute__((packed))
#define __aligned(n)	      __attribute__((aligned(n)))
#define __printf(f, a)	      __attribute__((format(printf, f, a)))
#define __noreturn	      __attribute__((noreturn))
#define __must_check	      __attribute__((warn_unused_result))
#define __cold		      __attribute__((cold))

#define NSEC_PER_SEC  1000000000L
#define NSEC_PER_MSEC 1000000L
#define NSEC_PER_USEC 1000L

#endif
