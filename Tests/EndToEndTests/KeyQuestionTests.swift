import Harness
import Testing

/// `--ask-key` of a server that is new.
@Suite struct KeyQuestionTests {
  @Test(
    "a question before a new key is trusted: yes, the key, no, another key",
    arguments: ["yes", "key", "no", "SHA256:" + String(repeating: "A", count: 43)])
  func question(answer: String) throws {
    try Stage.run { stage in
      stage.link = .new
      let server = try stage.server()
      let key = try stage.fingerprint()
      let client = try stage.client(server.port, "--ask-key", "--handle", "bob")
      try client.waitFor("is new here; its key is \(key).")
      try client.waitForInput("Is that its key (yes, no, or the key)? ")
      try client.enter("perhaps")
      try client.waitForInput("Please answer yes, no, or with the key: ")
      #expect(stage.knownServers().values.allSatisfy { $0 == "" }, "nothing yet")
      #expect(!server.process.screen.text.contains("bob"))
      try client.enter(answer == "key" ? "\(key)" : answer)
      if !["yes", "key"].contains(answer) {
        #expect(try client.exitStatus() == 76)
        let place = "127.0.0.1 port \(server.port)"
        try client.waitFor(
          answer == "no"
            ? "The key of \(place) is not trusted. Nothing was said."
            : "That is not the key of \(place). Nothing was said.")
        #expect(stage.knownServers().values.allSatisfy { $0 == "" })
      } else {
        try client.waitForInput("bob> ")
        #expect(stage.knownServers() == ["[127.0.0.1]:\(server.port)": "key \(key)"])
        // Whoever takes it over now finds no file of a server's, not even this one's.
        let files = OpenFiles.paths(of: client.processID)
        #expect(!files.contains { $0.hasPrefix(stage.config) }, "\(files)")
        try client.waitFor("Encrypted. The key is remembered.")
        #expect(client.screen.paragraphs.occurrences(of: "is new here") == 1)
        try client.enter("hi")
        try server.process.waitFor("bob> hi")
        let again = try stage.client(server.port, "--ask-key", "--handle", "amy")
        try again.waitFor("You are number 1 in the queue.")
      }
    }
  }

  @Test("a key of one run is asked about as such")
  func temporaryQuestion() throws {
    try Stage.run { stage in
      stage.link = .new
      let server = try stage.server("--no-log")
      let client = try stage.client(server.port, "--ask-key", "--handle", "bob")
      try client.waitFor("for this run alone. Its operator reads it where chatserve says that")
      try client.waitForInput("Is that its key (yes, no, or the key)? ")
      #expect(!client.screen.paragraphs.contains("chatserve key"))
      try client.enter("yes")
      try client.waitFor("Encrypted.")
      try client.waitForInput("bob> ")
      #expect(stage.knownServers().values.allSatisfy { $0 == "" })
    }
  }

  @Test("whoever thinks about the key for long still finds the server that greeted meanwhile")
  func slowAnswer() throws {
    try Stage.run { stage in
      stage.link = .new
      let server = try stage.server()
      let between = try stage.between(server.port, "lag", "1")
      let client = try stage.client(between.port, "--ask-key", "--handle", "bob")
      try client.waitForInput("Is that its key (yes, no, or the key)? ")
      // Longer than a greeting may take.
      #expect(throws: HarnessFailure.self) { try client.waitFor("lost", within: 11) }
      try client.enter("yes")
      try client.waitForInput("bob> ")
      try client.enter("hi")
      try server.process.waitFor("bob> hi")
    }
  }

  /// With an editor and without, and a refusal when the editor has gone.
  @Test("what is asked and why nothing was said is broken between words", arguments: [false, true])
  func narrow(isPlain: Bool) throws {
    try Stage.run { stage in
      stage.link = .new
      let server = try stage.server()
      let client = try stage.onTerminal(
        path: Program.chatclient.path,
        ["127.0.0.1", "\(server.port)", "--ask-key", "--handle", "bob"]
          + (isPlain ? ["--plain"] : []), columns: 42)
      try client.waitFor("(yes, no, or the")
      try client.enter("no")
      #expect(try client.exitStatus() == 76)
      try client.waitFor("127.0.0.1 port \(server.port) is not trusted. Nothing was said.")
      // Rows that the terminal broke are one line here.
      #expect(client.screen.lines.allSatisfy { $0.count <= 42 }, "\(client.screen.text)")
    }
  }

  @Test("leaving at the question trusts nobody", arguments: [Keys.interrupt, Keys.endOfFile])
  func leavingTheQuestion(key: String) throws {
    try Stage.run { stage in
      stage.link = .new
      let server = try stage.server()
      let client = try stage.client(server.port, "--ask-key", "--handle", "bob")
      try client.waitForInput("Is that its key (yes, no, or the key)? ")
      try client.send(key)
      #expect(try client.exitStatus() == (key == Keys.interrupt ? 130 : 76))
      #expect(client.isCooked)
      #expect(stage.knownServers().values.allSatisfy { $0 == "" })
    }
  }
}
