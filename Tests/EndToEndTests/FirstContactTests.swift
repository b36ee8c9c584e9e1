import Harness
import Testing

/// chatclient and servers that are new to it.
@Suite struct FirstContactTests {
  static let notEncrypted = "Not encrypted: nc, telnet and older programs cannot."

  /// A client between pipes, which finds out by itself how to talk.
  private static func client(_ stage: Stage, _ port: UInt16, _ options: String...) throws
    -> PipeProcess
  {
    stage.link = .new
    return try stage.onPipes(
      .chatclient, ["127.0.0.1", "\(port)", "--handle", "bob"] + options)
  }

  @Test("a server that ends a C string and knows no TLS is connected to again, once and for all")
  func foreignServer() throws {
    try Stage.run { stage in
      let server = try FakeServer()
      let client = try Self.client(stage, server.port)
      let probe = try server.accept()
      try probe.send("SERVER\0")
      try probe.waitForSomething()
      #expect(probe.received.first == 0x16)
      try probe.send("what?\0")
      try probe.waitForEnd()
      let peer = try server.accept()
      try peer.giveFloor(to: "bob")
      try client.send("hi\n")
      try peer.waitFor("say 1 hi\0")
      try peer.send("ack 1\0quit user\0")
      peer.leave()
      #expect(try client.exitStatus() == 0)
      let place = "127.0.0.1 \(server.port)"
      let notice =
        Self.notEncrypted + " 127.0.0.1 port \(server.port) is asked once a day; "
        + "to ask it before: chatclient --forget \(place)\n"
      #expect(client.errorText.hasPrefix(notice), "\(client.errorText)")
      #expect(client.errorText.occurrences(of: "Not encrypted") == 1)
      #expect(stage.knownServers() == ["[127.0.0.1]:\(server.port)": "clear"])

      let second = try Self.client(stage, server.port)
      let again = try server.accept()
      try again.giveFloor(to: "bob")
      #expect(again.receivedText == "bob\0", "it is not asked again")
      try again.send("quit user\0")
      again.leave()
      #expect(try second.exitStatus() == 0)
      #expect(second.errorText.hasPrefix(notice))
    }
  }

  @Test("a server that answered in clear on an earlier day is asked again, and pinned")
  func laterDay() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let key = try stage.fingerprint()
      let file = stage.servers + "/[127.0.0.1]:\(server.port)"
      try stage.acquaint(with: "\(key)", port: server.port)
      try SmallFile.write("chatclient server 1\nclear\nsince 2026-01-01\nown none\n", to: file)
      stage.link = .new
      let client = try stage.says(to: server.port)
      #expect(try client.exitStatus() == 0, "\(client.evidence)")
      #expect(client.errorText.contains("its key \(key) is remembered."))
      #expect(stage.knownServers()["[127.0.0.1]:\(server.port)"] == "key \(key)")
    }
  }

  @Test("a server whose half of the handshake takes long is encrypted, not talked to in clear")
  func slowHandshake() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let between = try stage.between(server.port, "late", "6")
      stage.link = .new
      let client = try stage.says(to: between.port)
      #expect(try client.exitStatus() == 0, "\(client.evidence)")
      #expect(client.errorText.hasPrefix("Encrypted. "), "\(client.errorText)")
      try server.process.waitFor("bob> hi")
    }
  }

  @Test(
    "a server that greets as ours do and does not answer, or leaves late, is refused",
    arguments: [false, true])
  func noAnswer(leaves: Bool) throws {
    try Stage.run { stage in
      let server = try FakeServer()
      let client = try Self.client(stage, server.port)
      let peer = try server.accept()
      try peer.send("SERVER\0")
      try peer.waitForSomething()
      if leaves {
        #expect(throws: HarnessFailure.self) { try peer.waitForEnd(within: 7) }
        peer.leave()
      }
      #expect(try client.exitStatus() == 75)
      #expect(
        client.errorText
          == "127.0.0.1 port \(server.port) greeted, and did not answer when it was asked to "
          + "encrypt. Nothing was said. If its operator says that it cannot: "
          + "chatclient --clear 127.0.0.1 \(server.port)\n")
      #expect(!peer.receivedText.contains("bob"))
      #expect(throws: HarnessFailure.self) { try server.accept(within: 0.1) }
    }
  }

  @Test("a server that another chatclient pins meanwhile is not talked to in clear")
  func pinnedMeanwhile() throws {
    try Stage.run { stage in
      let server = try FakeServer()
      let client = try Self.client(stage, server.port)
      let peer = try server.accept()
      stage.link = .tls
      try stage.acquaint(with: "SHA256:" + String(repeating: "A", count: 43), port: server.port)
      try peer.send("SERVER")
      #expect(try client.exitStatus() == 76, "\(client.evidence)")
      #expect(client.errorText.contains("though it was encrypted before. Nothing was said."))
      try peer.waitForEnd()
      #expect(peer.receivedText == "")
    }
  }

  @Test("--ask-key is for encryption: who answers in clear has no key to ask about")
  func askedInClear() throws {
    try Stage.run { stage in
      let server = try FakeServer()
      stage.link = .new
      let client = try stage.onTerminal(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob", "--ask-key"])
      let peer = try server.accept()
      try peer.send("Welcome to\nthis\n")
      #expect(try client.exitStatus() == 76)
      try client.waitFor("answered without encryption.")
      #expect(!peer.receivedText.contains("bob"))
    }
  }

  @Test("a server of a single connection is named, with what to type", arguments: ["huh\0", ""])
  func singleConnection(answer: String) throws {
    try Stage.run { stage in
      var server: FakeServer? = try FakeServer()
      let port = try #require(server?.port)
      let client = try Self.client(stage, port)
      let probe = try #require(server).accept()
      server = nil
      try probe.send("SERVER\0")
      try probe.waitForSomething()
      if !answer.isEmpty { try probe.send(answer) }
      probe.leave()
      #expect(try client.exitStatus() == 69)
      #expect(
        client.errorText.contains("Once it listens, type: chatclient --clear 127.0.0.1 \(port)"))
      #expect(client.errorText.occurrences(of: "\n") == 1)
      #expect(stage.knownServers().values.allSatisfy { $0 == "" })
    }
  }

  @Test(
    "a greeting that is none of ours is answered in clear, as ever",
    arguments: ["SERVER", "SERVER\0\0", "Welcome, who are you?"])
  func noProbe(greeting: String) throws {
    try Stage.run { stage in
      let server = try FakeServer()
      let client = try Self.client(stage, server.port)
      let peer = try server.accept()
      try peer.send(greeting)
      try peer.waitFor("bob")
      #expect(peer.receivedText.hasPrefix("bob"))
      try peer.send("\\quit")
      peer.leave()
      #expect(try client.exitStatus() == 0)
      #expect(client.errorText.contains(Self.notEncrypted))
      #expect(stage.knownServers().isEmpty)
    }
  }

  @Test("--clear asks for nothing and says nothing")
  func clear() throws {
    try Stage.run { stage in
      let server = try FakeServer()
      let client = try Self.client(stage, server.port, "--clear")
      let peer = try server.accept()
      try peer.giveFloor(to: "bob")
      #expect(peer.receivedText == "bob\0")
      try peer.send("quit user\0")
      peer.leave()
      #expect(try client.exitStatus() == 0)
      #expect(!client.errorText.contains("ncrypted"))
      #expect(stage.knownServers().isEmpty)
    }
  }

  @Test(
    "a signal ends the wait for a greeting, and for the answer to TLS", arguments: [false, true])
  func signal(greets: Bool) throws {
    try Stage.run { stage in
      let server = try FakeServer()
      let client = try Self.client(stage, server.port)
      let peer = try server.accept()
      if greets {
        try peer.send("SERVER\0")
        try peer.waitForSomething()
      }
      client.signal(2)
      #expect(try client.exitStatus() == 130)
      #expect(client.errorText == "")
    }
  }

  @Test(
    "encryption that is wanted is asked for at once, and clear text is refused",
    arguments: [
      ["--require-encryption"], ["--key", "SHA256:" + String(repeating: "A", count: 43)],
    ])
  func required(options: [String]) throws {
    try Stage.run { stage in
      let server = try FakeServer()
      stage.link = .new
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob"] + options)
      let peer = try server.accept()
      try peer.waitForSomething()
      #expect(peer.received.first == 0x16)
      try peer.send("SERVER\0mode turns\0")
      #expect(try client.exitStatus() == 76)
      #expect(
        client.errorText
          == "127.0.0.1 port \(server.port) answered without encryption. Nothing was said.\n")
      try peer.waitForEnd()
      #expect(!peer.receivedText.contains("bob"))
    }
  }

  @Test(
    "options that contradict each other, and a key that is none",
    arguments: [
      (["--clear", "--require-encryption"], "chatclient: --clear is without encryption"),
      (["--clear", "--ask-key"], "chatclient: --clear is without encryption"),
      (["--key", "SHA256:short"], "chatclient: SHA256:short is no key"),
      (["--key", "MD5:aa"], "chatclient: MD5:aa is no key"),
    ])
  func usage(options: [String], sentence: String) throws {
    try Stage.run { stage in
      stage.link = .new
      let client = try stage.onPipes(.chatclient, ["localhost", "1027"] + options)
      #expect(try client.exitStatus() == 64)
      #expect(client.errorText.hasPrefix(sentence))
    }
  }

  @Test("--ask-key without a terminal connects to nobody")
  func nobodyToAsk() throws {
    try Stage.run { stage in
      let server = try FakeServer()
      let client = try Self.client(stage, server.port, "--ask-key")
      #expect(try client.exitStatus() == 76)
      #expect(client.errorText.contains("use --key."))
      #expect(throws: HarnessFailure.self) { try server.accept(within: 0.1) }
    }
  }

  @Test("what is not known cannot be forgotten")
  func forgetNothing() throws {
    try Stage.run { stage in
      stage.link = .new
      let client = try stage.onPipes(.chatclient, ["--forget", "localhost", "1027"])
      #expect(try client.exitStatus() == 1)
      #expect(client.errorText == "chatclient: nothing is known of localhost port 1027.\n")
    }
  }
}
