import Glibc
import Harness
import Testing

/// What the person at either desk can ask, and what it answers: the same words
/// in both programs where the same is meant.
@Suite struct DeskTests {
  @Test("\\who names the peer, its address and whether it confirms")
  func who() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("\\who")
      try client.waitFor("You are talking with SERVER (127.0.0.1:\(server.port)) since ")
      try client.waitFor(". Receipts: yes.")
      #expect(!client.screen.text.contains("Program:"))
      try server.process.enter("\\who")
      try server.process.waitFor("You are talking with tatyana (127.0.0.1:")
      try server.process.waitFor(". Receipts: yes. Program: chatclient.")
      try server.process.waitFor("Nobody waits.")
    }
  }

  @Test("\\who of a person with nc: nothing is confirmed")
  func whoByLines() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.linePeer("bob", on: server)
      try server.process.enter("\\who")
      try server.process.waitFor(". Receipts: no. Program: nc, telnet or the like.")
      peer.leave()
    }
  }

  @Test("\\history on both sides, before and after something was said")
  func history() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("\\history")
      try client.waitFor("Nothing was said yet; the server keeps what was said before.")
      try server.process.enter("\\history")
      try server.process.waitFor("Nothing was said with tatyana before.")
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("hello")
      try client.waitForInput("tatyana> ")
      try client.enter("\\history")
      try client.waitFor("The last 2 messages:")
      try client.waitFor("tatyana> hi", times: 2)
      try client.waitFor("SERVER> hello", times: 2)
      try server.process.enter("\\history")
      try server.process.waitFor("The last 2 messages with tatyana:")
      try server.process.waitFor("tatyana> hi", times: 2)
    }
  }

  @Test("an unknown command is answered in the same words on both sides")
  func unknownCommand() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      let sentence = "Unknown command \\whom; nothing was sent. \\help lists the commands."
      try client.enter("\\whom")
      try client.waitFor(sentence)
      try server.process.enter("\\whom")
      try server.process.waitFor(sentence)
    }
  }

  /// The notice is the listener's, two rows with an empty one; it comes by way
  /// of the conversation that has the terminal.
  @Test("the crash of one who waits is a notice like any other")
  func crashBehind() throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "0")
      let client = try stage.talker("tatyana", on: server.port)
      let waiting = try stage.client(server.port, "--handle", "mike")
      try waiting.waitFor("You are number 1 in the queue. \\quit leaves it.")
      guard let last = server.conversations.last else { throw HarnessFailure("no conversation") }
      kill(last, SIGKILL)
      try server.process.waitFor("crashed (signal 9).")
      #expect(!server.process.screen.text.contains("\\n"))
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
    }
  }
}
