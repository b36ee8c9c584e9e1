// System calls that are judged by a process's filters and never made.
#pragma once

#include <stdint.h>

// Has every call whose sixth argument is the probe's fail with a number of its
// own, unless a filter that comes later denies it: of filters that all answer with
// an error the last one's counts, seccomp(2). 0, or -1 with errno.
int probe_install(void);

// What becomes of a call with these arguments: 0 when it is allowed, else the
// error that it is denied with.
int probe_call(long number, const uint64_t arguments[5]);

// The same of getpid(2) by int 0x80, which has the numbers of 32-bit programs; -1
// where the machine's processors are not x86. A kernel without them kills for it.
int probe_int80(void);

// Ways into another process, which are tried: the error, or 0 when it is open.
enum probe_way { PROBE_ATTACH, PROBE_SEIZE, PROBE_MEMORY, PROBE_PIDFD };
int probe_process(enum probe_way way, int process);
