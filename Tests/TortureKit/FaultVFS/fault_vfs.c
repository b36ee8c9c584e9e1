#include "FaultVFS.h"

#include <sqlite3.h>
#include <string.h>

struct fault_file {
  sqlite3_file base;
  long unsynced;
  int is_log;
  // The system's file follows.
};

static sqlite3_vfs *system_vfs;
static sqlite3_vfs fault_vfs;
static char path_prefix[256];

static struct {
  int kinds;
  long first;
  int lasts;
  long count;
  int happened;
  long unsynced;
  int pauses;
} plan;

static sqlite3_file *inner(sqlite3_file *file) {
  return (sqlite3_file *)((struct fault_file *)file + 1);
}

static int fails(int kind) {
  if (plan.pauses || !(plan.kinds & kind)) return 0;
  plan.count++;
  if (plan.first == 0) return 0;
  int now = plan.count == plan.first || (plan.lasts && plan.count > plan.first);
  if (now) plan.happened = 1;
  return now;
}

static int fault_close(sqlite3_file *file) {
  plan.unsynced -= ((struct fault_file *)file)->unsynced;
  ((struct fault_file *)file)->unsynced = 0;
  return inner(file)->pMethods->xClose(inner(file));
}

static int fault_read(sqlite3_file *file, void *to, int count, sqlite3_int64 at) {
  if (fails(CHAT_FAULT_READ)) return SQLITE_IOERR_READ;
  return inner(file)->pMethods->xRead(inner(file), to, count, at);
}

static int fault_write(sqlite3_file *file, const void *from, int count, sqlite3_int64 at) {
  if (fails(CHAT_FAULT_FULL)) return SQLITE_FULL;
  if (fails(CHAT_FAULT_WRITE)) {
    // Half of it got there, as a dying disk leaves it.
    if (count > 1) (void)inner(file)->pMethods->xWrite(inner(file), from, count / 2, at);
    return SQLITE_IOERR_WRITE;
  }
  struct fault_file *self = (struct fault_file *)file;
  if (self->is_log) {
    self->unsynced += count;
    plan.unsynced += count;
  }
  return inner(file)->pMethods->xWrite(inner(file), from, count, at);
}

static int fault_truncate(sqlite3_file *file, sqlite3_int64 size) {
  if (fails(CHAT_FAULT_TRUNCATE)) return SQLITE_IOERR_TRUNCATE;
  return inner(file)->pMethods->xTruncate(inner(file), size);
}

static int fault_sync(sqlite3_file *file, int flags) {
  if (fails(CHAT_FAULT_SYNC)) return SQLITE_IOERR_FSYNC;
  struct fault_file *self = (struct fault_file *)file;
  plan.unsynced -= self->unsynced;
  self->unsynced = 0;
  return inner(file)->pMethods->xSync(inner(file), flags);
}

static int fault_size(sqlite3_file *file, sqlite3_int64 *size) {
  if (fails(CHAT_FAULT_SIZE)) return SQLITE_IOERR_FSTAT;
  return inner(file)->pMethods->xFileSize(inner(file), size);
}

static int fault_lock(sqlite3_file *file, int level) {
  if (fails(CHAT_FAULT_LOCK)) return SQLITE_IOERR_LOCK;
  return inner(file)->pMethods->xLock(inner(file), level);
}

static int fault_unlock(sqlite3_file *file, int level) {
  return inner(file)->pMethods->xUnlock(inner(file), level);
}

static int fault_reserved(sqlite3_file *file, int *held) {
  return inner(file)->pMethods->xCheckReservedLock(inner(file), held);
}

static int fault_control(sqlite3_file *file, int what, void *value) {
  return inner(file)->pMethods->xFileControl(inner(file), what, value);
}

static int fault_sector(sqlite3_file *file) {
  return inner(file)->pMethods->xSectorSize(inner(file));
}

static int fault_device(sqlite3_file *file) {
  return inner(file)->pMethods->xDeviceCharacteristics(inner(file));
}

static int fault_map(sqlite3_file *file, int page, int size, int extend, void volatile **at) {
  if (fails(CHAT_FAULT_MAP)) return SQLITE_IOERR_SHMMAP;
  return inner(file)->pMethods->xShmMap(inner(file), page, size, extend, at);
}

static int fault_map_lock(sqlite3_file *file, int offset, int count, int flags) {
  // A lock that cannot be given back is no error a system reports.
  if ((flags & SQLITE_SHM_LOCK) && fails(CHAT_FAULT_MAP_LOCK)) return SQLITE_IOERR_SHMLOCK;
  return inner(file)->pMethods->xShmLock(inner(file), offset, count, flags);
}

static void fault_barrier(sqlite3_file *file) {
  inner(file)->pMethods->xShmBarrier(inner(file));
}

static int fault_unmap(sqlite3_file *file, int delete) {
  return inner(file)->pMethods->xShmUnmap(inner(file), delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = fault_close,
    .xRead = fault_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = fault_size,
    .xLock = fault_lock,
    .xUnlock = fault_unlock,
    .xCheckReservedLock = fault_reserved,
    .xFileControl = fault_control,
    .xSectorSize = fault_sector,
    .xDeviceCharacteristics = fault_device,
    .xShmMap = fault_map,
    .xShmLock = fault_map_lock,
    .xShmBarrier = fault_barrier,
    .xShmUnmap = fault_unmap,
};

static int fault_open(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given) {
  (void)vfs;
  // Another's file is opened by the system's VFS in this one's memory.
  if (!name || strncmp(name, path_prefix, strlen(path_prefix)) != 0)
    return system_vfs->xOpen(system_vfs, name, file, flags, given);
  struct fault_file *self = (struct fault_file *)file;
  memset(self, 0, sizeof *self);
  if (fails(CHAT_FAULT_OPEN)) return SQLITE_CANTOPEN;
  self->is_log = (flags & SQLITE_OPEN_WAL) != 0;
  int code = system_vfs->xOpen(system_vfs, name, inner(file), flags, given);
  if (inner(file)->pMethods) file->pMethods = &methods;
  return code;
}

int chat_fault_install(const char *prefix) {
  if (system_vfs) return SQLITE_OK;
  system_vfs = sqlite3_vfs_find(0);
  if (!system_vfs || strlen(prefix) >= sizeof path_prefix) return SQLITE_ERROR;
  strcpy(path_prefix, prefix);
  // Everything but opening is the system's, called with the system's VFS's
  // own fields, which are copied.
  fault_vfs = *system_vfs;
  fault_vfs.zName = "chat-fault";
  fault_vfs.pNext = 0;
  fault_vfs.szOsFile = (int)sizeof(struct fault_file) + system_vfs->szOsFile;
  fault_vfs.xOpen = fault_open;
  return sqlite3_vfs_register(&fault_vfs, 1);
}

void chat_fault_plan(int kinds, long first, int lasts) {
  plan.kinds = kinds;
  plan.first = first;
  plan.lasts = lasts;
  plan.count = 0;
  plan.happened = 0;
}

void chat_fault_pause(int pauses) { plan.pauses = pauses; }
void chat_fault_end(void) { plan.lasts = 0; }
long chat_fault_count(void) { return plan.count; }
int chat_fault_happened(void) { return plan.happened; }
long chat_fault_unsynced(void) { return plan.unsynced; }
