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
