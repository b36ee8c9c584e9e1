import ChatPosix

/// Whether others could read what is said, or change what is read.
///
/// The checks are for files that somebody left lying there, not for who changes
/// them at the same moment: in a directory that no other user may write, nobody
/// can.
extension DatabaseFile {
  /// Makes sure that nobody else can put another file in the place of the
  /// database at `path`, or has put something beside it that is no file: to be
  /// asked before it is opened.
  ///
  /// - Throws: `neighbourNotAFile`, `exposedDirectory`; all of these errors name
  ///   the database, whichever file it is.
  static func checkPlace(of path: String) throws(TranscriptError) {
    try checkDirectory(of: path)
    for neighbour in try neighbours(of: path, ["-wal", "-shm", "-journal"])
    where neighbour.kind != .file {
      throw TranscriptError(.neighbourNotAFile, path: path)
    }
  }

  /// Makes sure that a transcript which is to be written is the user's alone: the
  /// file, and what SQLite and the locks have beside it. To be asked once it is
  /// known to be one: what to do with another program's file is not ours to say.
  ///
  /// - Throws: `notOurs`, `linked`, `exposed`.
  static func checkForWriting(_ path: String) throws(TranscriptError) {
    if let status = try status(resolved(path), of: path) { try checkOurs(status, of: path) }
    for neighbour in try neighbours(of: path, ["-wal", "-shm", "-journal", "-lock"])
    where neighbour.kind == .file {
      try checkOurs(neighbour, of: path)
    }
  }

  /// Makes sure that nobody else could have put in a transcript what is to be
  /// read. A copy that others may read, or that root has put back, is as good as
  /// any; root reads everybody's.
  ///
  /// - Throws: `notOurs`, `exposed`.
  static func checkForReading(_ path: String) throws(TranscriptError) {
    guard let status = try status(resolved(path), of: path) else { return }
    if isOfAnother(status) { throw TranscriptError(.notOurs, path: path) }
    if status.permissions & 0o022 != 0 { throw TranscriptError(.exposed, path: path) }
  }

  private static func checkOurs(_ status: FileStatus, of path: String) throws(TranscriptError) {
    if status.owner != FileStatus.effectiveUser { throw TranscriptError(.notOurs, path: path) }
    // By another name it may be where others can reach it.
    if status.links > 1 { throw TranscriptError(.linked, path: path) }
    if status.permissions & 0o077 != 0 { throw TranscriptError(.exposed, path: path) }
  }

  /// Whoever may write the directory can put another file in the place of any;
  /// not in one like /tmp, where a name is its owner's (the sticky bit,
  /// inode(7)). Who is in its group, now and later, is not looked at, as sshd(8)
  /// does not for `StrictModes`.
  private static func checkDirectory(of path: String) throws(TranscriptError) {
    let parent = resolved(path).removingLastComponent()
    // What is no directory is named when the file is made.
    guard let status = try status(parent.isEmpty ? "." : parent, of: path),
      status.kind == .directory
    else { return }
    let isOpen = status.permissions & 0o022 != 0 && status.permissions & 0o1000 == 0
    if isOfAnother(status) || isOpen { throw TranscriptError(.exposedDirectory, path: path) }
  }

  private static func isOfAnother(_ status: FileStatus) -> Bool {
    let user = FileStatus.effectiveUser
    return user != 0 && status.owner != 0 && status.owner != user
  }

  /// Those that are there.
  private static func neighbours(
    of path: String, _ suffixes: [String]
  ) throws(TranscriptError) -> [FileStatus] {
    let file = resolved(path).string
    var found: [FileStatus] = []
    for suffix in suffixes {
      if let status = try status(FilePath(file + suffix), of: path, followingLinks: false) {
        found.append(status)
      }
    }
    return found
  }

  private static func status(
    _ file: FilePath, of path: String, followingLinks: Bool = true
  ) throws(TranscriptError) -> FileStatus? {
    do throws(SystemCallError) {
      return try FileStatus(of: file, followingLinks: followingLinks)
    } catch {
      throw TranscriptError(error, path: path, others: .cannotOpen)
    }
  }
}
