import CSQLite
import Schema

extension Connection {
  /// The earliest version of the database that this program can read
  /// without migrating it.
  static let oldestReadableVersion = 1

  /// Opens a transcript for reading: nothing is created, migrated or written.
  ///
  /// It works where the directory is read-only too. A database in WAL mode
  /// then needs its shared memory to be there already; where no log file is,
  /// nobody writes, and the file is read as it stands
  /// (https://www.sqlite.org/wal.html#readonly).
  ///
  /// - Parameters:
  ///   - path: the database.
  ///   - busyTimeout: how long a read may wait for a lock, in milliseconds.
  /// - Returns: the connection, set up.
  /// - Throws: ``TranscriptError``, of the kinds `missing`, `notAFile`,
  ///   `notPermitted`, `notADatabase`, `foreign`, `newer`, `older`, `corrupt`,
  ///   `locked` among others.
  public static func forReading(
    _ path: String, busyTimeout: Int32 = defaultBusyTimeout
  ) throws(TranscriptError) -> Connection {
    guard try DatabaseFile.exists(path) else { throw TranscriptError(.missing, path: path) }
    do throws(TranscriptError) {
      return try readable(path, immutable: false, busyTimeout: busyTimeout)
    } catch {
      guard error.isForWantOfSharedMemory, !DatabaseFile.hasLog(path) else { throw error }
      return try readable(path, immutable: true, busyTimeout: busyTimeout)
    }
  }

  private static func readable(
    _ path: String, immutable: Bool, busyTimeout: Int32
  ) throws(TranscriptError) -> Connection {
    let connection =
      immutable
      ? try Connection(
        path: path, name: DatabaseFile.immutableURI(path),
        flags: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
      : try Connection(path: path, flags: SQLITE_OPEN_READONLY)
    connection.setBusyTimeout(milliseconds: busyTimeout)
    // Views and indexes of a file that somebody else may have prepared run
    // no function that does anything (https://www.sqlite.org/security.html).
    let code = chat_distrust_schema(connection.handle)
    guard code == SQLITE_OK else { throw connection.error(code) }
    let version = try connection.identify()
    if version < oldestReadableVersion {
      throw TranscriptError(
        .older(found: version, known: Schema.migrations.count), path: path)
    }
    return connection
  }
}

extension TranscriptError {
  /// Whether this is how a read-only WAL database without a shared-memory
  /// file fails.
  fileprivate var isForWantOfSharedMemory: Bool {
    guard let code else { return false }
    return code & 0xff == SQLITE_CANTOPEN || code & 0xff == SQLITE_READONLY
  }
}
