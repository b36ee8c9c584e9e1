#define _GNU_SOURCE
#include "CPosix.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int cposix_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int cposix_no_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int cposix_drop_capabilities(cposix_power kept) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
  if (syscall(SYS_capget, &header, data) == -1) return -1;
  const unsigned mask = kept == CPOSIX_POWER_SEARCH  ? 1u << CAP_DAC_READ_SEARCH
                        : kept == CPOSIX_POWER_WRITE ? 1u << CAP_DAC_OVERRIDE
                                                     : 0;
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
    data[i].permitted &= i == 0 ? mask : 0;
    data[i].effective &= data[i].permitted;
    data[i].inheritable = 0;
  }
  return (int)syscall(SYS_capset, &header, data);
}

int cposix_open_path(const char *path) { return open(path, O_PATH | O_CLOEXEC); }

// landlock(7) and https://docs.kernel.org/userspace-api/landlock.html. Defined
// here because the headers of a distribution are older than the kernels it runs
// on (Debian 12's know version 3); the numbers are part of the kernel's ABI.
enum {
  sys_create_ruleset = 444,
  sys_add_rule = 445,
  sys_restrict_self = 446,
  create_ruleset_version = 1 << 0, // LANDLOCK_CREATE_RULESET_VERSION
  rule_path_beneath = 1,           // LANDLOCK_RULE_PATH_BENEATH
  rule_net_port = 2,               // LANDLOCK_RULE_NET_PORT
  // LANDLOCK_ACCESS_FS_…
  all_files_of_version_1 = (1 << 13) - 1,
  refer = 1 << 13,     // from version 2
  ioctl_dev = 1 << 15, // from version 5, for what is opened from now on
  // LANDLOCK_ACCESS_NET_…, from version 4
  bind_tcp = 1 << 0,
  connect_tcp = 1 << 1,
  // LANDLOCK_SCOPE_…, from version 6
  scope_abstract_unix_socket = 1 << 0,
  scope_signal = 1 << 1,
};

struct ruleset {
  unsigned long long files, network, scopes;
};

struct path_beneath {
  unsigned long long allowed;
  int directory;
} __attribute__((packed));

struct net_port {
  unsigned long long allowed, port;
};

int cposix_landlock_version(void) {
  return (int)syscall(sys_create_ruleset, NULL, 0, create_ruleset_version);
}

int cposix_landlock_ruleset(int version, bool stops_group) {
  struct ruleset denied = {.files = all_files_of_version_1};
  if (version >= 2) denied.files |= refer;
  if (version >= 3) denied.files |= CPOSIX_LANDLOCK_TRUNCATE;
  if (version >= 4) denied.network = bind_tcp | connect_tcp;
  if (version >= 5) denied.files |= ioctl_dev;
  if (version >= 6) denied.scopes = scope_abstract_unix_socket | (stops_group ? 0 : scope_signal);
  // A kernel takes a longer struct than it knows when the rest is zero.
  return (int)syscall(sys_create_ruleset, &denied, sizeof denied, 0);
}

int cposix_landlock_allow(int ruleset, int path, unsigned long long rights) {
  struct path_beneath rule = {.allowed = rights, .directory = path};
  return (int)syscall(sys_add_rule, ruleset, rule_path_beneath, &rule, 0);
}

int cposix_landlock_allow_port(int ruleset, unsigned short port) {
  struct net_port rule = {.allowed = connect_tcp, .port = port};
  return (int)syscall(sys_add_rule, ruleset, rule_net_port, &rule, 0);
}

int cposix_landlock_restrict(int ruleset) {
  return (int)syscall(sys_restrict_self, ruleset, 0);
}
