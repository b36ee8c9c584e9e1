import Glibc
import Harness
import Testing

/// chatclient and chatserve over what either of them loses.
@Suite struct ResumePairTests {
  enum Loss: CaseIterable {
    case conversationKilled, conversationStopped, serverKilled, serverRestarted, clientKilled
  }

  @Test("two people go on talking, whatever dies", arguments: Loss.allCases)
  func twoPeople(loss: Loss) throws {
    try Stage.run { stage in
      let first = try stage.shelledServer()
      var server = first.process
      var client = try stage.talker("tatyana", on: first.port)
      try client.enter("one")
      try server.waitFor("tatyana> one")
      try server.enter("two")
      try client.waitFor("SERVER> two")
      let conversation = try #require(
        ProcessTable.all().first {
          $0.parent == first.listener
            && SmallFile.read("/proc/\($0.id)/comm") == "chatserve-talk\n"
        }
      ).id
      switch loss {
      case .conversationKilled: kill(conversation, SIGKILL)
      case .conversationStopped:
        kill(conversation, SIGSTOP)
        client.signal(SIGKILL)
        client = try stage.client(first.port)
      case .serverKilled, .serverRestarted:
        kill(first.listener, loss == .serverKilled ? SIGKILL : SIGUSR2)
        try server.waitFor(loss == .serverKilled ? "status 137" : "status 0")
        server = try stage.onTerminal(.chatserve, ["\(first.port)"])
      case .clientKilled:
        client.signal(SIGKILL)
        try server.waitFor("tatyana's link is down")
        client = try stage.client(first.port)
      }
      try server.waitFor("tatyana is back after", within: 60)
      try client.enter("three")
      try server.waitFor("tatyana> three")
      try server.enter("four")
      try client.waitFor("SERVER> four")
      try client.waitForInput("tatyana> ")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      try ResumeTests.expect(
        stage, "client 1 one, server 1 two, client 2 three, server 2 four")
    }
  }
}
