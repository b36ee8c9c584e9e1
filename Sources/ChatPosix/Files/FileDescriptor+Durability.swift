import CPosix
import Glibc
import SystemPackage

extension FileDescriptor {
  /// Makes a file that this user alone may read and write, whatever the umask
  /// takes away, and opens it. open(2) O_CREAT and O_EXCL, fchmod(2).
  ///
  /// - Throws: ``SystemCallError``: `EEXIST` when there is something of that
  ///   name, a dangling link included; `ENOENT`, `EACCES`, `ENOSPC`, ….
  public static func create(
    _ path: FilePath, _ mode: AccessMode = .writeOnly
  ) throws(SystemCallError) -> FileDescriptor {
    let descriptor = try SystemCall.perform("open") {
      Result(catchingErrno: {
        try FileDescriptor.open(
          path, mode, options: [.create, .exclusiveCreate, .closeOnExec],
          permissions: .ownerReadWrite, retryOnInterrupt: false)
      })
    }
    do throws(SystemCallError) {
      _ = try SystemCall.perform("fchmod") {
        Result(errnoFrom: fchmod(descriptor.rawValue, 0o600))
      }
    } catch {
      descriptor.closeOnce()
      throw error
    }
    return descriptor
  }

  /// Makes a file without a name in `directory`, which goes with the process
  /// unless ``link(as:)`` gives it one, whatever ends the process. open(2)
  /// O_TMPFILE, fchmod(2).
  ///
  /// - Returns: `nil` where the file system, or the want of /proc, does not allow
  ///   it, or nothing can be made there at all.
  public static func createUnnamed(in directory: FilePath) -> FileDescriptor? {
    guard (try? FileNames.target(of: "/proc/self/fd")) != nil else { return nil }
    let number = directory.withPlatformString { cposix_open_unnamed($0) }
    if number < 0 { return nil }
    let descriptor = FileDescriptor(rawValue: number)
    if fchmod(number, 0o600) == 0 { return descriptor }
    descriptor.closeOnce()
    return nil
  }

  /// Gives a file that has no name one. linkat(2), by way of /proc.
  ///
  /// - Throws: ``SystemCallError``: `EEXIST`, `ENOSPC`, ….
  public func link(as path: FilePath) throws(SystemCallError) {
    _ = try SystemCall.perform("linkat") {
      Result(
        errnoFrom: path.withPlatformString {
          linkat(AT_FDCWD, "/proc/self/fd/\(rawValue)", AT_FDCWD, $0, AT_SYMLINK_FOLLOW)
        })
    }
  }

  /// Opens what is at `path`, or where a link there leads, as a shell does for
  /// its `>`. open(2); that of a pipe waits for a reader.
  ///
  /// - Throws: ``SystemCallError``: `EACCES`, `EISDIR`, ….
  public static func openEmptied(_ path: FilePath) throws(SystemCallError) -> FileDescriptor {
    try SystemCall.perform("open") {
      Result(catchingErrno: {
        try FileDescriptor.open(
          path, .writeOnly, options: [.create, .truncate, .closeOnExec],
          permissions: .ownerReadWrite, retryOnInterrupt: false)
      })
    }
  }

  /// Waits until what was written survives a power cut. fsync(2).
  ///
  /// - Throws: ``SystemCallError``: `EIO`, `ENOSPC`, `EDQUOT`.
  public func flush() throws(SystemCallError) {
    _ = try SystemCall.perform("fsync") { Result(errnoFrom: fsync(rawValue)) }
  }
}
