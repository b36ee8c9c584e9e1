import Glibc

extension DatabaseFile {
  /// Makes the directories that `path` needs, with mode 0700: what was said
  /// is nobody else's to read. Those that exist are left as they are.
  static func makeDirectory(of path: String) throws(TranscriptError) {
    let (directory, _) = split(path)
    try makeDirectories(directory, for: path)
  }

  private static func makeDirectories(
    _ directory: String, for path: String
  ) throws(TranscriptError) {
    if mkdir(directory, 0o700) == 0 { return persist(directory: split(directory).directory) }
    switch errno {
    case EEXIST: return  // Whether it is a directory shows when the file is made.
    case ENOENT:
      let parent = split(directory).directory
      // Only a directory with a parent can be missing for want of it.
      guard parent != directory, parent != "." else { fallthrough }
      try makeDirectories(parent, for: path)
      if mkdir(directory, 0o700) == 0 || errno == EEXIST {
        return persist(directory: parent)
      }
      throw creationError(errno, path)
    default: throw creationError(errno, path)
    }
  }

  /// Makes an empty file with mode 0600 before SQLite sees it; SQLite gives
  /// the log and the shared memory the same mode. A file that exists is left
  /// as it is.
  static func create(_ path: String) throws(TranscriptError) {
    if try exists(path) { return }
    // A log without its database belongs to one that was deleted, and
    // processes may still have that one open: sharing its shared memory with
    // them would damage both (https://www.sqlite.org/howtocorrupt.html).
    for neighbour in ["-wal", "-shm", "-journal"] { unlink(resolved(path) + neighbour) }
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0 {
      if errno == EEXIST { return }
      throw creationError(errno, path)
    }
    // Nobody in this process can have the new file open, so that closing it
    // takes no lock from anybody.
    defer { close(descriptor) }
    // open(2) took away what the umask forbids, and it may forbid reading.
    if fchmod(descriptor, 0o600) < 0 { throw creationError(errno, path) }
  }

  /// Sees that a new name in `directory` survives a power cut; fsync(2).
  /// SQLite does so for the directory of the database itself.
  private static func persist(directory: String) {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func creationError(_ error: Int32, _ path: String) -> TranscriptError {
    switch error {
    case EACCES, EPERM: TranscriptError(.notPermitted, path: path, errno: error)
    case EROFS: TranscriptError(.readOnly, path: path, errno: error)
    case ENOSPC, EDQUOT: TranscriptError(.full, path: path, errno: error)
    default: TranscriptError(.cannotCreate(errno: error), path: path, errno: error)
    }
  }
}
