#pragma once

// An SQLite VFS (https://www.sqlite.org/vfs.html) above the system's own that
// fails the n-th call on the files whose path begins with a prefix, and knows
// whether what was written to them is on disk. For tests; one plan a process.

enum chat_fault_call {
  CHAT_FAULT_OPEN = 1 << 0,
  CHAT_FAULT_READ = 1 << 1,
  CHAT_FAULT_WRITE = 1 << 2,
  CHAT_FAULT_TRUNCATE = 1 << 3,
  CHAT_FAULT_SYNC = 1 << 4,
  CHAT_FAULT_SIZE = 1 << 5,
  CHAT_FAULT_LOCK = 1 << 6,
  CHAT_FAULT_MAP = 1 << 7,
  CHAT_FAULT_MAP_LOCK = 1 << 8,
  CHAT_FAULT_FULL = 1 << 9,  // A write that finds the disk full.
};

// Makes it the default VFS for paths below `prefix`; the rest of the process
// does not notice. 0, or SQLite's error.
int chat_fault_install(const char *prefix);

// Counts calls of `kinds` from now on and fails number `first` and, when
// `lasts`, every one after it; 0 fails none.
void chat_fault_plan(int kinds, long first, int lasts);

// Ends the faults of a plan that lasts.
void chat_fault_end(void);

// Lets every call pass, uncounted, while `pauses`.
void chat_fault_pause(int pauses);

// Calls counted since the plan was made.
long chat_fault_count(void);

// Whether anything failed since then.
int chat_fault_happened(void);

// Bytes of write-ahead logs that were written and not synced.
long chat_fault_unsynced(void);
