import CPosix
import SystemPackage

/// Locks on single bytes of a file, between processes: open file description
/// locks, fcntl_locking(2).
///
/// A lock belongs to the open file description: it goes with the last close of
/// it, also when the process dies, and a forked child shares it.
public struct FileLock: Sendable {
  /// The file, open for writing. Bytes past its end may be locked too.
  public let descriptor: FileDescriptor

  public init(descriptor: FileDescriptor) {
    self.descriptor = descriptor
  }

  /// Locks `byte` if nobody else has it; false when somebody has.
  public func tryLock(byte: Int64) throws(SystemCallError) -> Bool {
    do {
      let result = try SystemCall.performUnlessBlocking("fcntl") {
        Result(errnoFrom: cposix_lock_byte(descriptor.rawValue, Int(byte), false))
      }
      return result != nil
    } catch {
      if error.errno == .permissionDenied { return false }  // POSIX allows EACCES here
      throw error
    }
  }

  /// Locks `byte`, waiting without limit for whoever has it.
  public func lock(byte: Int64) throws(SystemCallError) {
    _ = try SystemCall.perform("fcntl") {
      Result(errnoFrom: cposix_lock_byte(descriptor.rawValue, Int(byte), true))
    }
  }

  public func unlock(byte: Int64) throws(SystemCallError) {
    _ = try SystemCall.perform("fcntl") {
      Result(errnoFrom: cposix_unlock_byte(descriptor.rawValue, Int(byte)))
    }
  }

  /// Whether somebody else (another open file description) has `byte`.
  public func isHeld(byte: Int64) throws(SystemCallError) -> Bool {
    try SystemCall.perform("fcntl") {
      Result(errnoFrom: cposix_is_byte_locked(descriptor.rawValue, Int(byte)))
    } == 1
  }
}
