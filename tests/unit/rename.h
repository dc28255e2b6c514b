/*
 * lib/string.c and lib/printf.c have the C library's names. In a host program they get others, so
 * that the C library and the sanitizers keep their own.
 */
#ifndef TESTS_UNIT_RENAME_H
#define TESTS_UNIT_RENAME_H

#define memcpy	  lib_memcpy
#define memmove	  lib_memmove
#define memset	  lib_memset
#define memcmp	  lib_memcmp
#define memchr	  lib_memchr
#define strlen	  lib_strlen
#define strnlen	  lib_strnlen
#define strcmp	  lib_strcmp
#define strncmp	  lib_strncmp
#define strchr	  lib_strchr
#define strrchr	  lib_strrchr
#define strstr	  lib_strstr
#define vsnprintf lib_vsnprintf
#define snprintf  lib_snprintf

#endif
