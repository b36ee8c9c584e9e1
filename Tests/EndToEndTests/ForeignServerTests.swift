import Harness
import Testing

/// chatclient with servers that others wrote for the original's assignment.
@Suite struct ForeignServerTests {
  /// How a server greets, and how it says `text` in its turn.
  struct Manner: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var greeting = ""
    /// Whether it waits until chatclient has taken it for a silent one.
    var isLate = false
    var pieces: @Sendable (String) -> [String]
  }

  private static func padded(_ text: String) -> String {
    text + String(repeating: "\0", count: 500 - text.utf8.count)
  }

  static let manners: [Manner] = [
    Manner(testDescription: "silent, name before it, no line end") { ["Server> \($0)"] },
    Manner(testDescription: "silent, no name, no line end") { [$0] },
    Manner(testDescription: "silent, padded with NULs") { [padded($0)] },
    Manner(testDescription: "silent, lines") { ["Server> \($0)\n"] },
    Manner(testDescription: "greets, padded", greeting: padded("ann")) { [padded($0)] },
    Manner(testDescription: "greets with a C string", greeting: "ann\0") { ["\($0)\0"] },
    Manner(testDescription: "greets late", greeting: "ann", isLate: true) { [$0] },
    Manner(testDescription: "greets with a sentence", greeting: "Welcome to my chat!\n") {
      [$0 + "\n"]
    },
    Manner(testDescription: "two pieces", greeting: "ann") { ["ann> ", $0] },
  ]

  @Test("ten turns each way with a server that nobody here wrote", arguments: manners)
  func tenTurns(_ manner: Manner) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      if manner.isLate { try client.waitForInput("bob> ") }
      if !manner.greeting.isEmpty {
        try peer.send(manner.greeting)
        try peer.waitFor("bob")
      }
      for turn in 1...10 {
        try client.waitForInput("bob> ")
        try client.enter("question \(turn).")
        try peer.waitFor("question \(turn).")
        for piece in manner.pieces("answer \(turn).") { try peer.send(piece) }
        try client.waitFor("> answer \(turn).\n")
      }
      #expect(!client.screen.text.contains("> ann>") && !client.screen.text.contains("\\x00"))
      try client.enter("\\quit")
      try peer.waitForEnd()
      peer.leave()
      #expect(try client.exitStatus() == 0)
    }
  }

  @Test("a chatserve that greets late is native, and its notice takes no turn")
  func lateChatserve() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try client.waitForInput("bob> ")
      try peer.giveFloor(to: "bob")
      try client.enter("hi")
      try peer.waitFor("say 1 hi\0")
      try peer.send("ack 1\0say 1 hello\0")
      try client.waitFor("SERVER> hello\n")

      let other = try stage.client(server.port, "--handle", "bob")
      let slow = try server.accept()
      try other.waitForInput("bob> ")
      try other.enter("hi")
      try slow.waitFor("bob> hi\n")
      try slow.send("SERVER\0You are number 1 in the queue. \\quit leaves it.\n")
      try other.waitFor("It said: You are number 1 in the queue.")
      try slow.send("SERVER> hello\n")
      try other.waitFor("SERVER> hello\n")
    }
  }

  @Test(
    "another protocol's greeting is shown once, and is no chat",
    arguments: [
      "SSH-2.0-OpenSSH_9.2p1\r\n", "220 mail.example.org ESMTP\r\n",
      ":irc.example.org NOTICE * :*** Looking up your hostname\r\n", "* OK IMAP4rev1 ready\r\n",
    ])
  func otherProtocol(_ greeting: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try peer.send(greeting)
      #expect(try client.exitStatus() == 74)
      let said = "It said: \(greeting.dropLast())"
      #expect(client.screen.text.occurrences(of: said) == 1)
      #expect(!client.screen.text.contains("SERVER"))
      peer.leave()
    }
  }

  @Test(
    "a program that ends without a goodbye has died; who listens with nc has left",
    arguments: [("ann", "", 74), ("", "ann> hello\n", 0), ("", "hello", 74)])
  func deaths(_ greeting: String, _ answer: String, _ status: Int32) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      if !greeting.isEmpty { try peer.send(greeting) }
      try client.waitForInput("bob> ")
      try client.enter("hi")
      try peer.waitFor("hi")
      if !answer.isEmpty {
        try peer.send(answer)
        try client.waitFor("> hello\n")
      }
      peer.leave()
      #expect(try client.exitStatus() == status)
      let sentence =
        status == 0
        ? LeavingTests.serversGoodbye
        : "The connection was lost. The server closed it without a goodbye."
      #expect(client.screen.text.contains(sentence))
    }
  }

  @Test("an empty line is not answered, nor is any error")
  func emptyLines() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try client.waitForInput("bob> ")
      try client.enter("hi")
      try peer.waitFor("bob> hi\n")
      try peer.send(String(repeating: "\n", count: 1000) + "ann> hello\n")
      try client.waitFor("ann> hello\n")
      #expect(peer.receivedText == "bob> hi\n")
    }
  }

  @Test("more bytes than an original reads are refused to who typed them")
  func tooManyBytes() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try peer.send("ann")
      try client.waitForInput("bob> ")
      try client.enter(String(repeating: "é", count: 300))
      try client.waitFor("The server reads at most 500 bytes at once; your line is kept.")
      #expect(peer.receivedText.count <= 3)
    }
  }
}
