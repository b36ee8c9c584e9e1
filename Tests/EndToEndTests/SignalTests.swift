import Glibc
import Harness
import Testing

@Suite struct SignalTests {
  enum Moment: CaseIterable {
    case idle, talking, waitingPeers, halfALine
  }

  @Test(
    "a signal ends the server in any state: peers told, closes recorded, terminal given back",
    arguments: [SIGINT, SIGTERM, SIGHUP], Moment.allCases)
  func signalled(signal: Int32, at moment: Moment) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let mode = server.process.originalMode
      let clients = try Self.prepare(moment, stage, server)
      server.process.signal(signal)
      #expect(try server.process.exitStatus() == 0)
      #expect(server.process.mode == mode)
      for client in clients {
        #expect(try client.exitStatus() == 0)
        #expect(client.screen.lines.last == LeavingTests.serversGoodbye)
        #expect(client.isCooked)
      }
      let name = [SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGHUP: "SIGHUP"][signal] ?? ""
      let transcript = try stage.transcript()
      #expect(transcript.count == clients.count)
      #expect(transcript.allSatisfy { $0.hasSuffix("closed by server, sigint (\(name))") })
      #expect(try stage.runsUnstopped() == 0)
      #expect(server.process.children == [])
    }
  }

  private static func prepare(
    _ moment: Moment, _ stage: Stage, _ server: Server<PtyProcess>
  ) throws -> [PtyProcess] {
    if moment == .idle { return [] }
    var clients = [try stage.talker("one", on: server.port)]
    try clients[0].enter("hi")
    try server.process.waitForInput("SERVER> ")
    switch moment {
    case .idle, .talking: break
    case .halfALine:
      try server.process.send("half a")
      try server.process.waitForInput("SERVER> half a")
    case .waitingPeers:
      clients.append(try stage.client(server.port, "--handle", "two"))
      try clients[1].waitFor("You are number 1 in the queue. \\quit leaves it.")
      clients.append(try stage.client(server.port))
      try clients[2].waitForInput("Please enter a User Name:")
    }
    return clients
  }

  @Test("Ctrl-C on the server's terminal ends it, listening or talking")
  func serversControlC() throws {
    try Stage.run { stage in
      let idle = try stage.server()
      try idle.process.send(Keys.interrupt)
      #expect(try idle.process.exitStatus() == 0)

      let server = try stage.server()
      let mode = server.process.originalMode
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.send(Keys.interrupt)
      #expect(try server.process.exitStatus() == 0)
      #expect(server.process.mode == mode)
      #expect(try client.exitStatus() == 0)
      #expect(try stage.runsUnstopped() == 0)
    }
  }

  @Test("Ctrl-C on a line that is not empty clears the line and stops nothing")
  func controlCClearsALine() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.send("not this")
      try client.waitForInput("tatyana> not this")
      try client.send(Keys.interrupt)
      try client.waitForInput("tatyana> ")
      try client.enter("but this")
      try server.process.waitFor("tatyana> but this")
      #expect(!server.process.screen.text.contains("not this"))
    }
  }

  @Test("Ctrl-C at the client says goodbye and exits with 130", arguments: [true, false])
  func clientsControlC(typed: Bool) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      if typed { try client.send(Keys.interrupt) } else { client.signal(SIGINT) }
      #expect(try client.exitStatus() == 130)
      #expect(client.screen.lines.last == LeavingTests.ownGoodbye)
      #expect(client.isCooked)
      try server.process.waitFor(LeavingTests.clientLeft)
      #expect(try stage.transcript().last?.contains("closed by client, quit") == true)
    }
  }

  @Test("Ctrl-C at the question for a name exits with 130 and a goodbye")
  func controlCAtTheQuestion() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.client(server.port)
      try client.waitForInput("Please enter a User Name:")
      try client.send(Keys.interrupt)
      #expect(try client.exitStatus() == 130)
      #expect(client.screen.lines.last == LeavingTests.ownGoodbye)
      #expect(client.isCooked)
      try Deadline.poll("a close by the client") {
        try stage.transcript().last?.contains("closed by client") == true
      }
    }
  }

  @Test("a terminal that is closed ends its program in good order", arguments: [true, false])
  func hangUp(server hangsUp: Bool) throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "0")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      if hangsUp {
        server.process.hangUp()
        #expect(try server.process.exitStatus() == 0)
        #expect(try client.exitStatus() == 0)
        #expect(client.screen.lines.last == LeavingTests.serversGoodbye)
        #expect(try stage.runsUnstopped() == 0)
      } else {
        client.hangUp()
        _ = try client.exitStatus()
        try server.process.waitFor(LeavingTests.clientLeft)
      }
      #expect(try stage.transcript().count == 1)
      #expect(try stage.transcript().last?.contains("; closed by") == true)
    }
  }
}
