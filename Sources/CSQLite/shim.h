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

// What statx(2) tells; its own type is hidden likewise, and the layout is the
// kernel's ABI.
struct chat_statx {
  unsigned before_inode[8];
  unsigned long long inode;
  unsigned between[24];
  unsigned device_major, device_minor;
  unsigned long long after[14];
};
_Static_assert(sizeof(struct chat_statx) == 256, "the kernel fills in 256 bytes");

// STATX_INO
enum { chat_statx_inode = 0x100 };

// Which file `path` stands for, and nothing else of it.
static inline int chat_identify(const char *path, struct chat_statx *found) {
  extern int statx(int, const char *, int, unsigned, void *);
  enum { from_here = -100 }; // AT_FDCWD
  return statx(from_here, path, 0, chat_statx_inode, found);
}

// SQLITE_DBCONFIG_TRUSTED_SCHEMA off, by a call with a variable number of
// arguments, which a Swift importer does not see.
static inline int chat_distrust_schema(sqlite3 *database) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, 0);
}

// SQLITE_DBCONFIG_ENABLE_FKEY on, likewise: as PRAGMA foreign_keys does, and
// nothing has to be compiled.
static inline int chat_check_foreign_keys(sqlite3 *database) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_FKEY, 1, 0);
}

// SQLITE_CONFIG_MEMSTATUS off, likewise: without it every allocation takes a
// lock and counts (https://www.sqlite.org/c3ref/c_config_covering_index_scan.html).
static inline int chat_count_no_memory(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// In place of opening a directory to sync it: SQLite takes the refusal for a
// directory that cannot be synced, and goes on (unixSync in os_unix.c).
static inline int chat_refuse_directory(const char *path, int *descriptor) {
  (void)path;
  (void)descriptor;
  return SQLITE_CANTOPEN;
}

// Whether a connection's first sync of its log syncs the log's directory too,
// for this process: by default it does. Does nothing to a VFS that has no such
// calls (https://www.sqlite.org/c3ref/vfs.html).
static inline void chat_sync_directories(int wanted) {
  sqlite3_vfs *vfs = sqlite3_vfs_find(0);
  if (!vfs || vfs->iVersion < 3 || !vfs->xSetSystemCall) return;
  vfs->xSetSystemCall(vfs, "openDirectory",
                      wanted ? 0 : (sqlite3_syscall_ptr)chat_refuse_directory);
}
