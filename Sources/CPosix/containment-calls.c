// The calls that a contained process may make: a seccomp(2) filter for each
// role, made from containment-table.h.
//
// Allowed is what is listed, and with arguments that are judged where they
// matter. All else fails with EPERM, rather than killing: a library that tries
// something goes on without it. What is newer than the table fails with ENOSYS,
// as on an older kernel, which a C library that knows it is prepared for.
#define _GNU_SOURCE
#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined __x86_64__
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__ // never tried
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define SANITIZED
#endif

bool cposix_is_sanitized(void) {
#ifdef SANITIZED
  return true;
#else
  return false;
#endif
}

#ifdef THIS_ARCHITECTURE

enum {
  CONVERSATION = 1 << CPOSIX_ROLE_CONVERSATION,
  UNRECORDED = 1 << CPOSIX_ROLE_UNRECORDED,
  KEEPER = 1 << CPOSIX_ROLE_KEEPER,
  CLIENT = 1 << CPOSIX_ROLE_CLIENT,
  DESK = 1 << CPOSIX_ROLE_DESK,
  SIGNER = 1 << CPOSIX_ROLE_SIGNER,
  DIALER = 1 << CPOSIX_ROLE_DIALER,
  EVERY = CONVERSATION | UNRECORDED | KEEPER | CLIENT | DESK | SIGNER | DIALER,
  TERMINAL = EVERY & ~(KEEPER | SIGNER | DIALER),
  PEER = CONVERSATION | UNRECORDED | CLIENT,
  DATABASE = CONVERSATION | KEEPER,
};

// What the arguments of a call must be.
enum rule {
  NEVER, // of a call that is not in the table
  ANY,
  NAMED_LOCKS_AND_FLAGS,
  LOCKS_AND_FLAGS,
  NO_ADDRESS,
  LINGER,
  CONNECTION_OPTIONS,
  TERMINAL_MODES,
  STOP_OF_GROUP,
  OWN_PROCESS,
  PRIVATE,
  PRIVATE_OR_SMALL_FILE,
  NOT_EXECUTABLE,
  OWN_LIMIT_READ,
  PLAIN_FILE,
  MODE_OF_A_FILE,
};

static const struct row {
  const char *name;
  unsigned short number;
  unsigned char roles, rule;
} table[] = {
#define CALL(name, roles, rule) {#name, SYS_##name, roles, rule},
#include "containment-table.h"
#undef CALL
};
enum { row_count = sizeof table / sizeof table[0] };

enum {
  // Linux 6.1's newest, set_mempolicy_home_node: what its headers name was
  // looked at when the table was written.
  newest_call = 450,
  first_x32_call = 0x40000000, // x86_64's calls once more, for other programs
  // SQLite maps the -shm file in pieces of 32 KiB, or of a page where that is
  // more: 64 KiB on some aarch64 (unixShmMap).
  shared_limit = 64 * 1024,
  // From <asm-generic/ioctls.h> of Linux 6.15 and glibc 2.42, whose tcgetattr(3)
  // and tcsetattr(3) make these.
  tcgets2 = (int)0x802c542a,
  tcsets2 = 0x402c542b,
  tcsetsw2 = 0x402c542c,
};

enum { longest = 400 };
struct program {
  struct sock_filter code[longest];
  unsigned count;
};

static void add(struct program *to, struct sock_filter instruction) {
  if (to->count < longest) to->code[to->count] = instruction;
  to->count++;
}

// Both architectures are little-endian: the low word of an argument is first.
#define LOAD(offset) (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)(offset))
#define LOW(n) LOAD(offsetof(struct seccomp_data, args) + 8 * (n))
#define HIGH(n) LOAD(offsetof(struct seccomp_data, args) + 8 * (n) + 4)
#define ANSWER(what) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, (what))
#define ALLOW ANSWER(SECCOMP_RET_ALLOW)
#define DENY(reason) ANSWER(SECCOMP_RET_ERRNO | (reason))
// Over `then` instructions when it holds, over `otherwise` when not.
#define JUMP(test, value, then, otherwise) \
  (struct sock_filter) BPF_JUMP(BPF_JMP | (test) | BPF_K, (unsigned)(value), (then), (otherwise))

// Each judges what was loaded, and goes on behind itself.
static void deny_unless(struct program *to, unsigned value) {
  add(to, JUMP(BPF_JEQ, value, 1, 0));
  add(to, DENY(EPERM));
}
static void deny_bits(struct program *to, unsigned bits) {
  add(to, JUMP(BPF_JSET, bits, 0, 1));
  add(to, DENY(EPERM));
}
static void allow_if(struct program *to, unsigned value) {
  add(to, JUMP(BPF_JEQ, value, 0, 1));
  add(to, ALLOW);
}

static void add_terminal_modes(struct program *to) {
  // Not TIOCSTI, which types into the shell; nor FIOASYNC, FIOSETOWN, TIOCSETD.
  static const unsigned requests[] = {TCGETS,  TCSETS,  TCSETSW,  TIOCGWINSZ,
                                      tcgets2, tcsets2, tcsetsw2};
  add(to, LOW(1));
  for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) allow_if(to, requests[i]);
  add(to, DENY(EPERM));
}

static void add_locks_and_flags(struct program *to, bool unnamed) {
  // Not F_SETOWN, F_SETSIG, F_SETLEASE, F_NOTIFY: the kernel sends their signals
  // to others for whoever asks.
  static const unsigned commands[] = {F_GETFD, F_SETFD, F_GETFL, F_GETLK, F_SETLK, F_SETLKW};
  // Their locks belong to no process, so that who keeps one cannot be found.
  static const unsigned of_descriptions[] = {F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW};
  add(to, LOW(1));
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) allow_if(to, commands[i]);
  if (unnamed)
    for (size_t i = 0; i < sizeof of_descriptions / sizeof of_descriptions[0]; i++)
      allow_if(to, of_descriptions[i]);
  deny_unless(to, F_SETFL);
  add(to, LOW(2));
  deny_bits(to, O_ASYNC);
  add(to, ALLOW);
}

static void add_mapping(struct program *to, bool shares) {
  add(to, LOW(2));
  deny_bits(to, ~(unsigned)(PROT_READ | PROT_WRITE));
  // Not MAP_GROWSDOWN, which RLIMIT_DATA does not count, nor memory that is
  // locked or huge.
  const unsigned flags =
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_NORESERVE | MAP_STACK;
  add(to, LOW(3));
  if (shares) {
    add(to, JUMP(BPF_JEQ, MAP_SHARED, 0, 7)); // over the seven that follow
    add(to, HIGH(1));
    deny_unless(to, 0);
    add(to, LOW(1));
    add(to, JUMP(BPF_JGT, shared_limit, 0, 1));
    add(to, DENY(EPERM));
    add(to, ALLOW);
  }
  deny_bits(to, ~flags);
  add(to, ALLOW);
}

static void add_plain_file(struct program *to) {
  const unsigned flags = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_NONBLOCK | O_CLOEXEC |
                         O_NOFOLLOW | O_DIRECTORY | O_NOCTTY;
  add(to, LOW(2));
  deny_bits(to, ~flags);
  add(to, JUMP(BPF_JSET, O_CREAT, 1, 0));
  add(to, ALLOW);
  add(to, LOW(3));
  deny_bits(to, ~0666u);
  add(to, ALLOW);
}

// Those of a connection to a peer, and those that the C library sets where it asks a
// name server.
static void add_connection_options(struct program *to) {
  static const struct {
    int level, name;
  } options[] = {
      {SOL_SOCKET, SO_LINGER},     {SOL_SOCKET, SO_KEEPALIVE},  {IPPROTO_TCP, TCP_NODELAY},
      {IPPROTO_TCP, TCP_KEEPIDLE}, {IPPROTO_TCP, TCP_KEEPINTVL}, {IPPROTO_TCP, TCP_KEEPCNT},
      {IPPROTO_TCP, TCP_USER_TIMEOUT}, {IPPROTO_IP, IP_RECVERR}, {IPPROTO_IPV6, IPV6_RECVERR},
  };
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
    add(to, LOW(1));
    add(to, JUMP(BPF_JEQ, options[i].level, 0, 3)); // over the three that follow
    add(to, LOW(2));
    allow_if(to, options[i].name);
  }
  add(to, DENY(EPERM));
}

// What is to be done with a call: one answer, or a look at its arguments.
static void add_rule(struct program *to, enum rule rule, unsigned own_process) {
  switch (rule) {
  case NEVER: add(to, DENY(EPERM)); return;
  case ANY: add(to, ALLOW); return;
  case NAMED_LOCKS_AND_FLAGS: add_locks_and_flags(to, false); return;
  case LOCKS_AND_FLAGS: add_locks_and_flags(to, true); return;
  case TERMINAL_MODES: add_terminal_modes(to); return;
  case PRIVATE: add_mapping(to, false); return;
  case PRIVATE_OR_SMALL_FILE: add_mapping(to, true); return;
  case PLAIN_FILE: add_plain_file(to); return;
  case CONNECTION_OPTIONS: add_connection_options(to); return;
  case NO_ADDRESS: // MSG_FASTOPEN with one would connect.
    add(to, LOW(4));
    deny_unless(to, 0);
    add(to, HIGH(4));
    deny_unless(to, 0);
    break;
  case LINGER:
    add(to, LOW(1));
    deny_unless(to, SOL_SOCKET);
    add(to, LOW(2));
    deny_unless(to, SO_LINGER);
    break;
  case STOP_OF_GROUP: // Ctrl-Z, which the shell waits for the whole group to do
    add(to, LOW(0));
    deny_unless(to, 0);
    add(to, LOW(1));
    deny_unless(to, SIGTSTP);
    break;
  case OWN_PROCESS: // raise(3) and abort(3)
    add(to, LOW(0));
    deny_unless(to, own_process);
    break;
  case NOT_EXECUTABLE:
    add(to, LOW(2));
    deny_bits(to, ~(unsigned)(PROT_READ | PROT_WRITE));
    break;
  case OWN_LIMIT_READ:
    add(to, LOW(0));
    deny_unless(to, 0);
    add(to, LOW(2));
    deny_unless(to, 0);
    add(to, HIGH(2));
    deny_unless(to, 0);
    break;
  case MODE_OF_A_FILE: // no program, and none that runs as its owner
    add(to, LOW(1));
    deny_bits(to, ~0666u);
    break;
  }
  add(to, ALLOW);
}

// Binary search by the call's number, from `first` up to `end`: the kernel
// tries a new filter on every call there is, to know those that are always
// allowed, and a conversation waits for that.
static void add_search(struct program *to, const unsigned char *rules, int first, int end,
                       unsigned own_process) {
  int middle = 0;
  // Halves that begin where the rule changes, as near to the middle as can be.
  for (int distance = 0; middle == 0 && distance <= (end - first) / 2 + 1; distance++)
    for (int sign = -1; sign <= 1; sign += 2) {
      int call = first + (end - first) / 2 + sign * distance;
      if (call > first && call < end && rules[call] != rules[call - 1]) middle = call;
    }
  if (middle == 0) {
    add_rule(to, rules[first], own_process);
    return;
  }
  // A jump goes over 255 instructions at most; BPF_JA over any number.
  unsigned place = to->count;
  add(to, JUMP(BPF_JGE, middle, 0, 1));
  add(to, JUMP(BPF_JA, 0, 0, 0)); // over the lower half
  add_search(to, rules, first, middle, own_process);
  if (place + 1 < longest) to->code[place + 1].k = to->count - place - 2;
  add_search(to, rules, middle, end, own_process);
}

int cposix_filter_calls(enum cposix_role role) {
  unsigned char rules[newest_call + 1] = {NEVER};
  for (int i = 0; i < row_count; i++)
    if (table[i].roles & 1u << role) rules[table[i].number] = table[i].rule;

  struct program program = {.count = 0};
  add(&program, LOAD(offsetof(struct seccomp_data, arch)));
  deny_unless(&program, THIS_ARCHITECTURE); // int 0x80 has other numbers
  add(&program, LOAD(offsetof(struct seccomp_data, nr)));
  add(&program, JUMP(BPF_JGE, first_x32_call, 0, 1));
  add(&program, DENY(EPERM));
  add(&program, JUMP(BPF_JGT, newest_call, 0, 1));
  add(&program, DENY(ENOSYS));
  add_search(&program, rules, 0, newest_call + 1, (unsigned)getpid());
  if (program.count > longest) {
    errno = E2BIG;
    return -1;
  }
  struct sock_fprog filter = {.len = (unsigned short)program.count, .filter = program.code};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

bool cposix_can_filter_calls(void) {
  // No filter at all is a bad address to a kernel that knows filters
  // (prctl(2)); to another it is an invalid mode.
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) == -1 && errno == EFAULT;
}

const char *cposix_call_name(int row, int *number) {
  if (row < 0 || row >= row_count) return NULL;
  *number = table[row].number;
  return table[row].name;
}

#else

int cposix_filter_calls(enum cposix_role role) {
  (void)role;
  errno = ENOSYS;
  return -1;
}

bool cposix_can_filter_calls(void) { return false; }

const char *cposix_call_name(int row, int *number) {
  (void)row, (void)number;
  return NULL;
}

#endif
