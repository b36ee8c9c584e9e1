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
  /// - Throws: ``PrivateFileError``: others may read it, or its directory.
  public static func secret(at path: FilePath, limit: Int) throws(PrivateFileError) -> [UInt8]? {
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
    guard status.st_uid == geteuid() else { throw .notOwn }
    guard status.st_mode & 0o077 == 0 else { throw .exposed }
    try checkSecretDirectory(of: path)
    do throws(SystemCallError) {
      return try PrivateFile(descriptor: descriptor).read(from: 0, count: limit)
    } catch {
      throw .system(error)
    }
  }

  /// Makes a file at `path` that holds `bytes`, whole or not at all: written under
  /// another name, and given this one when it is on the disk. Missing directories
  /// are made. link(2), fsync(2).
  ///
  /// - Returns: false when there is a file of that name, which stays as it is.
  /// - Throws: ``PrivateFileError``: others may read its directory; `ENOSPC`,
  ///   `EROFS`, `EACCES`, ….
  public static func makeSecret(
    at path: FilePath, _ bytes: [UInt8]
  ) throws(PrivateFileError) -> Bool {
    do throws(SystemCallError) {
      try FileNames.makeDirectories(of: path)
    } catch {
      throw .system(error)
    }
    try checkSecretDirectory(of: path)
    let temporary = FilePath("\(path.string).new-\(getpid())")
    do throws(SystemCallError) {
      // Left by one that was killed and had the same number.
      try FileNames.remove(temporary)
      let descriptor = try FileDescriptor.create(temporary)
      defer { descriptor.closeOnce() }
      do throws(SystemCallError) {
        try descriptor.writeAll(bytes)
        try descriptor.flush()
        let isMade = try FileNames.link(temporary, to: path)
        try FileNames.remove(temporary)
        // Some file systems cannot promise it.
        try? FileNames.flushDirectory(of: path)
        return isMade
      } catch {
        _ = try? FileNames.remove(temporary)
        throw error
      }
    } catch {
      throw .system(error)
    }
  }

  private static func checkSecretDirectory(of path: FilePath) throws(PrivateFileError) {
    guard let status = try directory(of: path) else { return }
    let isOwn = status.owner == geteuid() || status.owner == 0
    guard isOwn, status.permissions & 0o077 == 0 else { throw .exposedDirectory }
  }
}
