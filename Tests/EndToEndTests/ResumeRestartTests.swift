import Glibc
import Harness
import Testing

/// A conversation whose server is lost, or stopped for another, goes on with that.
@Suite struct ResumeRestartTests {
  @Test("a killed server: a new one on the same port keeps the floor, and the talk goes on")
  func listenerKilled() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try ResumeTests.peer(on: server.port)
      try peer.say("one")
      try server.process.enter("two", after: "tatyana> one")
      try peer.waitToHear(1)
      kill(server.process.processID, SIGKILL)
      // No goodbye, and no word of one.
      try peer.waitForEnd()
      #expect(peer.farewell == nil)
      let again = try stage.onTerminal(.chatserve, ["\(server.port)"])
      try again.waitFor("tatyana was talking here when the server stopped; waiting for tatyana")
      try peer.resume(on: server.port)
      try again.waitFor("tatyana is back after")
      try peer.say("three")
      try again.enter("four", after: "tatyana> three")
      try peer.waitToHear(2)
      try peer.send("quit user")
      try peer.waitForEnd()
      try ResumeTests.expect(stage, "client 1 one, server 1 two, client 2 three, server 2 four")
    }
  }

  @Test("a killed server leaves what was typed on the screen, and says who can come back")
  func listenerKilledWithADraft() throws {
    try Stage.run { stage in
      let shell = try stage.shelledServer("--resume-within 60")
      let mode = shell.process.originalMode
      let peer = try ResumeTests.peer(on: shell.port)
      try peer.say("one")
      try shell.process.waitForInput("SERVER> ")
      try shell.process.send("half")
      try shell.process.waitForInput("SERVER> half")
      kill(shell.listener, SIGKILL)
      try shell.process.waitFor("status 137")
      try shell.process.waitFor("Not sent: half")
      try shell.process.waitFor(
        "The server's listening process died. Start chatserve again: tatyana can come back for 1")
      try Deadline.poll("the terminal as it was") { shell.process.mode == mode }
      try peer.waitForEnd()
      #expect(peer.farewell == nil)
      #expect(try stage.transcript() == ["tatyana native: client 1 one; open"])
    }
  }

  @Test("SIGUSR2 stops the server for a restart: no goodbye, and the draft on the screen")
  func restart() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let mode = server.process.originalMode
      let peer = try ResumeTests.peer(on: server.port)
      let foreign = try PeerSocket(port: server.port)
      try foreign.waitFor("SERVER\0")
      try foreign.send("amy\n")
      try foreign.waitFor("number 1 in the queue")
      try peer.say("one")
      try server.process.waitForInput("SERVER> ")
      try server.process.send("half")
      try server.process.waitForInput("SERVER> half")
      server.process.signal(SIGUSR2)
      #expect(try server.process.exitStatus() == 0)
      #expect(server.process.mode == mode)
      #expect(server.process.screen.text.contains("Not sent: half"))
      #expect(
        server.process.screen.text.contains(
          "The server stops for a restart: tatyana can come back for 5 minutes."))
      try peer.waitForEnd()
      #expect(peer.farewell == nil)
      // Who cannot come back reads a goodbye.
      try foreign.waitForEnd()
      #expect(foreign.receivedText.contains("Server requested to close connection."))
      #expect(try stage.runsUnstopped() == 0)
      let again = try stage.onTerminal(.chatserve, ["\(server.port)"])
      try again.waitFor("waiting for tatyana to come back")
      try peer.resume(on: server.port)
      try again.enter("two", after: "is back after")
      try peer.waitToHear(1)
      try peer.send("quit user")
      try peer.waitForEnd()
      try stage.waitForTranscript([
        "tatyana native: client 1 one, server 1 two; closed by client, quit",
        "amy line: ; closed by server, restart (SIGUSR2)",
      ])
      try ResumeTests.expectSound(stage)
    }
  }

  @Test("who waits keeps the name over one restart after another", arguments: [SIGKILL, SIGUSR2])
  func namesInTheQueue(signal: Int32) throws {
    try Stage.run { stage in
      let server = try stage.server()
      var process = server.process
      let owner = try ResumeTests.peer(on: server.port)
      try owner.say("one")
      try owner.waitUntilRecorded()
      let mike = try ReturningPeer(port: server.port, handle: "mike")
      try mike.wait(for: "a place") { $0.place == 1 }
      try mike.waitForOffer()
      try process.waitFor("mike (127.0.0.1:")
      for round in 1...3 {
        kill(process.processID, signal)
        _ = try process.exitOutcome()
        process = try stage.onTerminal(.chatserve, ["\(server.port)"])
        try process.waitFor("waiting for tatyana to come back")
        // Who comes back first waits behind the one who is away.
        try mike.resume(on: server.port)
        try mike.wait(for: "its place, round \(round)") { $0.place == 1 }
        try process.enter("\\who", after: "waiting for tatyana")
        try process.waitFor("In the queue: mike (127.0.0.1:")
        try owner.resume(on: server.port)
        try process.waitFor("tatyana is back after")
        try process.waitFor("mike (127.0.0.1:", times: 2)
        try process.enter("\\who")
        try process.waitFor("In the queue: mike (127.0.0.1:", times: 2)
      }
    }
  }
}
