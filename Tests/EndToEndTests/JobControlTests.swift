import Glibc
import Harness
import Testing

/// In an interactive shell: only there does Ctrl-Z stop anything. dash leaves
/// the terminal's mode alone, so that what is seen is the program's doing.
@Suite struct JobControlTests {
  @Test("Ctrl-Z gives the client's terminal to the shell, fg takes it again, nothing is lost")
  func client() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let shell = try stage.onTerminal(path: "/bin/sh", ["-i"])
      let mode = shell.mode
      try shell.enter("\(Program.chatclient.path) 127.0.0.1 \(server.port) --handle tatyana")
      try shell.waitForInput("tatyana> ")
      try shell.send("half a")
      try shell.waitForInput("tatyana> half a")
      try shell.send(Keys.suspend)
      try shell.waitFor("Stopped")
      #expect(shell.mode == mode)
      try shell.enter("echo in the she'll'")
      try shell.waitFor("in the shell")
      try shell.enter("fg")
      try shell.waitForInput("tatyana> half a")
      #expect(shell.mode != mode)
      try shell.enter(" line")
      try server.process.waitFor("tatyana> half a line")
      try shell.enter("\\quit")
      try shell.waitFor("Good Bye")
      try Deadline.poll("the shell's mode") { shell.mode == mode }
    }
  }

  @Test("a line of several rows is drawn once after fg", arguments: [true, false])
  func severalRows(server isServer: Bool) throws {
    try Stage.run { stage in
      let shell: PtyProcess
      if isServer {
        let server = try stage.interactiveServer()
        shell = server.process
        let client = try stage.talker("tatyana", on: server.port)
        try client.enter("hi")
      } else {
        let server = try stage.server()
        shell = try stage.onTerminal(path: "/bin/sh", ["-i"])
        try shell.enter("\(Program.chatclient.path) 127.0.0.1 \(server.port) --handle tatyana")
      }
      let prompt = isServer ? "SERVER> " : "tatyana> "
      try shell.waitForInput(prompt)
      let words = "the quick brown fox jumps over the lazy dog again "
      try shell.send(words + words)
      let rest = (prompt + words + words).dropFirst(shell.screen.columns)
      try shell.waitForInput(String(rest))
      try shell.send(Keys.suspend)
      try shell.waitFor("Stopped")
      try shell.enter("fg")
      try shell.waitForInput(String(rest))
      // What is drawn once more is drawn by now.
      try shell.send("!")
      try shell.waitForInput(rest + "!")
      #expect(shell.screen.text.occurrences(of: prompt + "the quick") == 1)
    }
  }

  @Test("Ctrl-Z stops the whole server in mid-conversation, and fg goes on")
  func talkingServer() throws {
    try Stage.run { stage in
      let shell = try stage.interactiveServer()
      let mode = shell.process.originalMode
      let client = try stage.talker("tatyana", on: shell.port)
      try client.enter("hi")
      try shell.process.waitForInput("SERVER> ")
      try shell.process.send(Keys.suspend)
      try shell.process.waitFor("Stopped")
      #expect(shell.process.mode == mode)
      #expect(ProcessTable.entry(shell.listener)?.state == "T")
      try shell.process.enter("fg")
      try shell.process.waitForInput("SERVER> ")
      try shell.process.enter("back")
      try client.waitFor("SERVER> back")
    }
  }

  @Test("half a line of an operator who is alone is on the line after fg")
  func idleLine() throws {
    try Stage.run { stage in
      let shell = try stage.interactiveServer()
      try shell.process.send("half a")
      try shell.process.waitForInput("SERVER> half a")
      try shell.process.send(Keys.suspend)
      try shell.process.waitFor("Stopped")
      try shell.process.enter("fg")
      try shell.process.waitForInput("SERVER> half a")
      try shell.process.enter(" line")
      try shell.process.waitFor("Not sent: half a line")
    }
  }

  @Test("a terminal without an editor is the shell's from Ctrl-Z on, and the talk goes on")
  func plain() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let shell = try stage.onTerminal(path: "/bin/sh", ["-i"])
      let mode = shell.mode
      try shell.waitUntil("the shell's prompt") { !$0.cursorLine.isEmpty }
      try shell.enter("\(Program.chatclient.path) 127.0.0.1 \(server.port) --plain --handle bob")
      try shell.waitForInput("bob> ")
      #expect(shell.mode != mode)
      try shell.send(Keys.suspend)
      try shell.waitFor("Stopped")
      #expect(shell.mode == mode)
      try shell.enter("fg")
      try shell.enter("back")
      try server.process.waitFor("bob> back")
      try shell.enter("\\quit")
      try shell.waitFor("Good Bye")
      try Deadline.poll("the shell's mode") { shell.mode == mode }
    }
  }

  @Test("Ctrl-Z stops a listening server, and fg goes on listening")
  func idleServer() throws {
    try Stage.run { stage in
      let shell = try stage.interactiveServer()
      let mode = shell.process.originalMode
      try shell.process.send(Keys.suspend)
      try shell.process.waitFor("Stopped")
      #expect(shell.process.mode == mode)
      try shell.process.enter("fg")
      let client = try stage.talker("tatyana", on: shell.port)
      try client.enter("hi")
      try shell.process.waitFor("tatyana> hi")
    }
  }

  @Test("SIGSTOP from outside and SIGCONT: the terminal is raw again and the line drawn")
  func stoppedFromOutside() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.send("half a")
      try client.waitForInput("tatyana> half a")
      let raw = client.mode
      client.signal(SIGSTOP)
      try client.waitUntilStopped()
      client.setCooked()
      client.signal(SIGCONT)
      try Deadline.poll("raw mode") { client.mode == raw }
      // In a row of its own, though no shell has begun one.
      try client.waitForInput("tatyana> half a")
      try client.enter(" line")
      try server.process.waitFor("tatyana> half a line")
    }
  }

  @Test("another size of the window draws the line anew within it", arguments: [true, false])
  func resize(server isServer: Bool) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      if isServer {
        try client.enter("hi")
        try server.process.waitForInput("SERVER> ")
      }
      let process = isServer ? server.process : client
      let prompt = isServer ? "SERVER> " : "tatyana> "
      let text = String(repeating: "a", count: 60) + "z"
      try process.send(text)
      try process.waitForInput(prompt + text)
      process.resize(columns: 50, rows: 20)
      try process.waitUntil("the line in two rows") {
        $0.cursorLine.hasSuffix("z") && $0.cursorLine.count < 50
      }
      try process.send(Keys.enter)
      try (isServer ? client : server.process).waitFor(prompt + text)
    }
  }
}
