import CSQLite
import ChatPosix

/// What went wrong with the transcript, as evidence: no sentence for a user,
/// and never a bound value, since those are what people said.
public struct TranscriptError: Error, Hashable, Sendable {
  public var kind: Kind
  /// The database, as it was named by the caller.
  public var path: String
  /// SQLite's extended result code (https://www.sqlite.org/rescode.html);
  /// `nil` when SQLite was not asked.
  public var code: Int32?
  /// The errno behind it, errno(3); `nil` when there is none.
  public var errno: Errno?
  /// SQLite's own words, for a developer.
  public var message: String?
  /// The statement that failed, without its values.
  public var sql: String?

  public init(
    _ kind: Kind, path: String, code: Int32? = nil, errno: Errno? = nil, message: String? = nil,
    sql: String? = nil
  ) {
    self.kind = kind
    self.path = path
    self.code = code
    self.errno = errno
    self.message = message
    self.sql = sql
  }

  /// The raw values go from one process to another.
  public enum Kind: String, CaseIterable, Sendable {
    /// The disk, or the user's quota, is full.
    case full
    /// The file or its file system is read-only.
    case readOnly
    /// Another connection held its lock longer than the busy timeout.
    case locked
    /// SQLite found damage.
    case corrupt
    /// There is a file, and it is not an SQLite database.
    case notADatabase
    /// An SQLite database that another program made.
    case foreign
    /// A transcript with a trigger, a view, an index or a column that chatserve
    /// did not make; ``TranscriptError/message`` names it.
    case altered
    /// What is beside the file, as its log or its lock, is a link, a directory, a
    /// device, a socket or a pipe.
    case neighbourNotAFile
    /// The file, or one beside it, is another user's.
    case notOurs
    /// Other users may read or write it, or one beside it.
    case exposed
    /// Other users may change its directory.
    case exposedDirectory
    /// It, or one beside it, has another name too, a hard link.
    case linked
    /// A transcript of another build of chatserve, with another schema.
    case otherBuild
    /// An empty file, which holds no transcript to read.
    case empty
    /// The process may not read or write the file, or search its directory.
    case notPermitted
    /// open(2) and its like failed otherwise; ``TranscriptError/errno`` says how.
    case cannotOpen
    /// The file or its directory could not be made.
    case cannotCreate
    /// Nothing is at the path.
    case missing
    /// What is at the path is a directory, a device, a socket or a pipe.
    case notAFile
    /// SQLite stayed in another journal mode, as it does on file systems
    /// without shared memory (https://www.sqlite.org/wal.html#noshm).
    case noWriteAheadLog
    /// A read or a write failed.
    case inputOutput
    /// The file was removed while it was open.
    case deleted
    /// Another file took its place while it was open.
    case replaced
    /// It was cut off while it was open, as `truncate -s0` does.
    case emptied
    /// A rule of the schema refused it.
    case constraint
    /// Another process goes on with the conversation, or has closed it.
    case superseded
    /// The conversation is not there, is another one, or cannot be gone on with.
    case notResumable
    /// The conversation that is to be gone on with is closed.
    case over
    /// The client has more of the server's messages than there are.
    case overstated
    /// Anything else; ``TranscriptError/code`` says what.
    case other
  }
}

extension TranscriptError {
  /// Whether the file is not there any more as it was, so that another is begun.
  public var isOfLostFile: Bool { [.deleted, .replaced, .emptied].contains(kind) }

  /// Whether there is a value longer than any that chatserve writes.
  public var isOfLongValue: Bool { code.map { $0 & 0xff } == SQLITE_TOOBIG }

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
    let known = errno == 0 ? nil : Errno(rawValue: errno)
    self.init(
      Self.kind(code: code, errno: known), path: path, code: code, errno: known, message: message,
      sql: sql)
  }

  /// What a system call on the file at `path` met, where `others` is what an
  /// errno without a kind of its own means.
  init(_ error: SystemCallError, path: String, others: Kind) {
    self.init(Self.kind(error.errno) ?? others, path: path, errno: error.errno)
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
  static func kind(code: Int32, errno: Errno?) -> Kind {
    switch code & 0xff {
    case SQLITE_FULL: .full
    case SQLITE_READONLY: .readOnly
    // PROTOCOL: ten seconds of tries for a lock that is had for moments.
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .locked
    case SQLITE_CORRUPT: .corrupt
    case SQLITE_NOTADB: .notADatabase
    case SQLITE_PERM, SQLITE_AUTH: .notPermitted
    case SQLITE_CONSTRAINT: .constraint
    case SQLITE_CANTOPEN: errno.flatMap(kind) ?? .cannotOpen
    // A full disk that is met elsewhere than in a write, say while the
    // shared-memory file grows, is reported as an I/O error.
    case SQLITE_IOERR:
      switch errno.flatMap(kind) {
      case .full: .full
      case .readOnly: .readOnly
      default: .inputOutput
      }
    default: .other
    }
  }

  private static func kind(_ errno: Errno) -> Kind? {
    switch errno {
    case .permissionDenied, .notPermitted: .notPermitted
    case .readOnlyFileSystem: .readOnly
    case .noSpace, .diskQuotaExceeded: .full
    default: nil
    }
  }
}
