#pragma once
#include <sqlite3.h>

// Locks of an open file description, fcntl(2). The numbers are the kernel's
// ABI; glibc shows the names only under _GNU_SOURCE, which a Swift importer
// does not define.
enum {
  chat_f_ofd_getlk = 36,
  chat_f_ofd_setlk = 37,
};
