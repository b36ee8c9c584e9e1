// The system calls that contained processes may make: the one list. What is not
// in it fails. docs/system-calls.md has each row with its reason, and a test
// holds the two and the filter against each other: a row here is a row there.
//
//   CALL(name, the roles that may make it, what its arguments must be)
//
// Included by containment-calls.c, which defines the words.

// Reading, writing, waiting.
CALL(read, EVERY, ANY)
CALL(write, EVERY, ANY)
CALL(writev, EVERY, ANY)
CALL(close, EVERY, ANY)
CALL(lseek, EVERY, ANY)
CALL(ftruncate, EVERY, ANY)
CALL(fcntl, DATABASE, NAMED_LOCKS_AND_FLAGS)
CALL(fcntl, EVERY & ~DATABASE, LOCKS_AND_FLAGS)
CALL(ppoll, EVERY, ANY)
CALL(clock_gettime, EVERY, ANY)
CALL(clock_nanosleep, EVERY, ANY)
CALL(gettimeofday, EVERY, ANY)
CALL(restart_syscall, EVERY, ANY)

// Sockets that are open.
CALL(recvfrom, EVERY, ANY)
CALL(sendto, EVERY, NO_ADDRESS)
CALL(recvmsg, EVERY & ~KEEPER, ANY)
CALL(shutdown, PEER, ANY)
CALL(setsockopt, PEER, LINGER)

// Names, and new connections: of the process that reads nothing of the peer's.
CALL(socket, DIALER, ANY)
CALL(connect, DIALER, ANY)
CALL(setsockopt, DIALER, CONNECTION_OPTIONS)
CALL(getsockopt, DIALER, ANY)
CALL(getsockname, DIALER, ANY)
CALL(getpeername, DIALER, ANY)
CALL(sendmsg, DIALER, ANY)
CALL(sendmmsg, DIALER, ANY)

// The terminal.
CALL(ioctl, TERMINAL, TERMINAL_MODES)
CALL(dup3, CONVERSATION | UNRECORDED | DESK, ANY)
CALL(kill, PEER, STOP_OF_GROUP)
CALL(rt_sigtimedwait, PEER, ANY)

// Signals, the end, and who one is.
CALL(rt_sigaction, EVERY, ANY)
CALL(rt_sigprocmask, EVERY, ANY)
CALL(rt_sigreturn, EVERY, ANY)
CALL(tgkill, EVERY, OWN_PROCESS)
CALL(exit, EVERY, ANY)
CALL(exit_group, EVERY, ANY)
CALL(getpid, EVERY, ANY)
CALL(gettid, EVERY, ANY)
CALL(geteuid, EVERY, ANY)

// Memory.
CALL(brk, EVERY, ANY)
CALL(mmap, DATABASE, PRIVATE_OR_SMALL_FILE)
CALL(mmap, EVERY & ~DATABASE, PRIVATE)
CALL(munmap, EVERY, ANY)
CALL(mremap, EVERY, ANY)
CALL(mprotect, EVERY, NOT_EXECUTABLE)
CALL(madvise, EVERY, ANY)
CALL(futex, EVERY, ANY)
CALL(getrandom, EVERY, ANY)
CALL(prlimit64, EVERY, OWN_LIMIT_READ)

// The database, in the directory that Landlock leaves.
CALL(openat, DATABASE | DIALER, PLAIN_FILE)
CALL(pread64, DATABASE, ANY)
CALL(pwrite64, DATABASE, ANY)
CALL(fsync, DATABASE, ANY)
CALL(fdatasync, DATABASE, ANY)
CALL(fstat, DATABASE | DIALER, ANY)
CALL(newfstatat, DATABASE | DIALER, ANY)
CALL(statx, DATABASE | DIALER, ANY)
CALL(statfs, DATABASE, ANY)
CALL(fstatfs, DATABASE, ANY)
CALL(faccessat, DATABASE, ANY)
CALL(readlinkat, DATABASE, ANY)
CALL(getcwd, DATABASE, ANY)
CALL(mkdirat, DATABASE, ANY)
CALL(unlinkat, DATABASE, ANY)
CALL(fchmod, DATABASE, MODE_OF_A_FILE)
CALL(fchown, DATABASE, ANY)
CALL(timer_create, DATABASE, ANY)
CALL(timer_settime, DATABASE, ANY)
CALL(timer_delete, DATABASE, ANY)

#if defined __x86_64__ // the older calls, which aarch64 never had
CALL(poll, EVERY, ANY)
CALL(time, EVERY, ANY)
CALL(dup2, CONVERSATION | UNRECORDED | DESK, ANY)
CALL(access, DATABASE, ANY)
CALL(readlink, DATABASE, ANY)
CALL(mkdir, DATABASE, ANY)
CALL(unlink, DATABASE, ANY)
#endif

#ifdef SANITIZED // what the sanitizers' runtime does beside; Scripts/sanitize
CALL(prctl, EVERY, ANY)
CALL(sched_yield, EVERY, ANY)
CALL(sigaltstack, EVERY, ANY)
#endif
