import Harness
import Testing

extension Stage {
  /// A client that has the floor, or is in the queue, under `handle`.
  func talker(_ handle: String, on port: UInt16) throws -> PtyProcess {
    let client = try client(port, "--handle", handle)
    try client.waitForInput("\(handle)> ")
    return client
  }

  /// A chatclient's records over a bare socket, up to having the floor.
  func nativePeer(
    _ handle: String, on port: UInt16, over wire: Wire = .chosen
  ) throws -> PeerSocket {
    let peer = try wire.peer(port: port)
    try peer.waitFor("SERVER\0")
    try peer.send("\(handle)\0")
    try peer.waitFor("floor\0")
    return peer
  }

  /// A person with nc who has the floor.
  func linePeer(
    _ handle: String, on server: Server<PtyProcess>, over wire: Wire = .chosen
  ) throws -> PeerSocket {
    let peer = try wire.peer(port: server.port)
    try peer.waitFor("SERVER\0")
    try peer.send("\(handle)\n")
    try server.process.waitFor("waiting for \(handle) …")
    return peer
  }

  /// Waits until the transcript says so; a close is recorded before it is
  /// told, but other processes' entries are not.
  func waitForTranscript(_ wanted: [String]) throws {
    var found: [String] = []
    try Deadline.poll("the transcript \(wanted), found \(found)") {
      found = try transcript()
      return found == wanted
    }
  }
}

extension PeerSocket {
  /// What chatserve says to a chatclient that may begin.
  func giveFloor(to handle: String) throws {
    try send("SERVER\0")
    try waitFor("\(handle)\0")
    try send("mode turns\0floor\0")
  }
}

/// A record that breaks the protocol.
struct BadRecord: CustomTestStringConvertible {
  var text: String
  var testDescription: String

  private init(_ text: String, _ description: String? = nil) {
    self.text = text
    testDescription = description ?? text.debugDescription
  }

  private static let both = [
    BadRecord("say x\0"), BadRecord("say\0"), BadRecord("\0"), BadRecord("say 0 a\0"),
    BadRecord("say 3 out of count\0"), BadRecord("ack 7\0"),
    BadRecord(String(repeating: "x", count: 200_000), "200 KB without an end"),
  ]
  static let fromServer = both
  static let fromClient = both + [BadRecord("floor\0")]
}
