import Harness
import Testing

@Suite struct WaitingLineTests {
  @Test("the first has the floor, the others hear their places and follow in order of arrival")
  func order() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let first = try stage.talker("one", on: server.port)
      let second = try stage.client(server.port, "--handle", "two")
      try second.waitFor("You are number 1 in the queue. \\quit leaves it.")
      let third = try stage.client(server.port, "--handle", "three")
      try third.waitFor("You are number 2 in the queue. \\quit leaves it.")
      try first.enter("from one")
      try server.process.waitForInput("SERVER> ")

      try first.enter("\\quit")
      #expect(try first.exitStatus() == 0)
      try second.waitFor("SERVER is here now.")
      try third.waitFor("You are number 1 in the queue. \\quit leaves it.")
      try second.waitForInput("two> ")
      try second.enter("from two")
      try server.process.waitFor("two> from two")

      try second.enter("\\quit")
      try third.waitForInput("three> ")
      try third.enter("from three")
      try server.process.waitFor("three> from three")
      #expect(server.process.screen.text.occurrences(of: "Connection with client opened.") == 3)
    }
  }

  @Test("who waits is announced once, and not again when the next has the floor")
  func announcedOnce() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let first = try stage.talker("one", on: server.port)
      let second = try stage.client(server.port, "--handle", "two")
      try server.process.waitFor("two (127.0.0.1:")
      _ = try stage.client(server.port, "--handle", "three")
      try server.process.waitFor("three (127.0.0.1:")
      try first.enter("\\quit")
      try second.waitFor("SERVER is here now.")
      _ = try stage.client(server.port, "--handle", "four")
      try server.process.waitFor("four (127.0.0.1:")
      for name in ["two", "three", "four"] {
        #expect(server.process.screen.text.occurrences(of: "\(name) (127.0.0.1:") == 1)
      }
    }
  }

  @Test("who arrived first goes first, though it said its name later")
  func arrivalCounts() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let talker = try stage.nativePeer("talker", on: server.port)
      let early = try PeerSocket(port: server.port)
      try early.waitFor("SERVER\0")
      let late = try PeerSocket(port: server.port)
      try late.waitFor("SERVER\0")
      try late.send("late\0")
      try late.waitFor("wait 1\0")
      try early.send("early\0")
      try early.waitFor("wait 1\0")
      try late.waitFor("wait 2\0")
      try talker.send("quit user\0")
      try early.waitFor("floor\0")
      try late.waitFor("wait 1\0", times: 2)
    }
  }

  @Test("one who connects and says nothing holds nobody up")
  func silentConnection() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let silent = try PeerSocket(port: server.port)
      try silent.waitFor("SERVER\0")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
      #expect(!silent.hasEnded)
    }
  }

  @Test("a full line says so in a sentence, and chatclient exits with 69")
  func full() throws {
    try Stage.run { stage in
      let server = try stage.server("--max-waiting", "1", "--resume-within", "0")
      let first = try stage.talker("one", on: server.port)
      let second = try stage.client(server.port, "--handle", "two")
      try second.waitFor("You are number 1 in the queue. \\quit leaves it.")
      let third = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "three"])
      #expect(try third.exitStatus() == 69)
      // Nobody's word, where the server is known and this is not encrypted.
      let sayer =
        stage.link == .tls
        ? "127.0.0.1 port \(server.port) refused, without encryption, so that anybody may have said it"
        : "The server refused"
      #expect(
        third.errorText
          == "\(sayer): The queue is full: 1 person waits already. Please try again later.\n")
      #expect(third.outputText == "")
      try server.process.waitFor("Turned a newcomer away: the queue is full.")
      try first.enter("still here")
      try server.process.waitFor("one> still here")
    }
  }

  @Test("with --max-waiting 0 a second peer is turned away, and served when the first is gone")
  func nobodyMayWait() throws {
    try Stage.run { stage in
      let server = try stage.server("--max-waiting", "0", "--resume-within", "0")
      let first = try stage.talker("one", on: server.port)
      let second = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "two"])
      #expect(try second.exitStatus() == 69)
      #expect(second.errorText.contains("Please try again later."))
      try first.enter("\\quit")
      try server.process.waitFor(LeavingTests.clientLeft)
      let third = try stage.talker("three", on: server.port)
      try third.enter("hi")
      try server.process.waitFor("three> hi")
    }
  }

  @Test("one who waits in the queue may leave it, and the next moves up")
  func leavingTheLine() throws {
    try Stage.run { stage in
      let server = try stage.server()
      _ = try stage.talker("one", on: server.port)
      let second = try stage.client(server.port, "--handle", "two")
      try second.waitFor("You are number 1 in the queue. \\quit leaves it.")
      let third = try stage.client(server.port, "--handle", "three")
      try third.waitFor("You are number 2 in the queue. \\quit leaves it.")
      try second.send(Keys.endOfFile)
      #expect(try second.exitStatus() == 0)
      try third.waitFor("You are number 1 in the queue. \\quit leaves it.")
      try stage.waitForTranscript([
        "one native: ; open", "two native: ; closed by client, quit", "three native: ; open",
      ])
    }
  }
}
