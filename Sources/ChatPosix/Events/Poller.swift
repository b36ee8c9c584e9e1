import CPosix
import Glibc
import SystemPackage

/// What to wait for on one descriptor. Its end and its errors are always
/// waited for.
public struct Interest: Hashable, Sendable {
  public var descriptor: FileDescriptor
  /// Something to read, a peer to accept, or end of file.
  public var read: Bool
  /// Room to write, or a connect that has come out.
  public var write: Bool

  public init(_ descriptor: FileDescriptor, read: Bool = true, write: Bool = false) {
    self.descriptor = descriptor
    self.read = read
    self.write = write
  }
}

/// What poll found on one descriptor.
public struct Readiness: Hashable, Sendable {
  public let descriptor: FileDescriptor
  /// A read returns at once: with bytes, end of file or an error.
  public let canRead: Bool
  /// A write returns at once: with room or an error.
  public let canWrite: Bool
  /// The other side is gone (`POLLHUP`); there may be bytes left to read. It
  /// is reported again and again until the descriptor is closed, also to one
  /// who asked for nothing.
  public let hungUp: Bool
  /// An error waits to be read (`POLLERR`).
  public let failed: Bool
}

/// Waits on descriptors and signals at once. ppoll(2).
///
/// The signals given to ``Signals/install(_:)`` are open only while this waits,
/// so one that comes between a look at the flags and the wait is not lost: it
/// ends the wait at once. One that another wait has let in, and that
/// ``Signals/take()`` has not given out yet, ends this one at once too. So every
/// loop that waits has to take the signals in each of its turns, or to wait
/// without them.
public struct Poller {
  /// Kept between calls, so that a loop does not allocate.
  private var entries: [pollfd] = []
  private let ignoresSignals: Bool

  /// - Parameter ignoresSignals: leaves the signals blocked while this waits,
  ///   for a loop that is over soon and does nothing about them: the next wait
  ///   that does not ignore them lets them in.
  public init(ignoringSignals ignoresSignals: Bool = false) {
    self.ignoresSignals = ignoresSignals
  }

  /// Waits until a descriptor is ready, a signal comes or the time is over.
  ///
  /// - Parameters:
  ///   - interests: what to wait for; may be empty.
  ///   - timeoutMilliseconds: nil waits without limit, 0 or less not at all.
  /// - Returns: the descriptors that are ready, in the order of `interests`;
  ///   none after a signal or the timeout. Ask ``Signals/take()`` each time.
  /// - Throws: ``SystemCallError``: `ENOMEM`, `EINVAL` (more descriptors than
  ///   the process may have).
  public mutating func poll(
    _ interests: [Interest], timeoutMilliseconds: Int64? = nil
  ) throws(SystemCallError) -> [Readiness] {
    entries.removeAll(keepingCapacity: true)
    for interest in interests {
      let events = (interest.read ? POLLIN : 0) | (interest.write ? POLLOUT : 0)
      entries.append(
        pollfd(fd: interest.descriptor.rawValue, events: Int16(events), revents: 0))
    }
    let timeout =
      !ignoresSignals && cposix_signals_waiting()
      ? Self.timespec(0) : timeoutMilliseconds.map(Self.timespec)
    let outcome = SystemCall.outcome("ppoll") {
      Result(errnoFrom: wait(timeout))
    }
    switch outcome {
    case .success(0), .failure(.interrupted): return []
    case .failure(let errno): throw SystemCallError(call: "ppoll", errno: errno)
    case .success: return entries.compactMap(Self.readiness)
    }
  }

  private mutating func wait(_ timeout: timespec?) -> Int32 {
    let count = nfds_t(entries.count)
    return entries.withUnsafeMutableBufferPointer { buffer in
      guard let timeout else {
        return cposix_ppoll(buffer.baseAddress, count, nil, !ignoresSignals)
      }
      return withUnsafePointer(to: timeout) {
        cposix_ppoll(buffer.baseAddress, count, $0, !ignoresSignals)
      }
    }
  }

  /// No more than a year, so that no sum in the kernel overflows; the caller's
  /// loop then waits again.
  static func timespec(_ milliseconds: Int64) -> timespec {
    let year: Int64 = 365 * 24 * 3600 * 1000
    let clamped = max(0, min(milliseconds, year))
    return Glibc.timespec(
      tv_sec: Int(clamped / 1000), tv_nsec: Int(clamped % 1000) * 1_000_000)
  }

  private static func readiness(_ entry: pollfd) -> Readiness? {
    let events = Int32(entry.revents)
    if events == 0 { return nil }
    precondition(events & POLLNVAL == 0, "descriptor \(entry.fd) was polled after its close")
    let ended = events & (POLLHUP | POLLERR) != 0
    return Readiness(
      descriptor: FileDescriptor(rawValue: entry.fd),
      canRead: events & POLLIN != 0 || ended,
      canWrite: events & POLLOUT != 0 || ended,
      hungUp: events & POLLHUP != 0,
      failed: events & POLLERR != 0)
  }
}
