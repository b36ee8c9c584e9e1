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
    let errno = hasErrno && database != nil ? sqlite3_system_errno(database) : 0
    var kind = Self.kind(code: code, errno: errno)
    // What SQLite does after a failed write may put another errno in its place.
    if case .inputOutput = kind, DatabaseFile.isOnReadOnlyDisk(path) { kind = .readOnly }
    let message = database.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
    self.init(
      kind, path: path, code: code, errno: errno == 0 ? nil : errno, message: message, sql: sql)
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
