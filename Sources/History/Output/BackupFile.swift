import ChatPosix

/// A file that SQLite writes, and that is there whole or not at all: under another name in
/// the same directory until it is finished, which only a kill leaves behind.
final class BackupFile {
  /// Where it is until then.
  let temporary: String
  private let place: FilePath
  private let descriptor: FileDescriptor
  private var isDone = false

  /// - Throws: ``SystemCallError``: the directory is missing or not writable.
  init(_ place: FilePath) throws(SystemCallError) {
    self.place = place
    // The process's id keeps two apart; what a killed one of the same id left goes.
    temporary = "\(place).\(ProcessID.current).tmp"
    try Self.remove(temporary)
    descriptor = try .create(FilePath(temporary))
  }

  deinit {
    if isDone { return }
    descriptor.closeOnce()
    // What cannot be removed now goes with the next.
    try? Self.remove(temporary)
  }

  private static func remove(_ path: String) throws(SystemCallError) {
    for ending in ["", "-wal", "-shm", "-journal"] {
      try FileNames.remove(FilePath(path + ending))
    }
  }

  /// Puts it in its place, once no connection has it open.
  ///
  /// - Parameter replacing: what is there.
  /// - Returns: false when something is there that is not to be replaced.
  /// - Throws: ``SystemCallError``; nothing has changed there.
  func finish(replacing: Bool) throws(SystemCallError) -> Bool {
    // Before its name: or a power cut could leave the name on an empty file.
    try descriptor.flush()
    if !replacing, try !moveIfFree() { return false }
    if replacing { try FileNames.rename(FilePath(temporary), to: place) }
    isDone = true
    descriptor.closeOnce()
    // It is in its place; some file systems cannot promise more.
    try? FileNames.flushDirectory(of: place)
    return true
  }

  private func moveIfFree() throws(SystemCallError) -> Bool {
    do throws(SystemCallError) {
      guard try FileNames.link(FilePath(temporary), to: place) else { return false }
    } catch {
      // A file system without links, where nothing was a moment ago.
      guard error.errno == .notPermitted || error.errno == .notSupported else { throw error }
      try FileNames.rename(FilePath(temporary), to: place)
      return true
    }
    _ = try? FileNames.remove(FilePath(temporary))
    return true
  }
}
