// The time of whole processes: start, run, end, output to /dev/null.
//
// whole_process COUNT PROGRAM WORD…   prints the median in ms
#include "measure.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

int main(int count, char **words) {
  if (count < 3) return 64;
  int runs = atoi(words[1]);
  uint64_t times[1000];
  if (runs < 1 || runs > 1000) return 64;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  for (int i = 0; i < runs; i++) {
    pid_t child;
    int status;
    uint64_t start = now();
    if ((errno = posix_spawnp(&child, words[2], &actions, NULL, words + 2, environ)))
      fail(words[2]);
    waitpid(child, &status, 0);
    times[i] = now() - start;
    if (status) {
      fprintf(stderr, "%s ended with status %d\n", words[2], WEXITSTATUS(status));
      return 70;
    }
  }
  printf("%.3f\n", percentile(times, (size_t)runs, 0.5) / 1e6);
}
