import Glibc
import SystemPackage

/// The one way in which this layer calls the kernel, so that interruption,
/// would-block and our own bugs are dealt with in one place.
enum SystemCall {
  /// Performs `call`, again and again while a signal interrupts it.
  ///
  /// - Throws: ``SystemCallError``; traps on `EBADF` and `EFAULT`.
  static func perform<Value>(
    _ name: String, _ call: () -> Result<Value, Errno>
  ) throws(SystemCallError) -> Value {
    while true {
      switch outcome(name, call) {
      case .success(let value): return value
      case .failure(.interrupted): continue
      case .failure(let errno): throw SystemCallError(call: name, errno: errno)
      }
    }
  }

  /// As ``perform(_:_:)``; nil when the call would have blocked.
  static func performUnlessBlocking<Value>(
    _ name: String, _ call: () -> Result<Value, Errno>
  ) throws(SystemCallError) -> Value? {
    do {
      return try perform(name, call)
    } catch {
      if error.errno.meansWouldBlock { return nil }
      throw error
    }
  }

  /// One try, `EINTR` included: for the calls that must not be repeated
  /// (ppoll, connect, close).
  static func outcome<Value>(
    _ name: String, _ call: () -> Result<Value, Errno>
  ) -> Result<Value, Errno> {
    #if DEBUG
      if let errno = SystemCallScript.current?.takeErrno(for: name) { return .failure(errno) }
    #endif
    let result = call()
    if case .failure(let errno) = result, errno == .badFileDescriptor || errno == .badAddress {
      fatalError("\(name): \(errno). A descriptor or a buffer was used after its end: a bug here.")
    }
    return result
  }

  /// How many of `count` bytes a read or write may move: all, unless a test
  /// forces short I/O.
  static func allowedCount(_ name: String, _ count: Int) -> Int {
    #if DEBUG
      if let limit = SystemCallScript.current?.takeLimit(for: name) { return min(limit, count) }
    #endif
    return count
  }
}

extension Result where Success: FixedWidthInteger, Failure == Errno {
  /// The result of a C call that answers -1 and sets errno(3).
  init(errnoFrom value: Success) {
    self = value == -1 ? .failure(Errno(rawValue: Glibc.errno)) : .success(value)
  }
}

extension Result where Failure == Errno {
  /// The result of a swift-system call, which throws nothing but `Errno`.
  init(catchingErrno call: () throws -> Success) {
    do {
      self = .success(try call())
    } catch let errno as Errno {
      self = .failure(errno)
    } catch {
      fatalError("swift-system threw something that is no Errno: \(error)")
    }
  }
}

extension Errno {
  /// `EAGAIN` or `EWOULDBLOCK`, which POSIX allows to differ.
  var meansWouldBlock: Bool { self == .resourceTemporarilyUnavailable || self == .wouldBlock }
}
