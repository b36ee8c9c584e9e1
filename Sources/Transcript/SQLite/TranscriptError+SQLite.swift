import CSQLite
import Glibc

extension TranscriptError {
  /// What `database` has to say of the call on it that returned `code`. To be
  /// asked before anything else is done with `database`.
  init(_ database: OpaquePointer?, code: Int32, path: String, sql: String? = nil) {
    // Only these two classes set the system's errno
    // (https://www.sqlite.org/c3ref/system_errno.html).
    let primary = code & 0xff
    let hasErrno = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN
    var errno = hasErrno && database != nil ? sqlite3_system_errno(database) : 0
    // SQLite does not note it where it is the commit that fails.
    if primary == SQLITE_IOERR, errno == 0 { errno = Self.errnoOfLog(database) }
    let message = database.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
    self.init(
      Self.kind(code: code, errno: errno), path: path, code: code, errno: errno == 0 ? nil : errno,
      message: message, sql: sql)
  }

  /// The errno of the last call on the write-ahead log that failed
  /// (https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html,
  /// SQLITE_FCNTL_JOURNAL_POINTER and SQLITE_FCNTL_LAST_ERRNO).
  private static func errnoOfLog(_ database: OpaquePointer?) -> Int32 {
    var log: UnsafeMutablePointer<sqlite3_file>?
    var errno: Int32 = 0
    guard let database,
      sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK,
      let log, let methods = log.pointee.pMethods,
      methods.pointee.xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &errno) == SQLITE_OK
    else { return 0 }
    return errno
  }

  /// The kind that an extended result code and the errno beside it mean.
  static func kind(code: Int32, errno: Int32) -> Kind {
    switch code & 0xff {
    case SQLITE_FULL: .full
    case SQLITE_READONLY: .readOnly
    case SQLITE_BUSY, SQLITE_LOCKED: .locked
    case SQLITE_CORRUPT: .corrupt
    case SQLITE_NOTADB: .notADatabase
    case SQLITE_PERM, SQLITE_AUTH: .notPermitted
    case SQLITE_CONSTRAINT: .constraint(code: code)
    case SQLITE_CANTOPEN:
      switch errno {
      case EACCES, EPERM: .notPermitted
      case EROFS: .readOnly
      case ENOSPC, EDQUOT: .full
      default: .cannotOpen(errno: errno)
      }
    case SQLITE_IOERR:
      // A full disk that is met elsewhere than in a write, say while the
      // shared-memory file grows, is reported as an I/O error.
      switch errno {
      case ENOSPC, EDQUOT: .full
      case EROFS: .readOnly
      default: .inputOutput(code: code)
      }
    default: .other(code: code)
    }
  }
}
