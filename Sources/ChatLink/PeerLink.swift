import ChatCore
import ChatPosix
import ChatWire

/// The connection to a peer: a socket, the peer's dialect, and what is still
/// to be sent. Reads become events of the conversation, what it sends becomes
/// bytes; nothing here ever waits.
public final class PeerLink {
  /// Bytes that may wait for a peer that does not read. Its receipts and
  /// ours are small, so this is minutes of talk; a peer further behind than
  /// that is not there.
  static let outboundLimit = 256 * 1024
  /// Milliseconds without a single byte taken, after which the same is true
  /// of a peer that owes us little.
  static let stallLimit: Int64 = 60_000
  /// One read: what a fast sender fills between two turns of the loop.
  static let readLength = 64 * 1024

  public let descriptor: FileDescriptor
  let side: Party
  let phrases: PeerPhrases
  var codec: PeerCodec
  var ownHandle: Handle?
  var outbound = OutboundQueue()
  var stalledSince: Instant?
  /// Not filled: of what is never read into, no page is got from the kernel.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: PeerLink.readLength, alignment: 16)
  /// Whether the stream has ended or broken, so that nothing more is read.
  public private(set) var isAtEnd = false
  /// Whether the last read was full, so that there may be more to read.
  public private(set) var mayHaveMore = false
  /// Whether writing has failed, so that nothing more is written.
  var isBroken = false

  /// A link on a connected, non-blocking socket. Closing it stays with the
  /// owner.
  public init(
    _ descriptor: FileDescriptor, side: Party, ownHandle: Handle?, phrases: PeerPhrases,
    at now: Instant
  ) {
    self.descriptor = descriptor
    self.side = side
    self.ownHandle = ownHandle
    self.phrases = phrases
    codec = PeerCodec(side: side, ownHandle: ownHandle, connectedAt: now)
  }

  deinit { buffer.deallocate() }

  /// What to poll for; `nil` when nothing.
  public func interest(reading: Bool) -> Interest? {
    let read = reading && !isAtEnd
    let write = !outbound.isEmpty && !isBroken
    return read || write ? Interest(descriptor, read: read, write: write) : nil
  }

  /// When ``tick(at:)`` is wanted.
  public var deadline: Instant? {
    let stall = stalledSince?.advanced(byMilliseconds: Self.stallLimit)
    switch (codec.deadline, stall) {
    case (let first?, let second?): return min(first, second)
    case (let only?, nil), (nil, let only?): return only
    case (nil, nil): return nil
    }
  }

  /// Whether everything that was to be sent is with the kernel.
  public var isFlushed: Bool { outbound.isEmpty }

  public func tick(at now: Instant) -> [Conversation.Event] {
    if let since = stalledSince, now.milliseconds(since: since) >= Self.stallLimit {
      stalledSince = nil
      return [.failed(.unresponsive)]
    }
    return events(from: codec.tick(at: now), at: now)
  }

  /// Reads once, if there is something.
  public func receive(at now: Instant) -> [Conversation.Event] {
    mayHaveMore = false
    guard !isAtEnd else { return [] }
    do {
      switch try descriptor.readAvailable(into: buffer) {
      case .wouldBlock:
        return []
      case .endOfFile:
        isAtEnd = true
        return events(from: codec.endOfFile(at: now), at: now)
      case .bytes(let count):
        mayHaveMore = count == buffer.count
        let incoming = codec.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: now)
        return [.received] + events(from: incoming, at: now)
      }
    } catch {
      isAtEnd = true
      return [.failed(.broken("\(error.errno)"))]
    }
  }

  /// Reads what there is and forgets it.
  func discard() {
    do {
      if case .endOfFile = try descriptor.readAvailable(into: buffer) { isAtEnd = true }
    } catch {
      isAtEnd = true
    }
  }
}
