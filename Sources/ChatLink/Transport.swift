import ChatCore
import ChatPosix

/// What carries a peer's bytes: the place where encryption goes. Above it are
/// the bytes of `docs/protocol.md`, below it a socket.
///
/// Nothing here waits. A failure is final for its direction; a transport that
/// has an answer to one (an alert) still sends it with the next ``flush()``.
package protocol Transport: AnyObject {
  /// The connected, non-blocking socket.
  var descriptor: FileDescriptor { get }

  /// Whether the peer can be heard and spoken to yet: not before a handshake is
  /// done. A server may speak before, see ``write(_:)``.
  var isOpen: Bool { get }
  /// Whether both ends have agreed on the native dialect, before either said
  /// anything (ALPN, RFC 7301). Known before the first word is read, and no peer
  /// of whom it is so speaks another.
  var isNative: Bool { get }
  /// Bytes taken off the socket so far: more than what was read, where the
  /// transport has words of its own.
  var receivedCount: Int { get }
  /// What to poll for; `nil` when nothing. A transport may want more than it
  /// is asked for: to read before it can write, or to write words of its own.
  func interest(reading: Bool, writing: Bool) -> Interest?
  /// Whether ``read(upTo:)`` has something (bytes, an end or a failure) though
  /// the socket may have nothing.
  var hasBufferedInput: Bool { get }
  /// Whether the socket has not yet taken words of the transport's own.
  var hasPendingOutput: Bool { get }
  /// When ``tick(at:)`` is wanted.
  var deadline: Instant? { get }

  /// Takes the time. Throws when it has run out for the peer.
  func tick(at now: Instant) throws(Conversation.LinkFailure)

  /// Reads once, `limit` bytes at most, and takes no more off the socket. What the peer wrote at once and the
  /// transport keeps apart from the rest is not joined with it.
  func read(upTo limit: Int) throws(Conversation.LinkFailure) -> TransportRead

  /// Writes once. A transport with records of its own makes one of what it is
  /// given, up to 16 KiB: in the original dialect one write is one message.
  ///
  /// - Parameter bytes: Not empty. After an answer that is smaller, the next
  ///   write begins with the rest: a transport may have sealed it already.
  /// - Returns: how many of them, from the first on, are with the kernel in
  ///   such a way that the peer can read them without any more from here; 0
  ///   when that is not yet so.
  /// - Throws: when the peer can be written to no more.
  func write(_ bytes: ArraySlice<UInt8>) throws(Conversation.LinkFailure) -> Int

  /// Writes what the socket takes of the transport's own words.
  func flush() throws(Conversation.LinkFailure)

  /// Ends this direction: nothing is written any more, and the peer reads an
  /// end and knows that nothing was cut off. Called once, after the last
  /// write; what the socket does not take at once goes with ``flush()``.
  func endWriting() throws(Conversation.LinkFailure)

  /// Lets go of the socket.
  func close()
}

/// What one read of a transport gave.
package enum TransportRead: Hashable, Sendable {
  /// At least one byte.
  case bytes([UInt8])
  /// Nothing there now.
  case wouldBlock
  /// The peer has ended its direction.
  case endOfFile
  /// The socket has ended, and the transport's own end did not come before:
  /// something may have been cut off.
  case truncated
}

/// Bytes in the clear: the socket alone.
package final class SocketTransport: Transport {
  package let descriptor: FileDescriptor
  /// Not filled: of what is never read into, no page is got from the kernel.
  private let buffer: UnsafeMutableRawBufferPointer
  /// What was read of the socket before this had it.
  private var beginning: [UInt8]
  package private(set) var receivedCount = 0

  /// On a connected, non-blocking socket of which `beginning` was read already.
  package init(_ descriptor: FileDescriptor, beginning: [UInt8] = []) {
    self.descriptor = descriptor
    self.beginning = beginning
    buffer = .allocate(byteCount: PeerLink.readLength, alignment: 16)
  }

  deinit { buffer.deallocate() }

  package var isOpen: Bool { true }
  package var isNative: Bool { false }
  package var hasBufferedInput: Bool { !beginning.isEmpty }
  package var hasPendingOutput: Bool { false }
  package var deadline: Instant? { nil }

  package func interest(reading: Bool, writing: Bool) -> Interest? {
    reading || writing ? Interest(descriptor, read: reading, write: writing) : nil
  }

  package func tick(at now: Instant) {}

  package func read(upTo limit: Int) throws(Conversation.LinkFailure) -> TransportRead {
    if hasBufferedInput {
      let part = Array(beginning.prefix(limit))
      beginning.removeFirst(part.count)
      return .bytes(part)
    }
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(limit))
    switch try Conversation.LinkFailure.of({ () throws(SystemCallError) in
      try descriptor.readAvailable(into: part)
    }) {
    case .bytes(let count):
      receivedCount += count
      return .bytes(Array(part[..<count]))
    case .wouldBlock: return .wouldBlock
    case .endOfFile: return .endOfFile
    }
  }

  package func write(_ bytes: ArraySlice<UInt8>) throws(Conversation.LinkFailure) -> Int {
    switch try Conversation.LinkFailure.of({ () throws(SystemCallError) in
      try descriptor.writeAvailable(bytes)
    }) {
    case .wrote(let count): return count
    case .wouldBlock: return 0
    }
  }

  package func flush() {}

  package func endWriting() {
    // A connection that is gone needs no end of file.
    try? descriptor.shutdownWrite()
  }

  package func close() { descriptor.closeOnce() }
}

extension Conversation.LinkFailure {
  /// What `call` returns; its error as the failure of a link.
  package static func of<Value>(
    _ call: () throws(SystemCallError) -> Value
  ) throws(Conversation.LinkFailure) -> Value {
    do {
      return try call()
    } catch {
      throw .broken("\(error.errno)")
    }
  }
}
