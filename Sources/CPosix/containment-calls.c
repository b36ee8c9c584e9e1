// The calls that a contained process may not make: a seccomp(2) filter.
//
// A list of what is denied, not of what is allowed, so that another libc or
// kernel breaks nothing. It bars what the other layers leave open; files are
// Landlock's, which judges them by path.
#define _GNU_SOURCE
#include "CPosix.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined __x86_64__
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#define FIRST_FOREIGN_CALL 0x40000000u // x32: the same calls under other numbers
#elif defined __aarch64__
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#define FIRST_FOREIGN_CALL 0x80000000u // none
#endif

#ifdef THIS_ARCHITECTURE

static const unsigned denied[] = {
    // Programs and processes; clone is judged by its flags.
    SYS_execve, SYS_execveat, SYS_unshare, SYS_setns,
    // Other processes.
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_tkill,
    SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, 424 /* pidfd_send_signal */,
    438 /* pidfd_getfd */,
    // The network; connect also dissolves a connection and makes another.
    SYS_socket, SYS_connect, SYS_bind, SYS_listen,
    // What Landlock does not judge: modes, owners, and, before its version 3,
    // lengths. fchmod and fchown stay: SQLite uses them on files it opened.
    SYS_fchmodat, 452 /* fchmodat2 */, SYS_fchownat, SYS_truncate, SYS_setxattr, SYS_lsetxattr,
    SYS_removexattr, SYS_lremovexattr,
    463 /* setxattrat */, 466 /* removexattrat */,
    // Ways around a filter, and into the kernel.
    425 /* io_uring_setup */, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl,
    SYS_add_key, SYS_request_key,
#ifdef SYS_fork // the older calls, which aarch64 never had
    SYS_fork, SYS_vfork, SYS_chmod, SYS_chown, SYS_lchown,
#endif
};
// Those that depend on what they are called with, in the order of the rules
// below.
enum { call_clone3 = 435 };
static const unsigned judged[] = {
    SYS_clone, call_clone3, SYS_kill, SYS_tgkill, SYS_prlimit64,
};

enum {
  denied_count = sizeof denied / sizeof denied[0],
  judged_count = sizeof judged / sizeof judged[0],
  named_count = denied_count + judged_count,
};

// The kernel tries a new filter on every call there is, to know those that are
// always allowed, and a conversation waits for that: in groups of rising
// numbers a call meets a dozen comparisons rather than all.
enum { group = 8, group_count = (named_count + group - 1) / group };
_Static_assert(named_count + group_count < 250, "a jump goes over 255 instructions at most");

static void sort_named(unsigned sorted[named_count]) {
  for (int i = 0; i < named_count; i++) {
    unsigned call = i < denied_count ? denied[i] : judged[i - denied_count];
    int place = i;
    for (; place > 0 && sorted[place - 1] > call; place--) sorted[place] = sorted[place - 1];
    sorted[place] = call;
  }
}

static bool is_judged(unsigned call) {
  for (int i = 0; i < judged_count; i++)
    if (judged[i] == call) return true;
  return false;
}

// The low word of an argument: both architectures are little-endian, and what
// is judged here is an int.
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n))
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)(offset))
#define LOAD_CALL LOAD(offsetof(struct seccomp_data, nr))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define ALLOW ANSWER(SECCOMP_RET_ALLOW)
#define DENY(reason) ANSWER(SECCOMP_RET_ERRNO | (reason))
// Each goes over `n` instructions unless its condition holds.
#define UNLESS_EQUAL_SKIP(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (n))
#define UNLESS_ANY_BIT_SKIP(bits, n) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, (n))
#define UNLESS_AT_LEAST_SKIP(value, n) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (value), 0, (n))
// Each goes over `n` instructions if it does.
#define IF_EQUAL_SKIP(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (unsigned char)(n), 0)
#define IF_ABOVE_SKIP(value, n) BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (value), (unsigned char)(n), 0)
#define ONLY_WITH_FIRST_ARGUMENT(value, call)                                                     \
  UNLESS_EQUAL_SKIP(call, 4), LOAD(ARGUMENT(0)), UNLESS_EQUAL_SKIP(value, 1), ALLOW, DENY(EPERM)

int cposix_filter_calls(void) {
  const struct sock_filter beginning[] = {
      LOAD(offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0),
      DENY(EPERM),
      LOAD_CALL,
      UNLESS_AT_LEAST_SKIP(FIRST_FOREIGN_CALL, 1),
      DENY(EPERM),
  };
  const struct sock_filter rules[] = {
      // clone: threads alone.
      UNLESS_EQUAL_SKIP(SYS_clone, 4),
      LOAD(ARGUMENT(0)),
      UNLESS_ANY_BIT_SKIP(CLONE_THREAD, 1),
      ALLOW,
      DENY(EPERM),
      // clone3 has its flags in memory, which a filter cannot read. Called
      // missing, it makes the libc go back to clone.
      UNLESS_EQUAL_SKIP(call_clone3, 1),
      DENY(ENOSYS),
      // kill: Ctrl-Z alone, and only to the process group.
      UNLESS_EQUAL_SKIP(SYS_kill, 6),
      LOAD(ARGUMENT(0)),
      UNLESS_EQUAL_SKIP(0, 3),
      LOAD(ARGUMENT(1)),
      UNLESS_EQUAL_SKIP(SIGTSTP, 1),
      ALLOW,
      DENY(EPERM),
      // raise(3) and abort(3), getrlimit(3): to itself alone.
      ONLY_WITH_FIRST_ARGUMENT((unsigned)getpid(), SYS_tgkill),
      ONLY_WITH_FIRST_ARGUMENT(0, SYS_prlimit64),
      DENY(EPERM),
  };
  enum {
    beginning_count = sizeof beginning / sizeof beginning[0],
    rule_count = sizeof rules / sizeof rules[0],
  };
  unsigned sorted[named_count];
  sort_named(sorted);
  struct sock_filter filter[beginning_count + named_count + group_count + 2 + rule_count];
  unsigned short count = 0;
  for (int i = 0; i < beginning_count; i++) filter[count++] = beginning[i];
  for (int i = 0; i < named_count; i++) {
    // Past a group whose last is smaller.
    int last = i + group - 1 < named_count ? i + group - 1 : named_count - 1;
    if (i % group == 0)
      filter[count++] = (struct sock_filter)IF_ABOVE_SKIP(sorted[last], last - i + 1);
    // Over what is left of the groups, to the DENY after the ALLOW, or over
    // both to the rules.
    int left = named_count - 1 - i + group_count - 1 - i / group;
    filter[count++] =
        (struct sock_filter)IF_EQUAL_SKIP(sorted[i], left + (is_judged(sorted[i]) ? 2 : 1));
  }
  filter[count++] = (struct sock_filter)ALLOW;
  filter[count++] = (struct sock_filter)DENY(EPERM);
  for (int i = 0; i < rule_count; i++) filter[count++] = rules[i];
  struct sock_fprog program = {.len = count, .filter = filter};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

long cposix_first_call_let_through(void) {
  for (int i = 0; i < denied_count; i++)
    if (syscall(denied[i], -1, -1, -1, -1, -1, -1) != -1 || errno != EPERM) return denied[i];
  return -1;
}

bool cposix_can_filter_calls(void) {
  // No filter at all is a bad address to a kernel that knows filters
  // (prctl(2)); to another it is an invalid mode.
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) == -1 && errno == EFAULT;
}

#else

int cposix_filter_calls(void) {
  errno = ENOSYS;
  return -1;
}

long cposix_first_call_let_through(void) { return -1; }

bool cposix_can_filter_calls(void) { return false; }

#endif
