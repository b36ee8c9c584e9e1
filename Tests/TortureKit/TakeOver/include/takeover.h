#pragma once

// A copy of another process's open descriptor, as one has who took that process
// over: pidfd_getfd(2), Linux 5.6. -1 with errno set, without the right to trace
// the process.
int takeover_descriptor(int process, int number);

// Whether `descriptor` is an AF_UNIX SOCK_SEQPACKET socket, as the private ones
// between the server's processes are.
int takeover_is_control(int descriptor);

// send(2), without waiting and without SIGPIPE. Of no bytes too.
long takeover_send(int descriptor, const void *bytes, unsigned long count);
