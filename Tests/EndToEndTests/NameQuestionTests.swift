import Harness
import Testing

/// The name of somebody who gave none: the first line of a pipe, or what is
/// typed before the question comes.
@Suite struct NameQuestionTests {
  @Test("the first line of a pipe is the name, the next is said")
  func firstLine() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.onPipes(.chatclient, ["127.0.0.1", "\(server.port)"])
      try client.send("amy\nhello\n")
      client.closeInput()
      #expect(try client.exitStatus() == 0)
      try server.process.waitFor("amy> hello")
      #expect(
        client.outputText == """
          amy> hello
          You have requested to close this connection. Good Bye

          """)
      #expect(client.errorText == "")
      #expect(
        try stage.transcript() == ["amy native: client 1 hello; closed by client, quit"])
    }
  }

  @Test("a pipe is read to its end before the server greets")
  func beforeTheGreeting() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.onPipes(.chatclient, ["127.0.0.1", "\(server.port)"])
      let peer = try server.accept()
      try client.send("amy\nhello")
      client.closeInput()
      try peer.giveFloor(to: "amy")
      try peer.waitFor("say 1 hello\0")
      try peer.send("ack 1\0")
      try peer.waitFor("quit user\0")
      peer.leave()
      #expect(try client.exitStatus() == 0)
    }
  }

  @Test(
    "without a name there is a sentence, and 64",
    arguments: [
      ("", "standard input ended before your name. Give it with --handle, or as the first line."),
      (
        "no name\nhello\n",
        "the first line of standard input is to be your name: one word, "
          + "without spaces."
      ),
    ])
  func noName(input: String, sentence: String) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.onPipes(.chatclient, ["127.0.0.1", "\(server.port)"])
      try client.send(input)
      client.closeInput()
      #expect(try client.exitStatus() == 64)
      #expect(client.errorText == "chatclient: \(sentence)\n")
      #expect(client.outputText == "")
    }
  }

  @Test("standard input is /dev/null")
  func nothing() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)"], input: "/dev/null")
      #expect(try client.exitStatus() == 64)
      #expect(client.errorText.occurrences(of: "\n") == 1)
    }
  }

  @Test("a name typed before the question answers it", arguments: ["dumb", "xterm-256color"])
  func typedEarly(terminal: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.onTerminal(
        path: "/usr/bin/env",
        ["TERM=\(terminal)", Program.chatclient.path, "127.0.0.1", "\(server.port)"]
          + (stage.link == .clear ? ["--clear"] : []))
      let peer = try server.accept()
      if terminal != "dumb" {
        try Deadline.poll("an editor") { !client.isCooked }
      }
      try client.send("amy\r")
      try client.waitFor("amy")
      try peer.giveFloor(to: "amy")
      try client.waitFor("amy> ")
      try client.send("hello\r")
      try peer.waitFor("say 1 hello\0")
      try peer.send("ack 1\0quit user\0")
      peer.leave()
      #expect(try client.exitStatus() == 0)
    }
  }

  @Test("Ctrl-D at the question is a goodbye", arguments: ["dumb", "xterm-256color"])
  func leaving(terminal: String) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.onTerminal(
        path: "/usr/bin/env",
        ["TERM=\(terminal)", Program.chatclient.path, "127.0.0.1", "\(server.port)"])
      try client.waitFor("Please enter a User Name:")
      try client.send(Keys.endOfFile)
      #expect(try client.exitStatus() == 0)
      #expect(client.screen.lines.last == LeavingTests.ownGoodbye)
    }
  }
}
