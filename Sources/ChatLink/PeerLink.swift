import ChatCore
import ChatPosix
import ChatWire

/// The connection to a peer: a transport, a codec, and what is still to be
/// sent. Reads become events of the conversation, what it sends becomes bytes;
/// but for ``finish(within:)`` nothing here ever waits.
package final class PeerLink {
  /// Bytes that may wait for a peer that does not read. Its receipts and
  /// ours are small, so this is minutes of talk; a peer further behind than
  /// that is not there.
  static let outboundLimit = 256 * 1024
  /// Without a single byte taken for so long, the same is true of a peer that
  /// owes us little.
  static let stallLimit = Duration.seconds(60)
  /// One read: what a fast sender fills between two turns of the loop.
  package static let readLength = 64 * 1024

  let transport: any Transport
  var codec: PeerCodec
  var outbound = OutboundQueue()
  var stalledSince: Instant?
  /// Whether the owner takes what is read. A peer that is left unread is made
  /// to wait by TCP.
  package var isReading = true
  /// Whether the stream has ended or broken, so that nothing more is read.
  package internal(set) var isAtEnd = false
  /// Whether the last read may have left something behind.
  package private(set) var mayHaveMore = false
  /// Bytes that the last read took off the socket.
  package private(set) var lastReadCount = 0
  private var lastRead: Instant
  /// Whether the transport was seen open.
  private var isOpen: Bool
  /// Whether both have agreed on the native dialect, and the codec knows it.
  package private(set) var isAgreed = false
  /// Whether writing has failed, so that nothing more is written.
  var isBroken = false
  /// Whether this direction has been ended.
  var hasEndedWriting = false
  /// Whether the connection is closed, and the socket not this link's any more.
  private(set) var isDropped = false

  /// On a connected, non-blocking socket; the one place that says what carries
  /// the bytes of both programs.
  package convenience init(
    _ socket: FileDescriptor, side: Party, ownHandle: Handle?, phrases: PeerPhrases,
    at now: Instant
  ) {
    self.init(
      SocketTransport(socket), side: side, ownHandle: ownHandle, phrases: phrases, at: now)
  }

  package init(
    _ transport: any Transport, side: Party, ownHandle: Handle?, phrases: PeerPhrases,
    at now: Instant
  ) {
    self.transport = transport
    codec = PeerCodec(side: side, ownHandle: ownHandle, phrases: phrases, connectedAt: now)
    lastRead = now
    isOpen = transport.isOpen
  }

  package var descriptor: FileDescriptor { transport.descriptor }

  /// What to poll for; `nil` when nothing.
  package var interest: Interest? {
    if isDropped { return nil }
    return transport.interest(
      reading: isReading && !isAtEnd, writing: !outbound.isEmpty && !isBroken)
  }

  /// When ``tick(at:)`` is wanted. What the transport holds and the socket does
  /// not is wanted at once.
  package var deadline: Instant? {
    if isDropped { return nil }
    return [
      isOpen ? codec.deadline : nil, transport.deadline,
      stalledSince?.advanced(by: Self.stallLimit),
      hasBufferedInput ? lastRead : nil,
    ].compactMap { $0 }.min()
  }

  /// Whether ``receive(at:upTo:)`` has something that is off the socket already.
  package var hasBufferedInput: Bool { isReading && !isAtEnd && transport.hasBufferedInput }

  /// Whether everything that was to be sent is with the kernel.
  package var isFlushed: Bool { outbound.isEmpty && !transport.hasPendingOutput }

  /// Takes the time, and of what the transport holds `limit` bytes at most.
  package func tick(at now: Instant, upTo limit: Int = readLength) -> [Conversation.Event] {
    lastReadCount = 0
    if isDropped { return [] }
    if let since = stalledSince, now.duration(since: since) >= Self.stallLimit {
      stalledSince = nil
      return [.failed(.unresponsive)]
    }
    do throws(Conversation.LinkFailure) {
      try transport.tick(at: now)
    } catch {
      isAtEnd = true
      return [.failed(error)]
    }
    open(at: now)
    let mayRead = hasBufferedInput && limit > 0
    return (isOpen ? codec.tick(at: now) : []) + (mayRead ? receive(at: now, upTo: limit) : [])
  }

  /// Reads once, if there is something: `limit` bytes at most.
  package func receive(
    at now: Instant, upTo limit: Int = readLength
  ) -> [Conversation.Event] {
    mayHaveMore = false
    lastReadCount = 0
    guard !isAtEnd else { return [] }
    lastRead = now
    let receivedBefore = transport.receivedCount
    do throws(Conversation.LinkFailure) {
      let read = try transport.read(upTo: limit)
      lastReadCount = transport.receivedCount - receivedBefore
      mayHaveMore = lastReadCount == limit || transport.hasBufferedInput
      open(at: now)
      switch read {
      case .wouldBlock:
        return []
      case .endOfFile:
        isAtEnd = true
        return codec.endOfFile(at: now)
      case .truncated:
        isAtEnd = true
        return codec.endOfFile(at: now, isTruncated: true)
      case .bytes(let bytes):
        let events = [.received] + codec.receive(bytes, at: now)
        outbound.append(codec.takeReplies(), receipt: nil)
        return events
      }
    } catch {
      isAtEnd = true
      return [.failed(error)]
    }
  }

  /// Nobody is silent who cannot be heard yet.
  private func open(at now: Instant) {
    if !isAgreed, transport.isNative {
      isAgreed = true
      codec.agreeOnNative(at: now)
    }
    guard !isOpen, transport.isOpen else { return }
    isOpen = true
    codec.open(at: now)
  }

  /// The connection is of no use any more, or another goes on: closes it, with nothing
  /// more said, read or waited for.
  package func drop() {
    if isDropped { return }
    isDropped = true
    isAtEnd = true
    isBroken = true
    outbound = OutboundQueue()
    stalledSince = nil
    transport.close()
  }

  /// Reads once and forgets it.
  func discard() {
    switch Result(catching: { () throws(Conversation.LinkFailure) in
      try transport.read(upTo: Self.readLength)
    }) {
    case .success(.bytes), .success(.wouldBlock): break
    case .success(.endOfFile), .success(.truncated), .failure: isAtEnd = true
    }
  }
}
