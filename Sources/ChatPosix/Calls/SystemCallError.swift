import SystemPackage

/// A system call that failed for a reason outside this program.
///
/// `EBADF` and `EFAULT` are never in here: only our own bug can cause them, so
/// they trap. `EINTR` is retried, `EAGAIN` is a value of the call's result.
public struct SystemCallError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The call as its man page names it, for example `bind`.
  public let call: String
  /// The reason; errno(3).
  public let errno: Errno

  public init(call: String, errno: Errno) {
    self.call = call
    self.errno = errno
  }

  /// For developers; users read the words of `UserMessages`.
  public var description: String { "\(call): \(errno)" }
}
