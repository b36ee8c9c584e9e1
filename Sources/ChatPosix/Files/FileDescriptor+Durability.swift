import Glibc
import SystemPackage

extension FileDescriptor {
  /// Makes a file that this user alone may read and write, and opens it for
  /// writing. open(2) O_CREAT and O_EXCL.
  ///
  /// - Throws: ``SystemCallError``: `EEXIST` when there is something of that
  ///   name, a dangling link included; `ENOENT`, `EACCES`, `ENOSPC`, ….
  public static func create(_ path: FilePath) throws(SystemCallError) -> FileDescriptor {
    try SystemCall.perform("open") {
      Result(catchingErrno: {
        try FileDescriptor.open(
          path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
          permissions: .ownerReadWrite, retryOnInterrupt: false)
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
