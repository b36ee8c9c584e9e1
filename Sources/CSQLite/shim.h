#pragma once
#include <sqlite3.h>

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

// SQLITE_DBCONFIG_DEFENSIVE, likewise: no statement writes the tables behind a
// virtual one, the schema or its cookie.
static inline int chat_protect_schema(sqlite3 *database, int is_on) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, is_on, 0);
}

// SQLITE_CONFIG_MEMSTATUS off, likewise: without it every allocation takes a
// lock and counts (https://www.sqlite.org/c3ref/c_config_covering_index_scan.html).
static inline int chat_count_no_memory(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
