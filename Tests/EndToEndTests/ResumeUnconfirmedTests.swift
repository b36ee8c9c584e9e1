import Glibc
import Harness
import Testing

/// The operator reads which words the other side has not confirmed, also of a conversation
/// whose process is gone.
@Suite struct ResumeUnconfirmedTests {
  enum End: String, CaseIterable {
    /// Nobody comes in time.
    case grace
    /// The operator waits no longer.
    case quit
    /// The server is stopped.
    case stop
    /// It was killed, and nobody comes to the next one.
    case restart
  }

  private static let words = "tatyana did not confirm 1 message of yours; it may be lost:"

  @Test("what was not confirmed is named at the end, and what was is not", arguments: End.allCases)
  func named(end: End) throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free", "--resume-within", "3")
      let peer = try ResumeTests.peer(on: server.port)
      try server.process.enter("heard")
      try peer.waitToHear(1)
      // Its confirmation is read before the answer to this.
      try peer.waitForOffer()
      try server.process.enter("never heard")
      try server.process.waitFor("SERVER> never heard")
      try stage.waitForTranscript(["tatyana native: server 1 heard, server 2 never heard; open"])
      var process = server.process
      if end == .restart {
        kill(process.processID, SIGKILL)
        _ = try process.exitOutcome()
        // The process of the conversation, which lives a little longer, says so.
        try process.waitFor("tatyana has not confirmed 1 message of yours; it is said again when")
        process = try stage.onTerminal(
          .chatserve, ["\(server.port)", "--resume-within", "3"])
      } else {
        kill(try #require(server.conversations.last), SIGKILL)
      }
      try process.waitFor("waiting for tatyana to come back")
      switch end {
      case .grace, .restart: try process.waitFor("tatyana did not come back.")
      case .quit: try process.enter("\\quit")
      case .stop: process.signal(SIGTERM)
      }
      try process.waitFor(Self.words)
      if end == .stop { #expect(try process.exitStatus() == 0) }
      let rows = process.screen.text.split(separator: "\n").map(String.init)
      let place = try #require(rows.lastIndex { $0.contains(Self.words) })
      #expect(rows.dropFirst(place + 1).first == "SERVER> never heard", "\(rows)")
      #expect(!rows.dropFirst(place + 2).contains("SERVER> heard"))
      let shown = try stage.history("show", "1")
      #expect(shown.outputText.contains("(1 not delivered)"), "\(shown.outputText)")
      try ResumeTests.expectSound(stage)
    }
  }

  @Test("a confirmation is recorded also where nothing is said after it")
  func lastIsConfirmed() throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "2")
      let peer = try ResumeTests.peer(on: server.port)
      try peer.say("one")
      try server.process.enter("two", after: "tatyana> one")
      try peer.waitToHear(1)
      try Deadline.poll("the confirmation in the transcript") {
        try stage.integer("SELECT acknowledged FROM conversation") == 1
      }
      kill(try #require(server.conversations.last), SIGKILL)
      try server.process.waitFor("tatyana did not come back.")
      try stage.waitForTranscript([
        "tatyana native: client 1 one, server 1 two; closed by server, crashed (signal 9)"
      ])
      #expect(!server.process.screen.text.contains("did not confirm"))
      #expect(try !stage.history("show", "1").outputText.contains("not delivered"))
    }
  }
}
