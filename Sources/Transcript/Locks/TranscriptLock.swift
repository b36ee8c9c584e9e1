import ChatPosix

/// SQLite's own locks on a transcript, as others see them: who keeps everybody
/// else from recording.
///
/// In WAL mode they are on bytes of the shared memory and of the database
/// (https://www.sqlite.org/walformat.html#wal_locks, and PENDING_BYTE of
/// https://www.sqlite.org/fileformat2.html#the_lock_byte_page).
package enum TranscriptLock {
  /// WAL_WRITE_LOCK: whoever commits has it alone.
  private static let writing: ClosedRange<Int64> = 120...120
  /// WAL_READ_LOCK(1) to (4): who reads shares one of them, and to have one alone is
  /// an affair of moments. Not those between these and the first, which whoever puts
  /// the log into the database has for longer, and which keep nobody out.
  private static let reading: ClosedRange<Int64> = 124...127
  /// The byte that who opens the database shares for a moment, and those shared by
  /// all that have it open.
  private static let opening: ClosedRange<Int64> = 0x4000_0000...0x4000_01ff

  /// Who has one of these in the way of others at this moment.
  ///
  /// To be called in a process without a connection to the database: the kernel takes
  /// a process's locks on a file when it closes the file
  /// (https://www.sqlite.org/howtocorrupt.html, 2.2).
  ///
  /// - Parameter path: the database.
  /// - Returns: `nil` when nobody has, or it cannot be found out.
  package static func holder(database path: String) -> LockFile.Holder? {
    holder(in: DatabaseFile.sharedMemory(of: path), against: writing, reading)
      ?? holder(in: DatabaseFile.resolved(path), against: nil, opening)
  }

  private static func holder(
    in path: FilePath, against alone: ClosedRange<Int64>?, _ shared: ClosedRange<Int64>
  ) -> LockFile.Holder? {
    guard let file = try? LockFile(path, isCreating: false) else { return nil }
    if let alone, let holder = try? file.holder(of: alone, against: true) { return holder }
    return (try? file.holder(of: shared, against: false)) ?? nil
  }
}
