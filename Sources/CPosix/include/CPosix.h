// Named C wrappers for what `import Glibc` does not show to Swift: calls that
// need _GNU_SOURCE (each .c file defines it; here it would
// give Swift a second shape of the C types), macros with arguments, variadic calls, and signal handlers.
//
// Every function returns what the call behind it returns, with errno set; the
// judging of errors is done once, in Sources/ChatPosix.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Named here, defined in the system's headers: were those included, Swift
// would take their types to be this module's, and every file that uses one
// would have to import it.
struct pollfd;
struct sockaddr;
struct sockaddr_storage;
struct termios;
struct timespec;

// descriptors.c ------------------------------------------------------------

// pipe2(2), both ends non-blocking and close-on-exec.
int cposix_pipe(int ends[2]);
// fcntl(2) F_SETFL: sets or clears O_NONBLOCK, leaves the other flags.
int cposix_set_nonblocking(int descriptor, bool on);
// The same with O_APPEND.
int cposix_set_appending(int descriptor, bool on);
// fcntl(2) F_GETFD, to ask whether the descriptor is open at all.
int cposix_is_open(int descriptor);
// fcntl(2) F_SETFD with FD_CLOEXEC.
int cposix_close_on_exec(int descriptor);
// fcntl(2) F_GETFL: 1 when O_NONBLOCK is set, else 0.
int cposix_is_nonblocking(int descriptor);
// proc_pid_fd(5): those above 2 that are open, as many as `limit`; how many, or -1.
int cposix_open_descriptors(int *numbers, int limit);
// close_range(2): all above 2 but `kept`.
int cposix_close_others(int kept);

// sockets.c ----------------------------------------------------------------

// socket(2): SOCK_STREAM, non-blocking, close-on-exec.
int cposix_stream_socket(int family);
// accept4(2), the new descriptor non-blocking and close-on-exec.
int cposix_accept(int listener, struct sockaddr_storage *from, unsigned int *length);
// socketpair(2): AF_UNIX SOCK_SEQPACKET, non-blocking, close-on-exec.
int cposix_seqpacket_pair(int ends[2]);
// send(2) with MSG_NOSIGNAL and MSG_DONTWAIT.
long cposix_send_message(int descriptor, const void *bytes, size_t count);
// recv(2) with MSG_TRUNC: the length of the whole message, also when it did
// not fit.
long cposix_receive_message(int descriptor, void *bytes, size_t capacity);
enum { CPOSIX_MOST_PASSED = 4 };
// sendmsg(2) as cposix_send_message, with 1 to CPOSIX_MOST_PASSED open
// descriptors for the receiver: SCM_RIGHTS, unix(7).
long cposix_send_passing(
    int descriptor, const void *bytes, size_t count, const int *passed, int passed_count);
// recvmsg(2) as cposix_receive_message; what came open with it is close-on-exec
// and the caller's to close.
long cposix_receive_passed(
    int descriptor, void *bytes, size_t capacity, int passed[CPOSIX_MOST_PASSED], int *passed_count);
// recv(2) of one byte with MSG_PEEK: it stays there to be read.
long cposix_peek(int descriptor, void *byte);
// setsockopt(2) and getsockopt(2) for an int option.
int cposix_set_option(int descriptor, int level, int name, int value);
int cposix_get_option(int descriptor, int level, int name, int *value);
// Sends one datagram to the AF_UNIX socket at `path`, abstract where that begins with
// NUL, from a socket of its own: socket(2), sendto(2) with MSG_DONTWAIT.
long cposix_send_datagram(const void *path, size_t path_length, const void *bytes, size_t count);
// socket(2): AF_UNIX SOCK_SEQPACKET, non-blocking, close-on-exec, that listens as `name` in
// the directory open as `directory`, mode 0600: bind(2) by /proc/self/fd, so that the
// directory is the one that was looked at, and its path of any length.
int cposix_local_listener(int directory, const char *name, int backlog);
// The same that is connected there.
int cposix_local_connect(int directory, const char *name);
// accept4(2) without an address, the new descriptor non-blocking and close-on-exec.
int cposix_local_accept(int listener);
// getsockopt(2) SO_PEERCRED: who connected, or listened, at the other end.
int cposix_peer_credentials(int socket, int *process, unsigned int *user);
// open(2) O_PATH of a directory, not of a link to one; close-on-exec.
int cposix_open_directory(const char *path);
// unlinkat(2).
int cposix_remove_name(int directory, const char *name);
// shutdown(2) SHUT_WR.
int cposix_shutdown_write(int descriptor);
// inet_ntop(3) of the last four bytes of ::ffff:a.b.c.d; false when `address`
// is no v4-mapped IPv6 address. `text` has room for INET_ADDRSTRLEN.
bool cposix_v4_mapped_text(const struct sockaddr *address, char *text, unsigned int capacity);
bool cposix_is_link_local_v6(const struct sockaddr *address);
// resolver(3): reads the configuration again, and has every name server asked once and
// for a second.
void cposix_hurry_resolver(void);

// locks.c ------------------------------------------------------------------

// fcntl(2) F_OFD_SETLK with F_WRLCK on `length` bytes from `start`, 0 for all
// that follow; -1 and EAGAIN when somebody else has one of them.
int cposix_lock(int descriptor, long long start, long long length);
// The same with F_OFD_SETLKW, for at most so many milliseconds; then -1 and
// EAGAIN.
int cposix_lock_within(int descriptor, long long start, long long length, long long milliseconds);
// F_OFD_SETLK with F_UNLCK.
int cposix_unlock(int descriptor, long long start, long long length);
// F_OFD_GETLK: 1 when somebody else has a lock there, which is put in `start`
// and `length`; 0 when nobody has.
int cposix_find_lock(int descriptor, long long *start, long long *length);
// F_GETLK: 1 when somebody else's lock is in the way of one like this, whose
// process is put in `process`, -1 for one of an open file description and 0 for
// one in another pid namespace; 0 when nobody's is.
int cposix_lock_holder(
    int descriptor, bool exclusive, long long start, long long length, int *process);
// statx(2) STATX_INO: which file a path leads to, and nothing else of it.
int cposix_identify(const char *path, unsigned long long *device, unsigned long long *inode);
// open(2) O_TMPFILE: a file without a name, which Swift cannot see.
int cposix_open_unnamed(const char *directory);

// processes.c --------------------------------------------------------------

bool cposix_wifexited(int status);
int cposix_wexitstatus(int status);
int cposix_wtermsig(int status);
bool cposix_wcoredump(int status);
void cposix_set_process_name(const char *name);
// prctl(2) PR_SET_PDEATHSIG with SIGKILL.
int cposix_die_with_parent(void);
// prctl(2) PR_SET_CHILD_SUBREAPER.
int cposix_adopt_orphans(void);
// getrandom(2)
long cposix_random(void *bytes, size_t count);
// explicit_bzero(3)
void cposix_wipe(void *bytes, size_t count);

// signals.c ----------------------------------------------------------------

// Blocks the signals on the calling thread and installs, for each, a handler
// that sets a flag and does nothing else.
int cposix_signals_install(const int *numbers, int count);
// Whether the signal came since the last call; clears its flag.
bool cposix_signals_take(int number);
// Whether a signal came that cposix_signals_take has not been asked about since.
bool cposix_signals_waiting(void);
void cposix_signals_clear(void);
// SIG_IGN for any, and for SIGPIPE.
int cposix_ignore(int number);
int cposix_ignore_sigpipe(void);
int cposix_ignore_sigxfsz(void);
// Stops this process as Ctrl-Z does and returns when it is continued.
void cposix_stop_group(void);
// ppoll(2), with signals the installed ones open while it waits. A null timeout
// waits for ever.
int cposix_ppoll(
    struct pollfd *descriptors, unsigned long count, const struct timespec *timeout, bool with_signals);

// terminal.c ---------------------------------------------------------------

void cposix_make_raw(struct termios *mode);
// Lines, of which Ctrl-C ends one rather than send SIGINT.
void cposix_make_lines(struct termios *mode);
// The same without lines: what is half typed can be read.
void cposix_make_unlined(struct termios *mode);
// Keys are kept as cposix_make_raw() has them, and not echoed; of those that are
// signals SIGTSTP's is none, since the shell would have a terminal without echo.
void cposix_make_silent(struct termios *mode);
// ioctl(2) TIOCGWINSZ.
int cposix_window_size(int descriptor, unsigned short *columns, unsigned short *rows);
// ioctl_tty(2) TIOCNOTTY: this process, and who it forks, has no controlling terminal any
// more. -1 and EPERM for the leader of the terminal's session, ENXIO without a terminal.
int cposix_leave_terminal(void);
// tcgetpgrp(3): whether this process may read the terminal. 1 too for a terminal
// that is not the controlling one, where there is no background.
int cposix_is_foreground(int terminal);
// tcsetattr(3) with TCSANOW, SIGTTOU blocked meanwhile so that a process in
// the background is not stopped by it.
int cposix_set_terminal_mode(int descriptor, const struct termios *mode);
// write(2) of what the terminal takes at once, also from a descriptor that
// blocks, with SIGTTOU blocked, for terminals with TOSTOP set.
long cposix_write_terminal(int descriptor, const void *bytes, size_t count);

// fatal.c ------------------------------------------------------------------

// Installs the handlers for SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE.
int cposix_fatal_install(void);
// What a fatal signal puts back: `mode` on `input`, `bytes` (at most 64) to
// `output`.
void cposix_fatal_arm(int input, int output, const struct termios *mode, const char *bytes, size_t count);
void cposix_fatal_disarm(void);

// seam.c -------------------------------------------------------------------

// One pointer per thread, for the tests' forced outcomes (SystemCallScript).
void *cposix_seam_get(void);
void cposix_seam_set(void *script);

// containment.c ------------------------------------------------------------

// prctl(2) PR_SET_NO_NEW_PRIVS.
int cposix_no_new_privileges(void);
// prctl(2) PR_SET_DUMPABLE: no core file, no debugger of the same user.
int cposix_no_dumps(void);
// Of root's powers, capabilities(7): none; to pass through another user's directories
// (CAP_DAC_READ_SEARCH); to write in them too (CAP_DAC_OVERRIDE).
typedef enum { CPOSIX_POWER_NONE, CPOSIX_POWER_SEARCH, CPOSIX_POWER_WRITE } cposix_power;
// capset(2): gives all up but what is kept. Does nothing to a process that has none.
int cposix_drop_capabilities(cposix_power kept);
// open(2) O_PATH, close-on-exec.
int cposix_open_path(const char *path);
// landlock(7): the version of its ABI, from 1; -1 without it.
int cposix_landlock_version(void);
// A ruleset that denies all that this version can; signals to others only where
// the process never stops its group, which Ctrl-Z has to reach.
int cposix_landlock_ruleset(int version, bool stops_group);
// Allows `rights` below the directory, or on the file, open as `path`.
int cposix_landlock_allow(int ruleset, int path, unsigned long long rights);
// Allows TCP connections to the port; from version 4.
int cposix_landlock_allow_port(int ruleset, unsigned short port);
int cposix_landlock_restrict(int ruleset);
enum {
  CPOSIX_LANDLOCK_WRITE_FILE = 1 << 1,
  CPOSIX_LANDLOCK_READ_FILE = 1 << 2,
  CPOSIX_LANDLOCK_READ_DIR = 1 << 3,
  CPOSIX_LANDLOCK_REMOVE_FILE = 1 << 5,
  CPOSIX_LANDLOCK_MAKE_DIR = 1 << 7,
  CPOSIX_LANDLOCK_MAKE_REG = 1 << 8,
  CPOSIX_LANDLOCK_TRUNCATE = 1 << 14, // from version 3
};

// containment-calls.c ------------------------------------------------------

// Whether this is a build for the address, memory or thread sanitizer.
bool cposix_is_sanitized(void);
// The columns of containment-table.h.
enum cposix_role {
  CPOSIX_ROLE_CONVERSATION,
  CPOSIX_ROLE_UNRECORDED,
  CPOSIX_ROLE_KEEPER,
  CPOSIX_ROLE_CLIENT,
  CPOSIX_ROLE_DESK,
  CPOSIX_ROLE_SIGNER,
  CPOSIX_ROLE_DIALER,
};
// seccomp(2): for good, all calls fail but those of the role. ENOSYS on
// architectures other than x86_64 and aarch64.
int cposix_filter_calls(enum cposix_role role);
bool cposix_can_filter_calls(void);
// The rows of the table, from 0 up to the one that is NULL; a call may have
// several. For tests.
const char *cposix_call_name(int row, int *number);
