import CPosix
import Glibc
import SystemPackage

/// An open file that holds no bytes, only locks on them.
///
/// The locks belong to the open file description (fcntl(2), "Open file
/// description locks"): a forked child shares them, and they go when the last
/// process that has it open is gone, however it ended. In a contained process
/// that has a transcript, where the filter of calls allows no lock that names no
/// process, those it takes are its own: none is shared, and they go as soon as the
/// process closes any descriptor of the same file.
public final class LockFile {
  private let descriptor: FileDescriptor

  /// Opens the file at `path`, which must be a regular one, and no link to it.
  /// open(2).
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - isCreating: whether it is made, with mode 0600, where it is missing;
  ///     else it is opened for looking alone.
  /// - Throws: ``SystemCallError``: `ENOENT`, `EACCES`, `EISDIR`, `ELOOP`,
  ///   `EINVAL` for a pipe, a device or a socket, ….
  public init(_ path: FilePath, isCreating: Bool) throws(SystemCallError) {
    descriptor = try isCreating ? Self.openOrCreate(path) : Self.open(path, .readOnly)
    // The deinitializer closes it.
    guard isRegularFile(descriptor.rawValue) else {
      throw SystemCallError(call: "open", errno: .invalidArgument)
    }
  }

  private static func openOrCreate(_ path: FilePath) throws(SystemCallError) -> FileDescriptor {
    // Nearly always it is there.
    do {
      return try open(path, .readWrite)
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
    }
    do {
      return try FileDescriptor.create(path, .readWrite)
    } catch {
      guard error.errno == .fileExists else { throw error }
      return try open(path, .readWrite)
    }
  }

  private static func open(
    _ path: FilePath, _ mode: FileDescriptor.AccessMode
  ) throws(SystemCallError) -> FileDescriptor {
    try SystemCall.perform("open") {
      Result(catchingErrno: {
        try FileDescriptor.open(
          // A pipe that nobody writes would be waited for.
          path, mode, options: [.closeOnExec, .noFollow, .nonBlocking], retryOnInterrupt: false)
      })
    }
  }

  deinit {
    // Never an unlock: the locks are shared with forked processes, and an
    // unlock here would take them from those.
    descriptor.closeOnce()
  }

  /// Takes the lock on `bytes` if nobody else has any of them.
  ///
  /// - Returns: whether it was taken.
  /// - Throws: ``SystemCallError``: `ENOLCK`. Traps on a file that was opened
  ///   for looking alone.
  public func tryLock(_ bytes: ClosedRange<Int64>) throws(SystemCallError) -> Bool {
    try take { cposix_lock(descriptor.rawValue, bytes.lowerBound, bytes.lockLength) }
  }

  /// Waits for the lock on all of `bytes` for at most about `limit`.
  ///
  /// - Returns: whether it was taken.
  /// - Throws: ``SystemCallError``: `ENOLCK`, `EDEADLK`.
  public func lock(
    _ bytes: ClosedRange<Int64>, within limit: Duration
  ) throws(SystemCallError) -> Bool {
    let (seconds, attoseconds) = limit.components
    // No wait that anybody sees the end of is longer than a week.
    let milliseconds = min(seconds, 604_800) * 1000 + attoseconds / 1_000_000_000_000_000
    return try take {
      cposix_lock_within(
        descriptor.rawValue, bytes.lowerBound, bytes.lockLength, max(0, milliseconds))
    }
  }

  private func take(_ call: () -> Int32) throws(SystemCallError) -> Bool {
    do {
      return try SystemCall.performUnlessBlocking("fcntl") { Result(errnoFrom: call()) } != nil
    } catch {
      // POSIX allows it for a lock that somebody has.
      if error.errno == .permissionDenied { return false }
      throw error
    }
  }

  /// Gives back the lock on `bytes`, also for every process that shares it.
  public func unlock(_ bytes: ClosedRange<Int64>) {
    // There is nothing to be done about a lock that cannot be given back, and
    // it goes with the file.
    _ = try? SystemCall.perform("fcntl") {
      Result(
        errnoFrom: cposix_unlock(descriptor.rawValue, bytes.lowerBound, bytes.lockLength))
    }
  }

  /// Bytes of `bytes` that somebody else has locked, in one piece; `nil` when
  /// there are none. Nothing is taken, and opening it for looking is enough.
  ///
  /// - Throws: ``SystemCallError``.
  public func lockedElsewhere(
    _ bytes: ClosedRange<Int64>
  ) throws(SystemCallError) -> ClosedRange<Int64>? {
    var start = bytes.lowerBound
    var length = bytes.lockLength
    let isFound = try SystemCall.perform("fcntl") {
      Result(errnoFrom: cposix_find_lock(descriptor.rawValue, &start, &length))
    }
    guard isFound == 1 else { return nil }
    let last = length > 0 ? start + (length - 1) : .max
    return start...max(start, last)
  }
}

extension LockFile {
  /// Who has a lock that is in the way.
  public enum Holder: Hashable, Sendable {
    case process(Int32)
    /// Of an open file description, or of a process in another pid namespace.
    case unnamed
  }

  /// Who keeps others from a lock on `bytes`, exclusive or shared; `nil` when
  /// nobody of another process does. Nothing is taken. fcntl(2) F_GETLK.
  ///
  /// - Throws: ``SystemCallError``.
  public func holder(
    of bytes: ClosedRange<Int64>, against exclusive: Bool
  ) throws(SystemCallError) -> Holder? {
    var process: Int32 = 0
    let isFound = try SystemCall.perform("fcntl") {
      Result(
        errnoFrom: cposix_lock_holder(
          descriptor.rawValue, exclusive, bytes.lowerBound, bytes.lockLength, &process))
    }
    if isFound != 1 { return nil }
    return process > 0 ? .process(process) : .unnamed
  }
}

@available(*, unavailable, message: "the locks are given back when the last reference goes")
extension LockFile: Sendable {}

/// fstat(2).
private func isRegularFile(_ descriptor: Int32) -> Bool {
  var status = stat()
  return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

extension ClosedRange<Int64> {
  /// As fcntl(2) counts: 0 is all that follows.
  fileprivate var lockLength: Int64 { upperBound == .max ? 0 : upperBound - lowerBound + 1 }
}
