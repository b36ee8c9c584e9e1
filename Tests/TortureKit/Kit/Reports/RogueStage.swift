import Glibc
import Harness
import TakeOver
import Transcript

/// A server with one who talks, and processes in its queue that are not what
/// they were.
final class RogueStage {
  private let stage: Stage
  private let server: Server<PipeProcess>
  /// Who has the floor.
  private let talker: PeerSocket
  /// Names of the peers whose processes were taken over.
  private var victims: [String] = []

  /// Has one talk on the server.
  init(stage: Stage, server: Server<PipeProcess>) throws {
    self.stage = stage
    self.server = server
    talker = try Self.peer("talker", on: server.port)
    try talker.send("say 1 hi\0")
    try talker.waitFor("ack 1\0")
  }

  /// A peer in the queue, and its process's socket to the listener.
  private func victim() throws -> (peer: PeerSocket, process: pid_t, control: Int32) {
    // To whatever ping there was: on a slow machine the others take minutes.
    try talker.send("pong\0")
    let before = Set(server.conversations)
    let name = "v\(victims.count + 1)"
    let peer = try PeerSocket(port: server.port)
    try peer.waitFor("SERVER\0")
    try peer.send("\(name)\0")
    try peer.waitFor("wait ")
    victims.append(name)
    guard let process = server.conversations.first(where: { !before.contains($0) }) else {
      throw TortureFailure("no process for \(name)")
    }
    return (peer, process, try Self.control(of: process))
  }

  private static func control(of process: pid_t) throws -> Int32 {
    for number in Int32(0)..<64 {
      let copy = takeover_descriptor(process, number)
      if copy < 0 { continue }
      if takeover_is_control(copy) != 0 { return copy }
      close(copy)
    }
    throw TortureFailure("process \(process) has no socket to the listener")
  }

  /// Sends; false when it was not taken: the socket is full, or closed.
  private static func send(_ message: [UInt8], by control: Int32) -> Bool {
    message.withUnsafeBytes { takeover_send(control, $0.baseAddress, UInt($0.count)) } >= 0
  }

  /// Has a process in the queue send each list of messages, and waits for all of
  /// them to be gone.
  func fromTheQueue(_ lists: [[[UInt8]]], endless: [[UInt8]] = []) throws {
    var all = try lists.map { (try victim(), $0) }
    for (victim, messages) in all {
      for message in messages { _ = Self.send(message, by: victim.control) }
    }
    for message in endless {
      let victim = try victim()
      try Self.send(message, endlesslyBy: victim.control, until: { Self.isGone(victim.process) })
      all.append((victim, []))
    }
    for (victim, messages) in all {
      try Deadline.poll("the end of one that sent \(messages)") {
        Self.isGone(victim.process)
      }
      close(victim.control)
      try victim.peer.waitForEnd()
    }
  }

  /// Has the one with the floor send a message without an end.
  func fromTheFloor(endless message: [UInt8]) throws {
    guard let process = server.conversations.first else {
      throw TortureFailure("nobody has the floor")
    }
    victims.append("talker")
    let control = try Self.control(of: process)
    defer { close(control) }
    try Self.send(message, endlesslyBy: control, until: { Self.isGone(process) })
  }

  private static func send(
    _ message: [UInt8], endlesslyBy control: Int32, until isOver: () -> Bool
  ) throws {
    let deadline = Deadline(seconds: Deadline.usual)
    while !isOver() {
      for _ in 0..<100 { _ = send(message, by: control) }
      if deadline.isOver { throw TortureFailure("an endless stream went on and on") }
    }
  }

  /// Several at once, and the server is asked to stop meanwhile.
  func flood(_ count: Int, with message: [UInt8]) throws {
    let flooders = try (0..<count).map { _ in try victim() }
    defer { for flooder in flooders { close(flooder.control) } }
    server.process.signal(SIGTERM)
    let deadline = Deadline(seconds: Deadline.usual)
    while server.process.peekOutcome() == nil {
      server.process.readAvailable()
      for flooder in flooders { for _ in 0..<50 { _ = Self.send(message, by: flooder.control) } }
      if deadline.isOver { throw TortureFailure("deaf to SIGTERM in a flood of reports") }
    }
    let outcome = try server.process.exitOutcome()
    try hold(outcome == .exited(0), "the server ended with \(outcome)")
  }

  // MARK: What holds

  /// The talk goes on as if nothing had been, but where it is what it cost. Of a
  /// server that was asked to stop, the ends hold.
  func holdThatOnlyTheyAreGone() throws {
    let isOver = server.process.peekOutcome() != nil
    if !isOver, !victims.contains("talker") {
      try talker.send("say 2 still here\0")
      try talker.waitFor("ack 2\0")
      try talker.send("quit user\0")
      try talker.waitForEnd()
    }
    if !isOver {
      let next = try Self.peer("next", on: server.port)
      try next.send("say 1 hello\0")
      try next.waitFor("ack 1\0")
      try next.send("quit user\0")
      try next.waitForEnd()
      let memory = ProcessMemory.peak(ofServer: server.process)
      try hold(memory < ProcessMemory.limit, "\(memory) KiB resident in one process")
    }
    for name in victims {
      try Deadline.poll("the death of \(name) in the transcript") {
        guard let reason = try reason(ofTheEndOf: name) else { return false }
        return isOver || reason == "crashed"
      }
    }
  }

  func holdThatNobodySaid(_ text: String) throws {
    server.process.readAvailable()
    try hold(!server.process.outputText.contains(text), "it was shown: \(text)")
    try hold(
      try !serverSaid(text), "it is in the transcript as the server's: \(text)")
  }

  private func reason(ofTheEndOf client: String) throws -> String? {
    let select = try Connection.forReading(stage.database).prepare(
      "SELECT reason FROM conversations WHERE client = '\(client)' AND reason IS NOT NULL")
    return try select.step() ? select.text(at: 0) : nil
  }

  private func serverSaid(_ text: String) throws -> Bool {
    let select = try Connection.forReading(stage.database).prepare(
      "SELECT 1 FROM events WHERE party = 'server' AND text LIKE '%\(text)%'")
    return try select.step()
  }

  /// One that has the floor.
  private static func peer(_ name: String, on port: UInt16) throws -> PeerSocket {
    let peer = try PeerSocket(port: port)
    try peer.waitFor("SERVER\0")
    try peer.send("\(name)\0")
    try peer.waitFor("floor\0")
    return peer
  }

  private static func isGone(_ process: pid_t) -> Bool {
    (ProcessTable.entry(process)?.state ?? "Z") == "Z"
  }

  func stop() throws {
    try hold(server.process.peekOutcome() == nil, "the listener died: \(server.process.errorText)")
    server.process.signal(SIGTERM)
    let outcome = try server.process.exitOutcome()
    try hold(outcome == .exited(0), "the server ended with \(outcome)")
  }
}
