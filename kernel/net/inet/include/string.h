/* For lwIP, which asks for the C library's header by this name. */
#ifndef INET_STRING_H
#define INET_STRING_H
#include "lib/string.h"
#endif
