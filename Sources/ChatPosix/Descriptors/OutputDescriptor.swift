import CPosix
import Glibc
import SystemPackage

/// A descriptor to write to without ever waiting for whoever reads it: a
/// terminal that was stopped with Ctrl-S, a pipe that nobody empties.
///
/// `O_NONBLOCK` belongs to the open file description, which the shell and its
/// other programs share. So a terminal or a pipe is opened once more, by
/// `/proc/self/fd`, and the flag set on that; proc_pid_fd(5). A process that may
/// open nothing gets one that was opened so before. Where that cannot be (the
/// terminal is another user's, after su(1)), no more is written at once than
/// there is certainly room for. A file has its one place to write at, and does
/// not wait.
public struct OutputDescriptor {
  private enum Kind {
    /// `O_NONBLOCK` is set, or it is a file: a write does not wait.
    case immediate
    /// May be a socket: it is asked not to wait at each write. send(2).
    case socket
    /// A write of at most so many bytes does not wait once poll(2) finds room.
    case careful(atMost: Int)
  }

  /// PIPE_BUF: a pipe that poll(2) calls writable takes as many; pipe(7).
  private static let pipeRoom = 4096

  /// To poll on, and to hand to another process.
  public let descriptor: FileDescriptor
  /// Whether it was opened for this, and is to be closed.
  let isOwn: Bool
  public let isTerminal: Bool
  private var kind: Kind
  private var poller = Poller(ignoringSignals: true)

  public init(_ original: FileDescriptor) {
    isTerminal = original.isTerminal
    if original.isNonBlocking || (!isTerminal && original.hasPosition) {
      (descriptor, isOwn, kind) = (original, false, .immediate)
    } else if let own = Self.openAgain(original) {
      (descriptor, isOwn, kind) = (own, true, .immediate)
    } else {
      (descriptor, isOwn) = (original, false)
      kind = isTerminal ? .careful(atMost: 1) : .socket
    }
  }

  private static func openAgain(_ original: FileDescriptor) -> FileDescriptor? {
    try? FileDescriptor.open(
      "/proc/self/fd/\(original.rawValue)", .writeOnly,
      options: [.nonBlocking, .closeOnExec, FileDescriptor.OpenOptions(rawValue: O_NOCTTY)])
  }

  /// Writes once as many of `bytes`, of which there is at least one, as are taken
  /// now.
  ///
  /// - Throws: ``SystemCallError``: `EPIPE` when the reader has gone, `EIO` when
  ///   the terminal has, `ENOSPC`, ….
  public mutating func writeAvailable(
    _ bytes: ArraySlice<UInt8>
  ) throws(SystemCallError) -> WriteResult {
    switch kind {
    case .immediate: return try descriptor.writeAvailable(bytes)
    case .careful(let limit):
      let interest = Interest(descriptor, read: false, write: true)
      if try poller.poll([interest], timeoutMilliseconds: 0).isEmpty { return .wouldBlock }
      return try descriptor.writeAvailable(bytes.prefix(limit))
    case .socket:
      do throws(SystemCallError) {
        return try send(bytes)
      } catch {
        guard error.errno == .notSocket else { throw error }
        kind = .careful(atMost: Self.pipeRoom)
        return try writeAvailable(bytes)
      }
    }
  }

  private func send(_ bytes: ArraySlice<UInt8>) throws(SystemCallError) -> WriteResult {
    let count = try SystemCall.performUnlessBlocking("send") {
      Result(
        errnoFrom: bytes.withUnsafeBytes {
          cposix_send_message(descriptor.rawValue, $0.baseAddress, $0.count)
        })
    }
    return count.map(WriteResult.wrote) ?? .wouldBlock
  }

  /// Closes what was opened for this alone.
  func closeOwn() {
    if isOwn { descriptor.closeOnce() }
  }
}

extension FileDescriptor {
  /// Whether it has a place to write at, as files do: lseek(2), `ESPIPE`.
  fileprivate var hasPosition: Bool { (try? seek(offset: 0, from: .current)) != nil }
}
