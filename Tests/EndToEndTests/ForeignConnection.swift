import CSQLite
import Harness

/// Another program that has the transcript open.
final class ForeignConnection {
  private var handle: OpaquePointer?

  init(_ path: String, busyTimeout: Int32 = 5_000) throws {
    guard sqlite3_open(path, &handle) == SQLITE_OK else {
      throw HarnessFailure("sqlite3_open of \(path)")
    }
    sqlite3_busy_timeout(handle, busyTimeout)
  }

  deinit { sqlite3_close(handle) }

  func execute(_ sql: String) throws {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
      throw HarnessFailure("\(sql): \(String(cString: sqlite3_errmsg(handle)))")
    }
  }
}
