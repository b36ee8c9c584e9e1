// What a question costs: whole processes whose output goes into a pipe.
//
// question COUNT PROGRAM WORD…
//
// prints the median milliseconds to the first byte and to the end, those of
// processor time, and the most memory in MiB (VmHWM).
#include "measure.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

static uint64_t nanoseconds(struct timeval t) {
  return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_usec * 1000;
}

int main(int count, char **words) {
  if (count < 3) return 64;
  int runs = atoi(words[1]);
  enum { most = 1000 };
  static uint64_t first[most], whole[most], processor[most];
  static char bytes[1 << 16];
  long memory = 0;
  if (runs < 1 || runs > most) return 64;
  for (int i = 0; i < runs; i++) {
    int ends[2], status;
    if (pipe2(ends, O_CLOEXEC)) fail("pipe2");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    pid_t child;
    uint64_t start = now();
    if ((errno = posix_spawnp(&child, words[2], &actions, NULL, words + 2, environ)))
      fail(words[2]);
    close(ends[1]);
    posix_spawn_file_actions_destroy(&actions);
    ssize_t length = read(ends[0], bytes, sizeof bytes);
    first[i] = now() - start;
    while (length > 0) length = read(ends[0], bytes, sizeof bytes);
    struct rusage used;
    wait4(child, &status, 0, &used);
    whole[i] = now() - start;
    processor[i] = nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime);
    if (used.ru_maxrss > memory) memory = used.ru_maxrss;
    close(ends[0]);
    if (status) {
      fprintf(stderr, "%s ended with status %d\n", words[2], WEXITSTATUS(status));
      return 70;
    }
  }
  printf("%.3f %.3f %.3f %.1f\n", percentile(first, (size_t)runs, 0.5) / 1e6,
         percentile(whole, (size_t)runs, 0.5) / 1e6, percentile(processor, (size_t)runs, 0.5) / 1e6,
         (double)memory / 1024);
}
