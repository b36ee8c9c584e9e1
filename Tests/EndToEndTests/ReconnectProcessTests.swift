import Glibc
import Harness
import Testing

/// A lost link, and a process that is stopped or gone.
@Suite struct ReconnectProcessTests {
  @Test("without the process that connects the talk goes on, and ends with its link")
  func dialerDies() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      let dialer = try #require(client.children(named: "chatclient-dial").first)
      kill(dialer, SIGKILL)
      try client.waitFor("The process that connects has died")
      try client.enter("hi")
      try peer.waitFor("say 1 hi\0")
      try peer.send("ack 1\0say 1 hello\0")
      try client.waitFor("SERVER> hello")
      #expect(client.screen.text.occurrences(of: "The process that connects has died") == 1)
      try client.enter("kept")
      try peer.waitFor("say 2 kept\0")
      peer.reset()
      #expect(try client.exitStatus() == 74)
      #expect(client.isCooked)
      try client.waitFor("Start chatclient again, and the conversation goes on.")
      #expect(!client.screen.text.contains("may be lost"))
      let (next, again) = try stage.startedAgain(server, shown: 1)
      try again.goOn(after: 1, past: "past client 1 before\0")
      try again.waitFor("say 2 kept\0")
      try next.waitFor("bob> kept")
    }
  }

  /// Its death is found out by what it reads, also where an order finds it first.
  @Test("a link that is lost in the moment in which the process that connects dies")
  func dialerDiesWithTheLink() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      let dialer = try #require(client.children(named: "chatclient-dial").first)
      client.signal(SIGSTOP)
      try client.waitUntilStopped()
      kill(dialer, SIGKILL)
      try Deadline.poll("the dialer's end") { ProcessTable.entry(dialer)?.state == "Z" }
      peer.reset()
      client.signal(SIGCONT)
      #expect(try client.exitStatus() == 74)
      try client.waitFor("Start chatclient again, and the conversation goes on.")
    }
  }

  @Test("a client that was stopped past the end of the time asks what became of the talk")
  func stopped() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server, within: 4)
      try client.enter("kept")
      try peer.waitFor("say 1 kept\0")
      server.pause()
      peer.reset()
      try client.waitFor("link lost, trying again …")
      client.signal(SIGSTOP)
      // Past the end, and by more than a busy machine is late.
      Deadline(seconds: 10).pass()
      try server.goOn()
      client.signal(SIGCONT)
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: 1)
      try again.send("resumed 1\0quit expired\0")
      again.leave()
      #expect(try client.exitStatus() == 74)
      try client.waitFor("The server ended the conversation while there was no link.")
      #expect(!client.screen.text.contains("did not confirm"), "it has what was said")
    }
  }

  @Test("the dialer goes with chatclient, however that ends, and holds no pipe open")
  func dialerLeaves() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      for signal in [SIGTERM, SIGKILL] {
        let client = try stage.onPipes(
          .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob"])
        let peer = try server.accept()
        try peer.offerSession()
        let dialer = try #require(client.children(named: "chatclient-dial").first)
        kill(dialer, SIGINT)
        kill(dialer, SIGHUP)
        kill(dialer, SIGTSTP)
        #expect(ProcessTable.status("State", of: dialer)?.hasPrefix("S") == true)
        client.signal(signal)
        _ = try client.exitOutcome()
        try Deadline.poll("the dialer's end") {
          ["Z", nil].contains(ProcessTable.status("State", of: dialer)?.first.map { "\($0)" })
        }
      }
    }
  }
}
