import ChatCore
import ChatLink
import ChatPosix
import ChatSecure
import ChatWire
import Glibc
import Testing
import WireSamples

/// What carries the bytes between the two ends.
enum Carrier: CaseIterable {
  case clear
  /// Records that cut nearly everything.
  case shortRecords
  /// Records that hold whatever is written at once.
  case longRecords
  /// TLS, with a key that signs by asking.
  case secure
  /// The same, between two that have agreed on the native dialect.
  case native

  /// Those over which any dialect can be spoken.
  static let anyDialect: [Carrier] = [.clear, .shortRecords, .longRecords, .secure]

  /// One end, of the side `side`.
  func transport(
    _ descriptor: FileDescriptor, side: Party, at now: Instant
  ) throws -> any Transport {
    switch self {
    case .clear: SocketTransport(descriptor)
    case .shortRecords: RecordTransport(descriptor, recordLimit: 5, connectedAt: now)
    case .longRecords: RecordTransport(descriptor, recordLimit: 16 * 1024, connectedAt: now)
    case .secure: try SecureEnds.transport(descriptor, side: side, isNative: false, at: now)
    case .native: try SecureEnds.transport(descriptor, side: side, isNative: true, at: now)
    }
  }
}

/// A ``PeerLink`` and, at the other end of a real socket, a transport of the
/// same kind in the hands of the test.
final class LinkStage {
  let link: PeerLink
  let near: any Transport
  let far: any Transport
  var now = at(0)
  /// What the far end read, read by read, and how that ended.
  var reads: [[UInt8]] = []
  var farEnd: TransportRead?
  private var isFinished = false
  private var isFarClosed = false

  /// `keepsWrites`: the socket itself keeps writes apart.
  init(
    _ carrier: Carrier, side: Party = .server, keepsWrites: Bool = false,
    greeted isGreeted: Bool = true
  ) throws {
    let (one, other) = try Self.socketPair(keepsWrites: keepsWrites)
    near = try carrier.transport(one, side: side, at: at(0))
    far = try carrier.transport(other, side: side == .server ? .client : .server, at: at(0))
    link = PeerLink(
      near, side: side, ownHandle: try Handle(side == .server ? "SERVER" : "tatyana"),
      phrases: .samples, at: now)
    guard isGreeted else { return }
    // Hello, answer and proof, whoever begins.
    for _ in 0..<3 {
      _ = try turn()
      try pumpFar()
    }
    _ = try turn()
  }

  deinit {
    if !isFinished { near.close() }
    closeFar()
  }

  func closeFar() {
    if !isFarClosed { far.close() }
    isFarClosed = true
  }

  func finish(within limit: Duration) {
    link.finish(within: limit)
    isFinished = true
  }

  static func socketPair(
    keepsWrites: Bool = false
  ) throws -> (FileDescriptor, FileDescriptor) {
    try Signals.ignoreBrokenPipe()
    var numbers: [Int32] = [-1, -1]
    let kind = keepsWrites ? SOCK_SEQPACKET : SOCK_STREAM
    let result = socketpair(
      AF_UNIX, Int32(kind.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &numbers)
    try #require(result == 0)
    return (FileDescriptor(rawValue: numbers[0]), FileDescriptor(rawValue: numbers[1]))
  }

  /// One turn as the programs take it: what ``PeerLink/interest`` and
  /// ``PeerLink/deadline`` ask for, and no more.
  func turn() throws -> [Conversation.Event] {
    var events: [Conversation.Event] = []
    var poller = Poller()
    let ready = try link.interest.map { try poller.poll([$0], timeoutMilliseconds: 0) } ?? []
    if ready.contains(where: \.canRead) { events += link.receive(at: now) }
    if let deadline = link.deadline, now >= deadline { events += link.tick(at: now) }
    events += link.flush(at: now)
    return events
  }

  /// Turns until nothing more happens; what was read, without the news that
  /// something was.
  func readAll() throws -> [Conversation.Event] {
    var all: [Conversation.Event] = []
    while true {
      let events = try turn()
      all += events.filter { $0 != .received }
      if events.isEmpty { return all }
    }
  }

  /// Writes at the far end; all of it must fit.
  func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try far.write(rest)
      try #require(count > 0)
      rest = rest.dropFirst(count)
    }
  }

  func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Reads what there is at the far end.
  func pumpFar() throws {
    try far.flush()
    while farEnd == nil {
      switch try far.read(upTo: 64 * 1024) {
      case .bytes(let bytes): reads.append(bytes)
      case .wouldBlock: return
      case let end: farEnd = end
      }
    }
  }

  /// All that the far end has read, as text.
  var farText: String { String(decoding: reads.joined(), as: UTF8.self) }
}
