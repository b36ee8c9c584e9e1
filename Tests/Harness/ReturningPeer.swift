import ChatSecure
import Glibc

/// A chatclient's records over any number of connections: what it said and was told goes
/// on when a connection is lost.
public final class ReturningPeer {
  public let handle: String
  private let wire: Wire
  private let key: PrivateKey
  private var socket: PeerSocket
  private var former: [PeerSocket] = []
  /// How much of what the present connection brought is read.
  private var taken = 0

  /// What the server offered.
  public private(set) var token: String?
  public private(set) var within: Int?
  /// How often it tried to go on.
  public var attempt = 0
  /// What it said, from number 1 on.
  public private(set) var said: [String] = []
  /// How many of these the server has.
  public private(set) var acknowledged = 0
  /// What the server said, from number 1 on.
  public private(set) var heard: [String] = []
  /// What the server said once more.
  public private(set) var past: [String] = []
  private var pongs = 0
  public private(set) var hasFloor = false
  public private(set) var place: Int?
  /// What the present connection has been told of the talk it claimed.
  public private(set) var resumed: Int?
  public private(set) var denial: String?
  public private(set) var farewell: String?
  public var hasEnded: Bool { socket.hasEnded }

  /// Connects, says its handle and takes what the server offers.
  package init(port: UInt16, handle: String, over wire: Wire = .chosen) throws {
    self.handle = handle
    self.wire = wire
    key = try .random()
    socket = try Self.connect(port, wire, key, from: 1)
    try send(handle)
  }

  private static func connect(
    _ port: UInt16, _ wire: Wire, _ key: PrivateKey, from host: UInt8
  ) throws -> PeerSocket {
    switch wire {
    case .clear: try PeerSocket(port: port, from: host)
    case .tls: try SecurePeer(port: port, ownKey: key, from: host)
    }
  }

  // MARK: Talking

  public func send(_ record: String) throws { try socket.send("\(record)\0") }

  public func say(_ text: String) throws {
    said.append(text)
    try send("say \(said.count) \(text)")
  }

  /// Waits until everything it said was recorded.
  public func waitUntilRecorded() throws {
    try wait(for: "receipt \(said.count)") { $0.acknowledged == $0.said.count }
  }

  /// Waits until the server says so for the `count`th time.
  public func waitToHear(_ count: Int) throws {
    try wait(for: "message \(count)") { $0.heard.count >= count }
  }

  public func waitForFloor() throws { try wait(for: "the floor") { $0.hasFloor } }

  /// Waits until both know how to go on: the server reads its answers in order.
  public func waitForOffer() throws {
    try wait(for: "an offer") { $0.token != nil }
    let known = pongs
    try send("ping")
    try wait(for: "an answer") { $0.pongs > known }
  }

  /// Waits until the connection ends.
  public func waitForEnd() throws { try wait(for: "the end") { $0.hasEnded } }

  public func wait(for what: String, _ condition: (ReturningPeer) -> Bool) throws {
    try socket.waitUntil("\(handle): \(what)") {
      do {
        try takeRecords()
      } catch {
        return true
      }
      return condition(self)
    }
    if let failure { throw failure }
  }

  // MARK: The connection

  public enum Cut: String, CaseIterable, Sendable {
    /// A machine that is gone.
    case reset
    /// An end without a goodbye.
    case endOfFile
  }

  /// Loses the connection.
  public func cut(_ how: Cut) {
    switch how {
    case .reset: socket.reset()
    case .endOfFile: socket.leave()
    }
  }

  /// Connects again and claims the talk. The connection before stays as it is.
  ///
  /// - Parameters:
  ///   - port: the server's.
  ///   - host: the last byte of the address that it comes from.
  ///   - token: another than its own.
  ///   - attempt: another than the next.
  ///   - count: how many of the last messages it asks for.
  /// - Throws: ``HarnessFailure``.
  public func claim(
    on port: UInt16, from host: UInt8 = 1, token: String? = nil, attempt: Int? = nil,
    recalling count: Int? = nil
  ) throws {
    former.append(socket)
    socket = try Self.connect(port, wire, key, from: host)
    taken = 0
    (resumed, denial, farewell, hasFloor, place) = (nil, nil, nil, false, nil)
    self.attempt += 1
    let known = token ?? self.token ?? ""
    try send("resume \(known) \(heard.count) \(attempt ?? self.attempt)")
    if let count { try send("recall \(count)") }
  }

  /// The same, until the server goes on, and with what it does not have said again.
  public func resume(
    on port: UInt16, from host: UInt8 = 1, recalling count: Int? = nil
  ) throws {
    try claim(on: port, from: host, recalling: count)
    try wait(for: "resumed") { $0.resumed != nil }
    for (index, text) in said.enumerated().dropFirst(resumed ?? 0) {
      try send("say \(index + 1) \(text)")
    }
  }

  private var failure: HarnessFailure?

  private func takeRecords() throws {
    let bytes = socket.received
    while let end = bytes[taken...].firstIndex(of: 0) {
      let record = String(decoding: bytes[taken..<end], as: UTF8.self)
      taken = end + 1
      do {
        try take(record)
      } catch let error as HarnessFailure {
        failure = error
        throw error
      }
    }
  }

  private func take(_ record: String) throws {
    let words = record.split(separator: " ", maxSplits: 2)
    func number(_ index: Int) -> Int? { words.count > index ? Int(words[index]) : nil }
    switch words.first {
    case "session":
      guard words.count == 3, let seconds = number(2) else { throw HarnessFailure(record) }
      token = String(words[1])
      within = seconds
      try send("session")
    case "ack":
      guard let number = number(1), number > acknowledged, number <= said.count else {
        throw HarnessFailure("\(handle): “\(record)” after \(acknowledged)")
      }
      acknowledged = number
    case "say":
      guard words.count == 3, number(1) == heard.count + 1 else {
        throw HarnessFailure("\(handle): “\(record)” after \(heard.count) messages")
      }
      heard.append(String(words[2]))
      try send("ack \(heard.count)")
    case "past": past.append(words.dropFirst().joined(separator: " "))
    case "floor": hasFloor = true
    case "wait": place = number(1)
    case "resumed":
      guard let number = number(1), number >= acknowledged, number <= said.count else {
        throw HarnessFailure("\(handle): “\(record)” after \(acknowledged)")
      }
      resumed = number
      acknowledged = number
    case "deny": denial = words.dropFirst().joined(separator: " ")
    case "ping": try send("pong")
    case "pong": pongs += 1
    case "quit": farewell = words.dropFirst().joined(separator: " ")
    default: break
    }
  }
}
