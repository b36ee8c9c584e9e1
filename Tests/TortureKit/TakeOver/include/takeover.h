#pragma once

#include <stdbool.h>

// A copy of another process's open descriptor, as one has who took that process
// over: pidfd_getfd(2), Linux 5.6. -1 with errno set, without the right to trace
// the process.
int takeover_descriptor(int process, int number);

// Whether `descriptor` is an AF_UNIX SOCK_SEQPACKET socket, as the private ones
// between the server's processes are.
int takeover_is_control(int descriptor);

// send(2), without waiting and without SIGPIPE. Of no bytes too.
long takeover_send(int descriptor, const void *bytes, unsigned long count);

// Has another process make a system call, as one does who has taken it over: in its
// own containment, by ptrace(2). It must be waiting in a call at that moment, which
// goes on afterwards. Of the arguments number `pointer` is replaced by the address of
// a copy of `bytes`; -1 for none. What the call returns, or a negative errno: -EAGAIN
// where the process runs just now, -ENOSYS but on x86_64.
long takeover_call(
    int process, long number, const long arguments[6], int pointer, const void *bytes,
    unsigned long count);
// fcntl(2) F_SETLK or F_OFD_SETLK by it.
long takeover_lock(
    int process, int descriptor, bool of_description, bool exclusive, long long start,
    long long length);
// ftruncate(2) to nothing by it.
long takeover_cut(int process, int descriptor);
// openat(2) by it.
long takeover_open(int process, const char *path, int flags);
