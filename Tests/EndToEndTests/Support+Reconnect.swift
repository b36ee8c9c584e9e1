import Glibc
import Harness

/// A conversation that outlasts its link, as a fake server has it.
enum Session {
  static let token = String(repeating: "0123456789abcdef", count: 4)
  /// The first number that a client which was started again claims by: those that a power
  /// cut may have taken from its file are left out.
  static let nextAttempt = 65
}

extension PeerSocket {
  /// Gives the floor, and offers to go on after the link is lost.
  func offerSession(to handle: String = "bob", within seconds: Int = 300) throws {
    try giveFloor(to: handle)
    try send("session \(Session.token) \(seconds)\0")
    try waitFor("session\0")
  }

  /// Greets on a new link, and hears what is claimed there.
  func hearClaim(shown: Int, attempt: Int, as name: String = "SERVER") throws {
    try send("\(name)\0")
    try waitFor("resume \(Session.token) \(shown) \(attempt)\0")
  }

  /// Goes on, and has the client's messages up to `number`.
  func goOn(after number: Int, past: String = "", mode: String = "turns") throws {
    try send("resumed \(number)\0\(past)mode \(mode)\0floor\0")
  }
}

extension Stage {
  /// Where chatclient keeps conversations.
  var talks: String { home + "/state/chatclient/talks" }

  /// A client in a conversation that can outlast its link, and its server's end.
  func resumable(
    _ server: FakeServer, within seconds: Int = 300, _ options: String...
  ) throws -> (client: PtyProcess, peer: PeerSocket) {
    let client = try onTerminal(
      .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob"] + options)
    let peer = try server.accept()
    try peer.offerSession(within: seconds)
    try client.waitUntil("the floor") { $0.text.contains("bob> ") }
    return (client, peer)
  }

  /// What a client that was killed in the middle of a conversation left, with a message
  /// under way.
  func killed(_ server: FakeServer, within seconds: Int = 300, saying text: String) throws {
    let (client, peer) = try resumable(server, within: seconds)
    try client.enter(text)
    try peer.waitFor("say 1 \(text)\0")
    client.signal(SIGKILL)
    _ = try client.exitOutcome()
    try peer.waitForEnd()
  }

  /// chatclient, started again, and the server's end of the link on which it claims the
  /// conversation before, of which it has `shown` so many messages.
  func startedAgain(
    _ server: FakeServer, shown: Int = 0, _ options: String...
  ) throws -> (client: PtyProcess, peer: PeerSocket) {
    let client = try onTerminal(.chatclient, ["127.0.0.1", "\(server.port)"] + options)
    let peer = try server.accept()
    try peer.hearClaim(shown: shown, attempt: Session.nextAttempt)
    return (client, peer)
  }

  /// The sizes of the files in which conversations are kept.
  func keptSizes() -> [Int] {
    files(in: talks).map { SmallFile.read(talks + "/" + $0)?.utf8.count ?? -1 }
  }
}
