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

  /// Whether a file can take the place of what has the name `path`: of another
  /// file, or of nothing. A device, a pipe and a link cannot be given back.
  /// lstat(2).
  public static func isReplaceable(_ path: FilePath) -> Bool {
    var status = stat()
    guard path.withPlatformString({ lstat($0, &status) }) == 0 else { return true }
    return status.st_mode & S_IFMT == S_IFREG
  }

  /// Whether this process may run the file at `path`. access(2) X_OK.
  public static func isExecutable(_ path: FilePath) -> Bool {
    path.withPlatformString { access($0, X_OK) } == 0
  }
}
