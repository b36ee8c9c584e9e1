import Glibc
import Harness

/// Peers that mean no good, or are broken. Each begins with some connections
/// and then goes on for as long as it is let.
public enum HostilePeer: String, CaseIterable, Sendable {
  case silent
  case byteAtATime
  case neverReading
  case pingsAndNeverReads
  case telnetFlood
  case nativeFlood
  /// At a server whose output nobody reads.
  case nativeFloodUnread
  case lineFlood
  case originalFlood
  case handleFlood
  case unknownVerbs
  case receipts
  case halfClosed
  case halfClosedAtOnce
  case resetAtOnce
  case resetInMidMessage
  case twoHundredSilent
  case twoHundredIntroduced
  case recordWithoutEnd
  case firstRecordWithoutEnd
  case lineWithoutEnd
  case outOfTurn

  /// Whether it holds the floor for as long as it is there, so that the next
  /// peer can only be told its place, or that the line is full.
  var holdsFloor: Bool {
    switch self {
    case .neverReading, .pingsAndNeverReads, .nativeFlood, .nativeFloodUnread, .lineFlood,
      .originalFlood,
      .unknownVerbs, .receipts, .lineWithoutEnd, .outOfTurn, .twoHundredIntroduced:
      true
    default: false
    }
  }
}

/// One of them at work.
final class Attack {
  private let kind: HostilePeer
  private let port: UInt16
  private var sockets: [PeerSocket] = []
  /// What is sent over and over.
  private var stream: [UInt8] = []
  private var isReading = true
  private var steps = 0
  /// Bytes that the server took.
  private(set) var sent = 0

  init(_ kind: HostilePeer, port: UInt16) throws {
    self.kind = kind
    self.port = port
    try begin()
  }

  private func begin() throws {
    let long = String(repeating: "x", count: 490)
    let many = 1...64
    switch kind {
    case .silent: try connect()
    case .byteAtATime: try connect()
    case .neverReading:
      try connect(saying: "mallory\0")
      isReading = false
    case .pingsAndNeverReads:
      try connect(saying: "mallory\0")
      isReading = false
      stream = Array(String(repeating: "ping\0", count: 4000).utf8)
    case .telnetFlood:
      try connect()
      isReading = false
      stream = (0..<20_000).flatMap { _ in [255, 253, 1] as [UInt8] }
    case .nativeFlood, .nativeFloodUnread: try connect(saying: "mallory\0")
    case .lineFlood:
      try connect(saying: "mallory\n")
      stream = Array(many.map { "\($0) \(long)\n" }.joined().utf8)
    case .originalFlood:
      try connect(saying: "mallory")
      stream = Array(long.utf8)
    case .handleFlood:
      try connect()
      stream = Array(String(repeating: "no handle at all\n", count: 1000).utf8)
    case .unknownVerbs:
      try connect(saying: "mallory\0")
      stream = Array(many.map { "frobnicate \($0) \(long)\0" }.joined().utf8)
    case .receipts:
      try connect(saying: "mallory\0")
      stream = Array(String(repeating: "pong\0ack 1\0", count: 1000).utf8)
    case .halfClosed:
      try connect(saying: "mallory\0")
      sockets.first?.sendEndOfFile()
    case .halfClosedAtOnce:
      try connect()
      sockets.first?.sendEndOfFile()
    case .resetAtOnce:
      try connect()
      sockets.first?.reset()
    case .resetInMidMessage:
      try connect(saying: "mallory\0say 1 in the mid")
      sockets.first?.reset()
    case .twoHundredSilent: for _ in 0..<200 { try connect() }
    case .twoHundredIntroduced: for index in 0..<200 { try connect(saying: "m\(index)\0") }
    case .recordWithoutEnd:
      try connect(saying: "mallory\0say 1 ")
      stream = [UInt8](repeating: 0x61, count: 200 * 1024)
    case .firstRecordWithoutEnd:
      try connect()
      stream = [UInt8](repeating: 0x61, count: 200 * 1024)
    case .lineWithoutEnd:
      try connect(saying: "mallory\r\n")
      stream = [UInt8](repeating: 0x61, count: 200 * 1024)
    case .outOfTurn:
      try connect(saying: "mallory\0")
    }
  }

  private func connect(saying text: String = "") throws {
    // Where the server has had enough, that is an answer too.
    guard let socket = try? Wire.chosen.peer(port: port) else { return }
    try? (socket as? SecurePeer)?.shakeHands()
    if !text.isEmpty { send(Array(text.utf8), on: socket) }
    sockets.append(socket)
  }

  /// Goes on for a moment.
  func step() {
    steps += 1
    for socket in sockets where kind != .resetAtOnce && kind != .resetInMidMessage {
      switch kind {
      case .byteAtATime: send([0x61], on: socket)
      case .nativeFlood, .nativeFloodUnread, .outOfTurn:
        let text = String(repeating: "x", count: 490)
        let first = (steps - 1) * 64
        send(Array((1...64).map { "say \(first + $0) \(text)\0" }.joined().utf8), on: socket)
      default: if !stream.isEmpty { send(stream, on: socket) }
      }
      if isReading { discard(socket) }
    }
  }

  /// Sends what the server takes now.
  private func send(_ bytes: [UInt8], on socket: PeerSocket) {
    if let secure = socket as? SecurePeer { return secure.offer(bytes) }
    let count = bytes.withUnsafeBytes {
      Glibc.send(socket.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    if count > 0 { sent += count }
  }

  private func discard(_ socket: PeerSocket) {
    var buffer = [UInt8](repeating: 0, count: 65536)
    _ = read(socket.descriptor, &buffer, buffer.count)
  }
}
