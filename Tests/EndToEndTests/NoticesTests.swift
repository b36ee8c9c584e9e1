import Glibc
import Harness
import Testing

/// --notices: a log of who comes and goes.
@Suite struct NoticesTests {
  private func lines(_ server: Server<PipeProcess>) -> [String] {
    server.process.errorText.split(separator: "\n").map(String.init)
  }

  @Test("a line each, which begins with its time or priority", arguments: ["stderr", "journal"])
  func lines(style: String) throws {
    try Stage.run { stage in
      let server = try stage.pipedServer(
        "--detached", "--notices", style, "--per-source", "1", input: "/dev/null")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("a secret")
      let next = try PeerSocket(port: server.port)
      try next.send("x\"y\\z\n")
      try next.waitFor("You are number 1")
      // One more is let in who might come back to the talk, until it says who it is.
      let third = try PeerSocket(port: server.port)
      try third.waitFor("SERVER\0")
      let fourth = try PeerSocket(port: server.port)
      try fourth.waitFor("Too many connections come from your address.")
      try server.process.waitFor("event=\"refuse\" cause=\"tooManyOfSource\" count=\"1\"")
      next.leave()
      try client.enter("\\quit")
      _ = try client.exitStatus()
      try server.process.waitFor("event=\"close\"", times: 2)
      let seen = lines(server)
      let start =
        style == "journal"
        ? #"^<[3-6]>event="#
        : #"^time="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z" level="[a-z]+" event="#
      let first = try Regex(start)
      for line in seen { #expect(line.firstMatch(of: first) != nil, "\(line)") }
      let talker = #"name="tatyana" address="127.0.0.1:"#
      #expect(seen.contains { $0.contains(#"event="floor" "# + talker) })
      #expect(seen.contains { $0.contains(#"event="queue" name="x\"y\\z""#) })
      #expect(
        seen.contains {
          $0.contains(#"event="close" "# + talker) && $0.hasSuffix(#"by="client" reason="quit""#)
        })
      #expect(seen.count { $0.contains("event=\"open\"") } == 3)
      #expect(!server.process.errorText.contains("secret"))
    }
  }

  @Test("a killed conversation is a fault")
  func faults() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer(
        "--detached", "--notices", "stderr", input: "/dev/null")
      let peer = try stage.nativePeer("tatyana", on: server.port, over: .clear)
      let talk = try #require(server.conversations.first)
      kill(talk, SIGKILL)
      try server.process.waitFor(
        #"level="error" event="fault" text="The conversation with 127.0.0.1:"#)
      _ = peer
    }
  }

  /// Sentences, lines of two kinds, nothing.
  private static let styles: [[String]] = [
    [], ["--notices", "stderr"], ["--notices", "journal"], ["--notices", "none"],
  ]

  @Test(
    "what the operator said and nobody confirmed is counted, and shown at the terminal alone",
    arguments: styles, [true, false])
  func unconfirmed(style: [String], isStopped: Bool) throws {
    try Stage.run { stage in
      let (server, port) = try stage.detached(
        ["--mode", "free", "--resume-within", isStopped ? "60" : "3"] + style)
      let terminal = try stage.attached(to: port)
      let peer = try ResumeTests.peer(on: port)
      try terminal.waitFor("Connection with client opened.")
      try terminal.waitForInput("SERVER> ")
      try terminal.enter("heard")
      try peer.waitToHear(1)
      try peer.waitForOffer()
      try terminal.enter("never heard")
      try stage.waitForTranscript(["tatyana native: server 1 heard, server 2 never heard; open"])
      kill(try #require(server.children(named: "chatserve-talk").last), SIGKILL)
      try terminal.waitFor("waiting for tatyana to come back")
      if !isStopped {
        try terminal.waitFor("did not confirm 1 message of yours; it may be lost:")
        try terminal.waitFor("SERVER> never heard", times: 2)
      }
      server.signal(SIGTERM)
      #expect(try server.exitStatus() == 0)
      let seen = server.errorText
      #expect(!seen.contains("heard"), "\(seen)")
      if style.last == "none" { return #expect(seen == "") }
      let counted = "did not confirm 1 message of yours; it may be lost."
      #expect(seen.occurrences(of: counted) == 1, "\(seen)")
      guard let name = style.last else { return }
      let rows = seen.split(separator: "\n")
      let start = name == "journal" ? "<" : "time="
      #expect(rows.allSatisfy { $0.hasPrefix(start) }, "\(seen)")
      // Its process has not said it, and the wait is over.
      let closes = rows.filter { $0.contains(#"event="close" name="tatyana" address="127.0.0.1:"#) }
      let reason = isStopped ? "sigint" : "crashed"
      #expect(closes.map { $0.hasSuffix("by=\"server\" reason=\"\(reason)\"") } == [true])
    }
  }

  @Test("on the terminal of a conversation there is no log")
  func terminal() throws {
    try Stage.run { stage in
      let server = try stage.onTerminal(.chatserve, ["4711", "--notices", "stderr"])
      #expect(try server.exitStatus() == 64)
      #expect(server.screen.text.contains("which is the terminal"))
    }
  }
}
