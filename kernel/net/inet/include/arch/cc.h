/* What lwIP wants to know of compiler and platform; included by its lwip/arch.h. */
#ifndef ARCH_CC_H
#define ARCH_CC_H

#include "core/log.h"
#include "core/random.h"
#include "lib/string.h"

#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_LIMITS_H   1
#define LWIP_NO_UNISTD_H   1
#define LWIP_NO_CTYPE_H	   1
#define INT_MAX		   0x7fffffff
#define SSIZE_MAX	   INT_MAX
#define X8_F		   "02x"
#define U16_F		   "u"
#define S16_F		   "d"
#define X16_F		   "x"
#define U32_F		   "u"
#define S32_F		   "d"
#define X32_F		   "x"
#define SZT_F		   "lu"

#define BYTE_ORDER		   LITTLE_ENDIAN
#define LWIP_RAND()		   ((u32_t)random_u64())
#define LWIP_CHKSUM_ALGORITHM	   3
#define LWIP_PLATFORM_DIAG(x)	   ((void)0)
#define LWIP_PLATFORM_ASSERT(text) panic("lwIP: %s", text)

#endif
