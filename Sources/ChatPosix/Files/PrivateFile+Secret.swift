import Glibc
import SystemPackage

/// Files with a secret in them, such as a key: mode 0600, in a directory with mode
/// 0700. Read and made whole.
extension PrivateFile {
  /// What the file at `path` holds, or where a link there leads. open(2), fstat(2).
  ///
  /// - Parameters:
  ///   - path: its name.
  ///   - limit: bytes that are read at most; of a longer file so many.
  /// - Returns: `nil` when there is no such file.
  /// - Throws: ``PrivateFileError``: others may read it, or its directory, or it has
  ///   another name, by which they may.
  public static func secret(at path: FilePath, limit: Int) throws(PrivateFileError) -> [UInt8]? {
    try contents(of: path, limit: limit, closedTo: 0o077)
  }

  /// As ``secret(at:limit:)``, of a file that others may read and nobody else may
  /// change.
  public static func trusted(at path: FilePath, limit: Int) throws(PrivateFileError) -> [UInt8]? {
    try contents(of: path, limit: limit, closedTo: 0o022)
  }

  /// What the file at `path`, which configures a program, holds: of the user's own or
  /// root's, which nobody else may change. So is what leads there: each link, and the
  /// directories that the links and the file are in. Other names it may have.
  ///
  /// - Returns: `nil` when there is no such file.
  /// - Throws: ``PrivateFileError``.
  public static func configuration(
    at path: FilePath, limit: Int
  ) throws(PrivateFileError) -> [UInt8]? {
    var name = path
    // As many as the kernel follows (path_resolution(7)).
    for _ in 0...40 {
      let parent = name.removingLastComponent()
      guard let directory = try status(of: parent.isEmpty ? "." : parent, followingLinks: true),
        let status = try status(of: name, followingLinks: false)
      else { return nil }
      guard isOwnOrRoots(directory.owner), directory.permissions & 0o022 == 0 else {
        throw .exposedDirectory
      }
      guard status.kind == .link else { break }
      guard isOwnOrRoots(status.owner) else { throw .notOwn }
      name = FileNames.followingOneLink(name)
    }
    return try contents(of: path, limit: limit, closedTo: 0o022, isConfiguration: true)
  }

  private static func status(
    of path: FilePath, followingLinks: Bool
  ) throws(PrivateFileError) -> FileStatus? {
    do throws(SystemCallError) {
      return try FileStatus(of: path, followingLinks: followingLinks)
    } catch {
      throw .system(error)
    }
  }

  private static func isOwnOrRoots(_ owner: UInt32) -> Bool { owner == geteuid() || owner == 0 }

  private static func contents(
    of path: FilePath, limit: Int, closedTo bits: mode_t, isConfiguration: Bool = false
  ) throws(PrivateFileError) -> [UInt8]? {
    let descriptor: FileDescriptor
    do throws(SystemCallError) {
      descriptor = try SystemCall.perform("open") {
        Result(catchingErrno: {
          try FileDescriptor.open(
            path, .readOnly,
            options: [.closeOnExec, .nonBlocking, FileDescriptor.OpenOptions(rawValue: O_NOCTTY)],
            retryOnInterrupt: false)
        })
      }
    } catch {
      if error.isAbsence { return nil }
      throw .system(error)
    }
    defer { descriptor.closeOnce() }
    let status = try status(of: descriptor)
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
    guard status.st_uid == geteuid() || isConfiguration && status.st_uid == 0 else {
      throw .notOwn
    }
    guard status.st_mode & bits == 0 else { throw .exposed }
    if !isConfiguration {
      // None: another took its place just now.
      guard status.st_nlink <= 1 else { throw .linked }
      try checkDirectory(of: path, closedTo: bits)
    }
    do throws(SystemCallError) {
      return try PrivateFile(descriptor: descriptor).read(from: 0, count: limit)
    } catch {
      throw .system(error)
    }
  }

  /// Makes a file at `path` that holds `bytes`, whole or not at all: written without a
  /// name, or under another where the file system knows no such files, and given
  /// this one when it is on the disk. Missing directories are made. linkat(2), link(2),
  /// fsync(2).
  ///
  /// - Returns: false when there is a file of that name, which stays as it is.
  /// - Throws: ``PrivateFileError``: others may read its directory; `ENOSPC`,
  ///   `EROFS`, `EACCES`, ….
  public static func makeSecret(
    at path: FilePath, _ bytes: [UInt8]
  ) throws(PrivateFileError) -> Bool {
    try makeDirectories(of: path)
    try checkDirectory(of: path, closedTo: 0o077)
    // Has one name at every moment, as what is read must have.
    if let isMade = try makeAtOnce(at: path, bytes) { return isMade }
    return try withNewFile(beside: path, bytes) { (temporary) throws(SystemCallError) in
      let isMade = try FileNames.link(temporary, to: path)
      try FileNames.remove(temporary)
      return isMade
    }
  }

  /// - Returns: false when there is a file of that name; `nil` where the file system
  ///   has no files without names.
  private static func makeAtOnce(
    at path: FilePath, _ bytes: [UInt8]
  ) throws(PrivateFileError) -> Bool? {
    let directory = path.removingLastComponent()
    guard let new = FileDescriptor.createUnnamed(in: directory.isEmpty ? "." : directory) else {
      return nil
    }
    defer { new.closeOnce() }
    do throws(SystemCallError) {
      try new.writeAll(bytes)
      try new.flush()
      try new.link(as: path)
    } catch {
      if error.errno == .fileExists { return false }
      throw .system(error)
    }
    // Some file systems cannot promise it.
    try? FileNames.flushDirectory(of: path)
    return true
  }

  /// Puts a file that holds `bytes` in the place of the one at `path`, or of nothing: at
  /// every moment one of the two is there. rename(2).
  ///
  /// - Parameters:
  ///   - path: its name.
  ///   - bytes: what it shall hold.
  ///   - keepingOld: the old one gets a name of its own.
  /// - Returns: that name.
  /// - Throws: ``PrivateFileError``, as ``makeSecret(at:_:)``.
  public static func replaceSecret(
    at path: FilePath, _ bytes: [UInt8], keepingOld: Bool
  ) throws(PrivateFileError) -> FilePath? {
    try makeDirectories(of: path)
    try checkDirectory(of: path, closedTo: keepingOld ? 0o077 : 0o022)
    return try withNewFile(beside: path, bytes) { (temporary) throws(SystemCallError) in
      var old: FilePath?
      if keepingOld, try FileStatus(of: path, followingLinks: false) != nil {
        var number = 1
        while try !FileNames.link(path, to: FilePath("\(path.string).old-\(number)")) {
          number += 1
        }
        old = FilePath("\(path.string).old-\(number)")
      }
      try FileNames.rename(temporary, to: path)
      return old
    }
  }

  /// Makes the directories that `path` needs; those that are there stay as they are.
  public static func makeDirectories(of path: FilePath) throws(PrivateFileError) {
    do throws(SystemCallError) {
      try FileNames.makeDirectories(of: path)
    } catch {
      throw .system(error)
    }
  }

  /// Writes a file of another name in the directory of `path`, to be given its place.
  private static func withNewFile<Result>(
    beside path: FilePath, _ bytes: [UInt8],
    _ use: (FilePath) throws(SystemCallError) -> Result
  ) throws(PrivateFileError) -> Result {
    let temporary = FilePath("\(path.string).new-\(getpid())")
    do throws(SystemCallError) {
      // Left by one that was killed and had the same number.
      try FileNames.remove(temporary)
      let descriptor = try FileDescriptor.create(temporary)
      defer { descriptor.closeOnce() }
      do throws(SystemCallError) {
        try descriptor.writeAll(bytes)
        try descriptor.flush()
        let result = try use(temporary)
        // Some file systems cannot promise it.
        try? FileNames.flushDirectory(of: path)
        return result
      } catch {
        _ = try? FileNames.remove(temporary)
        throw error
      }
    } catch {
      throw .system(error)
    }
  }

  private static func checkDirectory(
    of path: FilePath, closedTo bits: UInt32
  ) throws(PrivateFileError) {
    guard let status = try directory(of: path) else { return }
    let isOwn = status.owner == geteuid() || status.owner == 0
    guard isOwn, status.permissions & bits == 0 else { throw .exposedDirectory }
  }
}
