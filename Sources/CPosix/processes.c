#define _GNU_SOURCE
#include "CPosix.h"

#include <sys/wait.h>

bool cposix_wifexited(int status) { return WIFEXITED(status); }
int cposix_wexitstatus(int status) { return WEXITSTATUS(status); }
int cposix_wtermsig(int status) { return WTERMSIG(status); }
bool cposix_wcoredump(int status) { return WCOREDUMP(status); }
