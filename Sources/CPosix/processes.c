#define _GNU_SOURCE
#include "CPosix.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>

bool cposix_wifexited(int status) { return WIFEXITED(status); }
int cposix_wexitstatus(int status) { return WEXITSTATUS(status); }
int cposix_wtermsig(int status) { return WTERMSIG(status); }
bool cposix_wcoredump(int status) { return WCOREDUMP(status); }

void cposix_set_process_name(const char *name) { prctl(PR_SET_NAME, name); }

int cposix_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL); }
int cposix_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1); }
long cposix_random(void *bytes, size_t count) { return getrandom(bytes, count, 0); }
void cposix_wipe(void *bytes, size_t count) { explicit_bzero(bytes, count); }
