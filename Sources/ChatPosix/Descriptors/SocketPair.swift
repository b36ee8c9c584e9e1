import CPosix
import SystemPackage

/// Two ends of a private line between two of our own processes, on which
/// messages keep their bounds: AF_UNIX SOCK_SEQPACKET, unix(7).
public struct SocketPair: Sendable {
  public let one: MessageSocket
  public let other: MessageSocket

  /// Opens a pair; both ends are non-blocking and closed on exec.
  /// socketpair(2).
  ///
  /// - Throws: ``SystemCallError``: `EMFILE`, `ENFILE`.
  public static func open() throws(SystemCallError) -> SocketPair {
    var ends: (Int32, Int32) = (-1, -1)
    _ = try SystemCall.perform("socketpair") {
      Result(
        errnoFrom: withUnsafeMutableBytes(of: &ends) {
          cposix_seqpacket_pair($0.assumingMemoryBound(to: Int32.self).baseAddress)
        })
    }
    return SocketPair(
      one: MessageSocket(descriptor: FileDescriptor(rawValue: ends.0)),
      other: MessageSocket(descriptor: FileDescriptor(rawValue: ends.1)))
  }
}

/// One end of a ``SocketPair``.
public struct MessageSocket: Hashable, Sendable {
  public enum SendResult: Hashable, Sendable {
    case sent
    /// The other end has not read what is already on its way.
    case wouldBlock
    /// The other end is closed, or its process dead.
    case closed
  }

  public enum ReceiveResult: Hashable, Sendable {
    case message([UInt8])
    /// A message longer than what was to be received; it is lost.
    case tooLong
    case wouldBlock
    /// The other end is closed, or its process dead.
    case endOfFile
  }

  /// To poll on.
  public let descriptor: FileDescriptor

  /// An end that another process opened and handed over.
  public init(descriptor: FileDescriptor) {
    self.descriptor = descriptor
  }

  /// Descriptors that one message may carry.
  public static let passedLimit = Int(CPOSIX_MOST_PASSED)

  /// Sends one message, which must not be empty (an empty one reads as end of
  /// file). It goes whole or not at all. send(2).
  ///
  /// The receiver gets `descriptors` open with it, at most ``passedLimit``; they
  /// stay open here. SCM_RIGHTS, unix(7).
  ///
  /// - Throws: ``SystemCallError``: `EMSGSIZE`, `ENOBUFS`; with descriptors also
  ///   `ETOOMANYREFS`, when too many are on their way.
  public func send(
    _ message: [UInt8], passing descriptors: [FileDescriptor] = []
  ) throws(SystemCallError) -> SendResult {
    precondition(!message.isEmpty, "an empty message reads as end of file")
    precondition(descriptors.count <= Self.passedLimit, "more descriptors than a message carries")
    let numbers = descriptors.map(\.rawValue)
    do {
      let name = numbers.isEmpty ? "send" : "sendmsg"
      let count = try SystemCall.performUnlessBlocking(name) {
        Result(
          errnoFrom: message.withUnsafeBytes {
            numbers.isEmpty
              ? cposix_send_message(descriptor.rawValue, $0.baseAddress, $0.count)
              : cposix_send_passing(
                descriptor.rawValue, $0.baseAddress, $0.count, numbers, Int32(numbers.count))
          })
      }
      return count == nil ? .wouldBlock : .sent
    } catch {
      if error.errno == .brokenPipe || error.errno == .connectionReset { return .closed }
      throw error
    }
  }

  /// Receives one message of at most `maximumLength` bytes. recv(2), with
  /// `MSG_TRUNC` to see that one was longer. Descriptors that came with it are
  /// closed.
  ///
  /// - Throws: ``SystemCallError``: `ENOMEM`.
  public func receive(
    maximumLength: Int = 256
  ) throws(SystemCallError) -> ReceiveResult {
    try receive(maximumLength: maximumLength, "recv") {
      cposix_receive_message(descriptor.rawValue, $0, $1)
    }
  }

  /// As ``receive(maximumLength:)``, with the descriptors that came with the
  /// message, which are the caller's to close. Where this process may have no
  /// more open, some of them or all are missing. recvmsg(2).
  ///
  /// - Throws: ``SystemCallError``: `ENOMEM`.
  public func receive(
    maximumLength: Int, passed descriptors: inout [FileDescriptor]
  ) throws(SystemCallError) -> ReceiveResult {
    var numbers = [Int32](repeating: -1, count: Self.passedLimit)
    var count: Int32 = 0
    let result = try receive(maximumLength: maximumLength, "recvmsg") {
      cposix_receive_passed(descriptor.rawValue, $0, $1, &numbers, &count)
    }
    descriptors += numbers.prefix(Int(count)).map { FileDescriptor(rawValue: $0) }
    return result
  }

  private typealias Call = (UnsafeMutableRawPointer?, Int) -> Int

  private func receive(
    maximumLength: Int, _ name: String, _ call: Call
  ) throws(SystemCallError) -> ReceiveResult {
    do {
      return try receiveOnce(maximumLength: maximumLength, name, call)
    } catch {
      guard error.errno == .connectionReset else { throw error }
      // The other end went with messages of ours unread. The kernel says so
      // once, and then gives what was sent before: unix(7).
      do {
        return try receiveOnce(maximumLength: maximumLength, name, call)
      } catch {
        if error.errno == .connectionReset { return .endOfFile }
        throw error
      }
    }
  }

  private func receiveOnce(
    maximumLength: Int, _ name: String, _ call: Call
  ) throws(SystemCallError) -> ReceiveResult {
    // Not filled before: nearly all messages are short, and each page touched
    // is one to be got from the kernel.
    var outcome = Result<Int?, SystemCallError>.success(nil)
    let message = [UInt8](unsafeUninitializedCapacity: maximumLength) { buffer, filled in
      outcome = Result { () throws(SystemCallError) in
        try SystemCall.performUnlessBlocking(name) {
          Result(errnoFrom: call(buffer.baseAddress, buffer.count))
        }
      }
      if case .success(let count?) = outcome { filled = min(count, maximumLength) }
    }
    guard let count = try outcome.get() else { return .wouldBlock }
    if count == 0 { return .endOfFile }
    return count > maximumLength ? .tooLong : .message(message)
  }

  public func close() { descriptor.closeOnce() }
}
