#include "proc/trace_hooks.h"

const struct trace_hooks *trace_hooks;
