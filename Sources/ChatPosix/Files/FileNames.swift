import Glibc
import SystemPackage

/// The names of files, apart from what is in them.
public enum FileNames {
  /// Gives the file at `old` the name `new`, in place of what has it. At every
  /// moment one of the two is there. rename(2).
  ///
  /// - Throws: ``SystemCallError``: `EISDIR` when `new` is a directory,
  ///   `EXDEV` when it is on another file system, ….
  public static func rename(_ old: FilePath, to new: FilePath) throws(SystemCallError) {
    _ = try SystemCall.perform("rename") {
      Result(
        errnoFrom: old.withPlatformString { old in
          new.withPlatformString { new in Glibc.rename(old, new) }
        })
    }
  }

  /// Takes a name away; the file goes with its last one. unlink(2).
  ///
  /// - Returns: whether there was such a name.
  /// - Throws: ``SystemCallError``: `EACCES`, `EISDIR`, `EROFS`, ….
  @discardableResult
  public static func remove(_ path: FilePath) throws(SystemCallError) -> Bool {
    do throws(SystemCallError) {
      _ = try SystemCall.perform("unlink") {
        Result(errnoFrom: path.withPlatformString { unlink($0) })
      }
      return true
    } catch {
      if error.errno == .noSuchFileOrDirectory { return false }
      throw error
    }
  }

  /// Waits until the names in the directory of `path` survive a power cut:
  /// fsync(2) of a file does not do it for its name.
  ///
  /// - Throws: ``SystemCallError``: `EACCES` when the directory may not be
  ///   read, `EINVAL` on file systems that cannot.
  public static func flushDirectory(of path: FilePath) throws(SystemCallError) {
    let directory = path.removingLastComponent()
    let descriptor = try SystemCall.perform("open") {
      Result<FileDescriptor, Errno>(catchingErrno: {
        try FileDescriptor.open(
          directory.isEmpty ? "." : directory, .readOnly, options: [.directory, .closeOnExec],
          retryOnInterrupt: false)
      })
    }
    defer { descriptor.closeOnce() }
    try descriptor.flush()
  }

  /// What the links at `path` lead to: itself where there are none, or where
  /// they lead nowhere. realpath(3).
  public static func resolved(_ path: FilePath) -> FilePath {
    guard let found = path.withPlatformString({ realpath($0, nil) }) else { return path }
    defer { free(found) }
    return FilePath(platformString: found)
  }

  /// Whether a device, a pipe or a socket has the name `path`: what is written
  /// to and never replaced. stat(2).
  public static func isSpecial(_ path: FilePath) -> Bool {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else { return false }
    return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  /// Whether this process may run the file at `path`. access(2) X_OK.
  public static func isExecutable(_ path: FilePath) -> Bool {
    path.withPlatformString { access($0, X_OK) } == 0
  }
}
