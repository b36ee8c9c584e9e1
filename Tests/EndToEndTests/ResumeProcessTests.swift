import Glibc
import Harness
import Testing

/// A conversation whose process is lost, or does not leave, goes on in another.
@Suite struct ResumeProcessTests {
  @Test("a killed conversation: the terminal comes back, and what was said last is shown once more")
  func conversationKilled() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let mode = server.process.originalMode
      let peer = try ResumeTests.peer(on: server.port)
      try peer.say("one")
      try server.process.enter("two", after: "tatyana> one")
      try peer.waitToHear(1)
      kill(try #require(server.conversations.first), SIGKILL)
      try server.process.waitFor("crashed (signal 9); waiting for tatyana to come back.")
      try Deadline.poll("the desk") { server.desk != nil }
      try peer.resume(on: server.port, recalling: 20)
      try server.process.waitFor("tatyana is back after")
      try peer.wait(for: "what was said") { $0.past.count == 2 }
      #expect(peer.past == ["client 1 one", "server 1 two"])
      try peer.say("three")
      try server.process.enter("four", after: "tatyana> three")
      try peer.waitToHear(2)
      try peer.send("quit user")
      try peer.waitForEnd()
      try ResumeTests.expect(stage, "client 1 one, server 1 two, client 2 three, server 2 four")
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(server.process.mode == mode)
    }
  }

  @Test("all that a killed conversation recorded and had not written is shown once more")
  func unwritten() throws {
    try Stage.run { stage in
      let server = try stage.server("--plain", "--mode", "free")
      let peer = try ResumeTests.peer(on: server.port)
      try peer.say("line 1.")
      try server.process.waitFor("tatyana> line 1.")
      // XOFF, termios(3): what is shown from now on is not written.
      try server.process.send("\u{13}")
      for number in 2...100 { try peer.say("line \(number).") }
      try peer.waitUntilRecorded()
      kill(try #require(server.conversations.first), SIGKILL)
      try Deadline.poll("the desk") { server.desk != nil }
      try server.process.send("\u{11}")
      try peer.resume(on: server.port)
      try server.process.waitFor("tatyana is back after")
      for number in 1...100 {
        #expect(server.process.screen.text.contains("line \(number)."), "\(number)")
      }
    }
  }

  @Test("a stopped conversation is killed after two seconds, and the talk goes on")
  func conversationStopped() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try ResumeTests.peer(on: server.port)
      try peer.say("one")
      try peer.waitUntilRecorded()
      try server.process.waitForInput("SERVER> ")
      kill(try #require(server.conversations.first), SIGSTOP)
      try peer.resume(on: server.port)
      try server.process.waitFor("tatyana is back after")
      try server.process.enter("two")
      try peer.waitToHear(1)
      try peer.send("quit user")
      try peer.waitForEnd()
      try ResumeTests.expect(stage, "client 1 one, server 1 two")
    }
  }

  @Test("the operator's line is on the line again, however often its process is killed")
  func draftOfAKilledOne() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try ResumeTests.peer(on: server.port)
      try peer.say("one")
      try server.process.waitForInput("SERVER> ")
      try server.process.send("half")
      try server.process.waitForInput("SERVER> half")
      // Its first report is at once, and the others a second later.
      try server.process.send(" a")
      try server.process.waitForInput("SERVER> half a")
      Deadline(seconds: 2).pass()
      kill(try #require(server.conversations.first), SIGKILL)
      try server.process.waitFor("waiting for tatyana to come back")
      try Deadline.poll("the desk") { server.desk != nil }
      try server.process.waitForInput("SERVER> half a")
      try server.process.send(" line")
      try server.process.waitForInput("SERVER> half a line")
      Deadline(seconds: 2).pass()
      kill(try #require(server.desk), SIGKILL)
      try server.process.waitFor("The process of the prompt")
      try Deadline.poll("another desk") { server.desk != nil }
      try server.process.waitForInput("SERVER> half a line")
      try peer.resume(on: server.port)
      try server.process.waitFor("is back after")
      try server.process.waitForInput("SERVER> half a line")
      try server.process.enter("")
      try peer.waitToHear(1)
      #expect(peer.heard == ["half a line"])
      // What was said is not on the line of the next.
      try peer.say("two")
      try server.process.waitForInput("SERVER> ")
      kill(try #require(server.conversations.first), SIGKILL)
      try server.process.waitFor("waiting for tatyana to come back", times: 2)
      try peer.resume(on: server.port)
      try server.process.waitFor("is back after", times: 2)
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("three")
      try peer.waitToHear(2)
      #expect(peer.heard == ["half a line", "three"])
    }
  }

  @Test("where nobody can come back the line is there, too, and is offered to the next")
  func draftBesideOneThatCannotComeBack() throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "0")
      let first = try stage.nativePeer("tatyana", on: server.port)
      try first.send("say 1 one\0")
      try server.process.waitForInput("SERVER> ")
      try server.process.send("half")
      try server.process.waitForInput("SERVER> half")
      Deadline(seconds: 2).pass()
      kill(try #require(server.conversations.first), SIGKILL)
      try server.process.waitFor("crashed (signal 9)")
      try Deadline.poll("the desk") { server.desk != nil }
      try server.process.waitForInput("SERVER> half")
      let next = try stage.nativePeer("mike", on: server.port)
      try next.send("say 1 hi\0")
      try server.process.waitFor("Not sent before; Up or \\draft brings it back: half")
      try server.process.waitForInput("SERVER> ")
    }
  }

  @Test("the operator's line is on the line again")
  func draft() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try ResumeTests.peer(on: server.port)
      try peer.say("one")
      try server.process.waitForInput("SERVER> ")
      try server.process.send("half")
      try server.process.waitForInput("SERVER> half")
      peer.cut(.reset)
      try server.process.waitFor("link is down")
      try peer.resume(on: server.port)
      try server.process.waitFor("is back after")
      try server.process.waitForInput("SERVER> half")
      try server.process.enter(" done")
      try peer.waitToHear(1)
      #expect(peer.heard == ["half done"])
    }
  }
}
