#pragma once
#include <sqlite3.h>

// No header of the system stands here: a Swift importer would take its types
// for this module's.

// Locks of an open file description, fcntl(2). The numbers are the kernel's
// ABI; glibc shows the names only under _GNU_SOURCE, which a Swift importer
// does not define.
enum {
  chat_f_ofd_getlk = 36,
  chat_f_ofd_setlk = 37,
  chat_f_ofd_setlkw = 38,
};

// timer_create(2): a signal for one thread; hidden likewise.
enum { chat_sigev_thread_id = 4 };

// gettid(2), hidden likewise.
int gettid(void);
