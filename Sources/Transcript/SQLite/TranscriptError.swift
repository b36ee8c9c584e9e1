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
  public var errno: Int32?
  /// SQLite's own words, for a developer.
  public var message: String?
  /// The statement that failed, without its values.
  public var sql: String?

  public init(
    _ kind: Kind, path: String, code: Int32? = nil, errno: Int32? = nil, message: String? = nil,
    sql: String? = nil
  ) {
    self.kind = kind
    self.path = path
    self.code = code
    self.errno = errno
    self.message = message
    self.sql = sql
  }

  public enum Kind: Hashable, Sendable {
    /// The disk, or the user's quota, is full.
    case full
    /// The file or its file system is read-only.
    case readOnly
    /// Another connection held its lock longer than the busy timeout.
    case locked
    /// SQLite found damage.
    case corrupt
    /// There is a file, and it is no SQLite database.
    case notADatabase
    /// An SQLite database that another program made.
    case foreign
    /// A later chatserve wrote it.
    case newer(found: Int, known: Int)
    /// An earlier chatserve wrote it, and it was opened without the right to
    /// migrate it. Version 0 is an empty file.
    case older(found: Int, known: Int)
    /// The process may not read or write the file, or search its directory.
    case notPermitted
    /// open(2) and its like failed otherwise.
    case cannotOpen(errno: Int32)
    /// The file or its directory could not be made.
    case cannotCreate(errno: Int32)
    /// Nothing is at the path.
    case missing
    /// What is at the path is a directory, a device, a socket or a pipe.
    case notAFile
    /// SQLite stayed in another journal mode, as it does on file systems
    /// without shared memory (https://www.sqlite.org/wal.html#noshm).
    case noWriteAheadLog
    /// A read or a write failed; carries SQLite's extended code.
    case inputOutput(code: Int32)
    /// The file was removed while it was open.
    case deleted
    /// Another file took its place while it was open.
    case replaced
    /// A rule of the schema refused it; carries SQLite's extended code.
    case constraint(code: Int32)
    /// Anything else; carries SQLite's extended code.
    case other(code: Int32)
  }
}
