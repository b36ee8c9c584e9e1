import Harness
import Testing

/// chatserve with clients that others wrote for the original's assignment.
@Suite struct ForeignClientTests {
  /// What a client says first, and how it says `text` in its turn.
  struct Manner: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var opening = ""
    /// The name that the operator reads.
    var name: String
    var notice = ""
    var pieces: @Sendable (String) -> [String]
  }

  private static func padded(_ text: String) -> String {
    text + String(repeating: "\0", count: 500 - text.utf8.count)
  }

  static let manners: [Manner] = [
    Manner(testDescription: "name and text, NUL", name: "bob") { ["bob> \($0)\0"] },
    Manner(testDescription: "name and text, padded", name: "bob") { [padded("bob> \($0)")] },
    Manner(testDescription: "a name, then text, each NUL", opening: "bob\0", name: "bob") {
      ["\($0)\0"]
    },
    Manner(testDescription: "a name, then both", opening: "bob", name: "bob") { ["bob> \($0)"] },
    Manner(testDescription: "a name, then both without spaces", opening: "bob", name: "bob") {
      ["bob>\($0)"]
    },
    Manner(
      testDescription: "two names", opening: "Mary Ann", name: "Mary",
      notice: "The client calls itself Mary Ann"
    ) { [$0] },
    Manner(
      testDescription: "no name", name: "guest", notice: "The client gave no name"
    ) { ["so, \($0)"] },
    Manner(testDescription: "two pieces", opening: "bob", name: "bob") { ["bob> ", $0] },
  ]

  @Test("ten turns each way with a client that nobody here wrote", arguments: manners)
  func tenTurns(_ manner: Manner) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try PeerSocket(port: server.port)
      try peer.waitFor("SERVER\0")
      if !manner.opening.isEmpty {
        try peer.send(manner.opening)
        try server.process.waitFor("waiting for \(manner.name) …")
      }
      for turn in 1...10 {
        for piece in manner.pieces("question \(turn).") { try peer.send(piece) }
        try server.process.waitFor("question \(turn).\n")
        try server.process.waitForInput("SERVER> ")
        try server.process.enter("answer \(turn).")
        try peer.waitFor("answer \(turn).")
      }
      #expect(server.process.screen.text.contains(manner.notice))
      #expect(!server.process.screen.text.contains("\(manner.name)> \(manner.name)"))
      #expect(!server.process.screen.text.contains("\\x00"))
      let transcript = try stage.transcript()
      #expect(transcript.first?.hasPrefix("\(manner.name) original: ") == true)
      #expect(transcript.first?.contains("server 10 answer 10.") == true)
      #expect(try stage.history("verify").outputText.contains("no damage found"))
    }
  }

  @Test("a client that expects no greeting gets none where that is asked for")
  func noGreeting() throws {
    try Stage.run { stage in
      let server = try stage.server("--no-greeting")
      let peer = try PeerSocket(port: server.port)
      try peer.send("bob> question")
      try server.process.waitFor("bob> question\n")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("answer")
      try peer.waitFor("answer")
      #expect(peer.receivedText == "answer")
      try peer.send("\\quit")
      try peer.waitForEnd()

      let client = try stage.client(server.port, "--handle", "amy")
      try client.waitForInput("amy> ")
      try client.enter("hi")
      try server.process.waitFor("amy> hi\n")
    }
  }

  @Test("\\quit behind the own name is a goodbye")
  func namedQuit() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.linePeer("bob", on: server)
      try peer.send("bob> \\quit\n")
      try server.process.waitFor(LeavingTests.clientLeft)
    }
  }

  @Test("what is answered to nonsense is bounded")
  func boundedAnswers() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try PeerSocket(port: server.port)
      let sent = String(repeating: "\n", count: 5000)
      try peer.send(sent + "bob\nhi\n")
      try server.process.waitFor("bob> hi\n")
      try server.process.enter("hello")
      try peer.waitFor("SERVER> hello\n")
      #expect(peer.received.count < 4096 + 10 * sent.utf8.count + 200)
    }
  }

  @Test("who has spoken already reads that the queue is full, every time")
  func fullQueue() throws {
    try Stage.run { stage in
      let server = try stage.server("--max-waiting", "0")
      let first = try stage.linePeer("one", on: server)
      for _ in 0..<20 {
        let peer = try PeerSocket(port: server.port)
        try? peer.send("bob\nhi\n")
        try peer.waitFor("Please try again later.\n")
      }
      #expect(!first.hasEnded)
    }
  }

  @Test("a client's reason for leaving is recorded as its own wish")
  func reasons() throws {
    try Stage.run { stage in
      let server = try stage.server()
      for reason in ["idle", "full", "stopped"] {
        let peer = try stage.nativePeer("bob", on: server.port)
        try peer.send("quit \(reason)\0")
        try peer.waitForEnd()
      }
      try stage.waitForTranscript(
        [String](repeating: "bob native: ; closed by client, quit", count: 3))
    }
  }
}
