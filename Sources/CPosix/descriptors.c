#define _GNU_SOURCE
#include "CPosix.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int cposix_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC | O_NONBLOCK); }

static int set_flag(int descriptor, int flag, bool on) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags == -1) return -1;
  int wanted = on ? flags | flag : flags & ~flag;
  return wanted == flags ? 0 : fcntl(descriptor, F_SETFL, wanted);
}

int cposix_set_nonblocking(int descriptor, bool on) {
  return set_flag(descriptor, O_NONBLOCK, on);
}

int cposix_set_appending(int descriptor, bool on) { return set_flag(descriptor, O_APPEND, on); }

int cposix_is_open(int descriptor) { return fcntl(descriptor, F_GETFD); }

int cposix_is_nonblocking(int descriptor) {
  const int flags = fcntl(descriptor, F_GETFL);
  return flags == -1 ? -1 : (flags & O_NONBLOCK) != 0;
}

int cposix_close_others(int kept) {
  if (kept > 3 && close_range(3, (unsigned)kept - 1, 0) == -1) return -1;
  return close_range((unsigned)(kept > 2 ? kept : 2) + 1, ~0u, 0);
}

int cposix_open_descriptors(int *numbers, int limit) {
  DIR *directory = opendir("/proc/self/fd");
  if (directory == NULL) return -1;
  int count = 0;
  for (struct dirent *entry; count < limit && (entry = readdir(directory)) != NULL;) {
    const int number = atoi(entry->d_name);
    if (number > 2 && number != dirfd(directory)) numbers[count++] = number;
  }
  closedir(directory);
  return count;
}

int cposix_open_unnamed(const char *directory) {
  return open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

int cposix_close_on_exec(int descriptor) { return fcntl(descriptor, F_SETFD, FD_CLOEXEC); }
