import Glibc

/// A chatclient's records over a bare socket, at full speed: says numbered
/// messages and remembers what was acknowledged and what was said to it.
public final class NativePeer {
  public let handle: String
  private let socket: PeerSocket
  private var partial: [UInt8] = []
  /// Messages said so far; their texts follow from their numbers.
  public private(set) var said = 0
  /// The highest number that the server acknowledged.
  public private(set) var acknowledged = 0
  /// What the server said, from number 1 on.
  public private(set) var heard: [String] = []
  /// How many of those ``nextMessage()`` gave.
  private var taken = 0
  public private(set) var hasFloor = false
  /// How often the server asked whether this peer is there.
  public private(set) var pings = 0
  public private(set) var hasEnded = false
  /// The server's goodbye, if it said one.
  public private(set) var farewell: String?

  public var descriptor: Int32 { socket.descriptor }

  /// Connects and says its handle, over what CHAT_WIRE says.
  public convenience init(port: UInt16, handle: String) throws {
    try self.init(port: port, handle: handle, over: .chosen)
  }

  /// Connects and says its handle.
  package init(port: UInt16, handle: String, over wire: Wire) throws {
    self.handle = handle
    socket = try wire.peer(port: port)
    signal(SIGPIPE, SIG_IGN)
    write(Array("\(handle)\0".utf8))
  }

  public static func text(_ number: Int, of handle: String) -> String { "\(handle) says \(number)" }

  /// Says `count` messages in one write, as far as the socket takes them.
  public func say(_ count: Int) {
    var bytes: [UInt8] = []
    for _ in 0..<count {
      said += 1
      bytes += "say \(said) \(Self.text(said, of: handle))\0".utf8
    }
    write(bytes)
  }

  /// Says one message of its own words.
  public func say(_ text: String) {
    said += 1
    write(Array("say \(said) \(text)\0".utf8))
  }

  /// Writes all; what is left when the server is gone or does not read is
  /// dropped with the connection.
  private func write(_ bytes: [UInt8]) {
    if let secure = socket as? SecurePeer {
      try? secure.send(bytes)
      return take(secure)
    }
    var rest = bytes[...]
    let deadline = Deadline(seconds: Deadline.usual)
    while !rest.isEmpty, !deadline.isOver, !hasEnded {
      let count = rest.withUnsafeBytes { Glibc.write(socket.descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        try? read(within: 0.005)
      } else if errno != EINTR {
        return
      }
    }
  }

  /// Takes what has come, waiting for it for a while.
  public func read(within seconds: Double) throws {
    var poll = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
    guard Glibc.poll(&poll, 1, Int32(seconds * 1000)) > 0 else { return }
    if let secure = socket as? SecurePeer {
      take(secure)
      return try takeRecords()
    }
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = Glibc.read(socket.descriptor, &buffer, buffer.count)
    if count > 0 {
      partial += buffer[..<count]
      try takeRecords()
    } else if count == 0 || errno != EAGAIN {
      hasEnded = true
    }
  }

  private func take(_ secure: SecurePeer) {
    partial += secure.takeReceived()
    hasEnded = hasEnded || secure.hasEnded
  }

  /// Reads until `condition` holds or the connection ends.
  public func read(until condition: (NativePeer) -> Bool) throws {
    let deadline = Deadline(seconds: Deadline.usual)
    while !condition(self) && !hasEnded {
      try read(within: 0.02)
      if deadline.isOver { throw HarnessFailure("\(handle): nothing more came in time") }
    }
  }

  /// Reads until `condition` holds.
  ///
  /// - Throws: ``HarnessFailure`` when the connection ends before.
  public func wait(for what: String, _ condition: (NativePeer) -> Bool) throws {
    try read(until: condition)
    guard condition(self) else {
      throw HarnessFailure("\(handle) was disconnected before \(what); heard \(heard)")
    }
  }

  /// Waits until everything it said was recorded.
  public func waitUntilRecorded() throws {
    try wait(for: "receipt \(said)") { $0.acknowledged == said }
  }

  /// Waits for the next message to it.
  ///
  /// - Returns: its very bytes.
  public func nextMessage() throws -> [UInt8] {
    try wait(for: "message \(taken + 1)") { $0.heard.count > taken }
    taken += 1
    return Array(heard[taken - 1].utf8)
  }

  public func waitForGoodbye(_ reason: String) throws {
    try wait(for: "quit \(reason)") { $0.farewell == "quit \(reason)" }
  }

  private func takeRecords() throws {
    var pieces = partial.split(separator: 0, omittingEmptySubsequences: false)
    partial = Array(pieces.removeLast())
    var receipts: [UInt8] = []
    for piece in pieces {
      let record = String(decoding: piece, as: UTF8.self)
      let words = record.split(separator: " ", maxSplits: 2)
      switch words.first {
      case "ack":
        guard let number = words.last.flatMap({ Int($0) }), number > acknowledged, number <= said
        else { throw HarnessFailure("\(handle): “\(record)” after \(acknowledged)") }
        acknowledged = number
      case "say":
        guard words.count == 3, Int(words[1]) == heard.count + 1 else {
          throw HarnessFailure("\(handle): “\(record)” after \(heard.count) messages")
        }
        heard.append(String(words[2]))
        receipts += "ack \(heard.count)\0".utf8
      case "floor": hasFloor = true
      case "ping":
        pings += 1
        receipts += "pong\0".utf8
      case "quit": farewell = record
      default: break
      }
    }
    if !receipts.isEmpty { write(receipts) }
  }

  /// Leaves and reads to the end.
  public func quit() throws {
    write(Array("quit user\0".utf8))
    try read { $0.hasEnded }
  }
}
