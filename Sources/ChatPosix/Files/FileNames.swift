import CPosix
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

  /// Gives the file at `old` another name, `new`. link(2).
  ///
  /// - Returns: false when something has that name.
  /// - Throws: ``SystemCallError``: `EPERM` where the file system has one name a
  ///   file, `ENOSPC`, `EROFS`, ….
  public static func link(_ old: FilePath, to new: FilePath) throws(SystemCallError) -> Bool {
    do throws(SystemCallError) {
      _ = try SystemCall.perform("link") {
        Result(
          errnoFrom: old.withPlatformString { old in
            new.withPlatformString { new in Glibc.link(old, new) }
          })
      }
      return true
    } catch {
      if error.errno == .fileExists { return false }
      throw error
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

  /// Makes a directory that this user alone may use. mkdir(2), mode 0700.
  ///
  /// - Returns: whether it was made; false when the name is taken, by whatever.
  /// - Throws: ``SystemCallError``: `ENOENT` when its own directory is missing,
  ///   `EACCES`, `EROFS`, `ENOSPC`, ….
  public static func makeDirectory(_ path: FilePath) throws(SystemCallError) -> Bool {
    do throws(SystemCallError) {
      _ = try SystemCall.perform("mkdir") {
        Result(errnoFrom: path.withPlatformString { mkdir($0, 0o700) })
      }
      return true
    } catch {
      if error.errno == .fileExists { return false }
      throw error
    }
  }

  /// Makes the directories that `path` needs, as ``makeDirectory(_:)`` does, and
  /// their names durable. Those that exist are left as they are; whether what is
  /// there is a directory shows when the file is made.
  ///
  /// - Throws: ``SystemCallError``: `EACCES`, `EROFS`, `ENOSPC`, ….
  public static func makeDirectories(of path: FilePath) throws(SystemCallError) {
    let directory = path.removingLastComponent()
    if directory.isEmpty || directory.lastComponent == nil { return }
    do throws(SystemCallError) {
      guard try makeDirectory(directory) else { return }
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
      try makeDirectories(of: directory)
      guard try makeDirectory(directory) else { return }
    }
    // The new name survives a power cut. Some file systems cannot promise it.
    try? flushDirectory(of: directory)
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

  /// What a name leads to.
  public enum Target: Hashable, Sendable {
    /// A regular file, with its size in bytes.
    case file(size: Int64)
    /// A directory, a device, a pipe or a socket.
    case other
  }

  /// What is at `path`, links followed; `nil` for nothing. stat(2).
  ///
  /// - Throws: ``SystemCallError``: `EACCES` when a directory on the way may
  ///   not be searched, `ELOOP`, ….
  public static func target(of path: FilePath) throws(SystemCallError) -> Target? {
    var status = stat()
    do throws(SystemCallError) {
      _ = try SystemCall.perform("stat") {
        Result(errnoFrom: path.withPlatformString { stat($0, &status) })
      }
    } catch {
      if error.isAbsence { return nil }
      throw error
    }
    return status.st_mode & S_IFMT == S_IFREG ? .file(size: Int64(status.st_size)) : .other
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

  /// Makes sure that this process may write the file at `path`. access(2) W_OK.
  ///
  /// - Throws: ``SystemCallError``: `EACCES` for its mode, `EROFS` for the file
  ///   system, ….
  public static func checkWritable(_ path: FilePath) throws(SystemCallError) {
    _ = try SystemCall.perform("access") {
      Result(errnoFrom: path.withPlatformString { access($0, W_OK) })
    }
  }
}

/// Which file it is, whatever names it has.
public struct FileIdentity: Hashable, Sendable {
  public let device: UInt64
  public let inode: UInt64

  /// That of the file at `path`, links followed; `nil` when nothing is there.
  /// statx(2).
  ///
  /// - Throws: ``SystemCallError``: `EACCES`, `ELOOP`, ….
  public init?(of path: FilePath) throws(SystemCallError) {
    var device: UInt64 = 0
    var inode: UInt64 = 0
    do throws(SystemCallError) {
      _ = try SystemCall.perform("statx") {
        Result(errnoFrom: path.withPlatformString { cposix_identify($0, &device, &inode) })
      }
    } catch {
      if error.isAbsence { return nil }
      throw error
    }
    self.device = device
    self.inode = inode
  }
}

extension SystemCallError {
  /// Whether it says that nothing is there, since a part of the path is missing
  /// or no directory.
  var isAbsence: Bool { errno == .noSuchFileOrDirectory || errno == .notDirectory }
}
