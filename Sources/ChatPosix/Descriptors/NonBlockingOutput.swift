import Glibc
import SystemPackage

/// Standard output or error for a process that may never wait for whoever reads
/// it: a terminal that was stopped with Ctrl-S, a pipe that nobody empties.
///
/// `O_NONBLOCK` belongs to the open file description, which the shell and its
/// other programs share. So a terminal or a pipe is opened once more, by
/// `/proc/self/fd`, and the flag set on that; proc_pid_fd(5). Where that cannot
/// be, and on a socket, a write waits for as long as its reader does. A file has
/// its one place to write at, and does not wait.
public final class NonBlockingOutput {
  /// Bytes kept for a reader that is slow: some hundred lines.
  public static let limit = 64 * 1024

  private let descriptor: FileDescriptor
  private let isOwn: Bool
  private var pending: [UInt8] = []

  public init(_ descriptor: FileDescriptor) {
    let isPipe = (try? descriptor.seek(offset: 0, from: .current)) == nil
    let own =
      descriptor.isTerminal || isPipe
      ? try? FileDescriptor.open(
        "/proc/self/fd/\(descriptor.rawValue)", .writeOnly,
        options: [.nonBlocking, .closeOnExec, FileDescriptor.OpenOptions(rawValue: O_NOCTTY)])
      : nil
    self.descriptor = own ?? descriptor
    isOwn = own != nil
  }

  /// Writes what is taken now and keeps the rest.
  ///
  /// - Returns: false when too much is kept already, and `text` was not taken.
  public func write(_ text: String) -> Bool {
    flush()
    guard pending.count + text.utf8.count <= Self.limit else { return false }
    pending += text.utf8
    flush()
    return true
  }

  /// Writes what is taken now of what was kept. What a reader that has gone did
  /// not take is dropped.
  public func flush() {
    while !pending.isEmpty {
      switch try? descriptor.writeAvailable(pending) {
      case .wrote(let count): pending.removeFirst(count)
      case .wouldBlock: return
      case nil: pending = []
      }
    }
  }

  /// What to poll for, so that ``flush()`` is called; `nil` when nothing is kept.
  public var interest: Interest? {
    pending.isEmpty ? nil : Interest(descriptor, read: false, write: true)
  }

  /// In a forked child, which has the descriptor itself.
  public func closeInChild() {
    if isOwn { descriptor.closeOnce() }
  }
}
