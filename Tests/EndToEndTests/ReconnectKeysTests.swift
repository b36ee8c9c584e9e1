import ChatSecure
import Glibc
import Harness
import Testing

/// A conversation that was kept, and keys that are not what they were.
@Suite struct ReconnectKeysTests {
  @Test(
    "a server with another key is refused as at any start, also where it is to be told of an end",
    arguments: [true, false])
  func otherKey(isNew: Bool) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer(over: .tls)
      if isNew {
        try stage.killed(server, saying: "kept")
      } else {
        let (client, peer) = try stage.resumable(server)
        server.pause()
        peer.reset()
        try client.waitFor("link lost, trying again …")
        try client.enter("\\quit")
        #expect(try client.exitStatus() == 0)
        try server.goOn()
      }
      let own = server.key
      server.key = try PrivateKey.random()
      let next =
        isNew ? try stage.client(server.port, "--new") : try stage.client(server.port, "-l", "bob")
      for _ in 0..<2 {
        #expect(throws: HarnessFailure.self) { try server.accept(within: 20).waitForSomething() }
      }
      #expect(try next.exitStatus() == 76)
      let text = next.screen.lines.joined()
      #expect(text.contains("is not the one known since 2026-01-01."))
      #expect(text.contains("--forget"))
      #expect(!text.contains("could not encrypt") && !text.contains("Trying again"))
      // It is still to be told.
      server.key = own
      _ = try stage.client(server.port, "-l", "bob")
      let told = try server.accept()
      try told.send("SERVER\0")
      try told.waitFor("resume \(Session.token) 0 ")
      try told.goOn(after: 0)
      try told.waitFor("quit user\0")
    }
  }

  @Test(
    "after --forget a kept talk is said to be no more, shown and let go of",
    arguments: [["--require-encryption"], ["--require-encryption", "--new"]])
  func forgotten(options: [String]) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer(over: .tls)
      let (client, peer) = try stage.resumable(server)
      try client.enter("lost?")
      try peer.waitFor("say 1 lost?\0")
      try client.send("half a li")
      try Deadline.poll("the draft in the file") {
        SmallFile.read(stage.talks + "/[127.0.0.1]:\(server.port).1")?.contains("half a li")
          == true
      }
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      let arguments = ["127.0.0.1", "\(server.port)"]
      let forget = try stage.onPipes(.chatclient, arguments + ["--forget"])
      #expect(try forget.exitStatus() == 0)
      let next = try stage.onTerminal(.chatclient, arguments + ["--handle=bob"] + options)
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> ")
      let said = next.screen.paragraphs
      #expect(
        said.contains(
          "Your conversation as bob cannot be gone on with: the keys that it was encrypted with "
            + "were forgotten."))
      #expect(said.contains("did not confirm 1 message of") && said.contains("bob> lost?"))
      #expect(said.contains("half a li"))
      #expect(!said.contains("is kept for") && !fresh.receivedText.contains(Session.token))
      try Deadline.poll("it is let go of") { stage.keptSizes().allSatisfy { $0 == 0 } }
      next.signal(SIGKILL)
      _ = try next.exitOutcome()
      let last = try stage.onTerminal(.chatclient, arguments + ["--handle=bob"] + options)
      let another = try server.accept()
      try another.giveFloor(to: "bob")
      try last.waitForInput("bob> ")
      #expect(!another.hasEnded)
      #expect(!last.screen.text.contains("cannot be gone on with"))
    }
  }

  @Test("one in clear is let go of, too, once the server is known by a key")
  func encryptedSince() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer(over: .clear)
      try stage.killed(server, saying: "lost?")
      let key = try PrivateKey.random()
      server.key = key
      stage.link = .tls
      try stage.acquaint(with: "\(key.publicKey.fingerprint)", port: server.port)
      let next = try stage.client(server.port, "--handle", "bob")
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> ")
      #expect(!fresh.hasEnded)
      #expect(next.screen.paragraphs.contains("cannot be gone on with: it was not encrypted"))
      #expect(next.screen.text.contains("bob> lost?"))
      try Deadline.poll("it is let go of") { stage.keptSizes().allSatisfy { $0 == 0 } }
    }
  }
}
