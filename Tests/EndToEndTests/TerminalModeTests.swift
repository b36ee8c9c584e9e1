import Harness
import Testing

/// What a terminal sends beside keys, and the modes in which it was left.
@Suite struct TerminalModeTests {
  @Test(
    "a report of the mouse and the terminal's answers send nothing and are no text",
    arguments: [
      "\u{1b}[M !!", "\u{1b}[M\u{20}\u{4d}\u{2d}", "\u{1b}[<0;10;10M", "\u{1b}[<0;10;10m",
      "\u{1b}[32;10;10M", "\u{1b}]11;rgb:0000/0000/0000\u{7}", "\u{1b}]52;c;aGkK\u{1b}\\",
      "\u{1b}P>|XTerm(379)\u{1b}\\", "\u{1b}_Gi=31;OK\u{1b}\\", "\u{1b}[?62;22c", "\u{1b}[I",
    ])
  func reports(report: String) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.send("half\(report) typed")
      try client.waitForInput("tatyana> half typed")
      try client.send(Keys.enter)
      try server.process.waitFor("tatyana> half typed")
      #expect(try stage.transcript() == ["tatyana native: client 1 half typed; open"])
    }
  }

  @Test("the modes that a program left on are off while the editor draws, and afterwards")
  func modesAreReset() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      let reset = "\u{1b}[?9;1000;1001;1002;1003;1005;1006;1015;1016l\u{1b}[=0u\u{1b}[>4;0m"
      for process in [client, server.process] {
        try process.waitUntil("reports of focus") { $0.reportsFocus }
        #expect(String(decoding: process.output, as: UTF8.self).occurrences(of: reset) >= 1)
      }
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      try server.process.waitFor(LeavingTests.clientLeft)
      try server.process.send(Keys.interrupt)
      #expect(try server.process.exitStatus() == 0)
      for process in [client, server.process] {
        #expect(String(decoding: process.output, as: UTF8.self).occurrences(of: reset) > 1)
        #expect(!process.screen.reportsFocus && !process.screen.bracketsPastes)
        #expect(process.screen.unknown == [])
      }
    }
  }

  @Test(
    "Ctrl-C and Ctrl-D work as the keys that kitty and xterm name",
    arguments: [("\u{1b}[99;5u", Int32(130)), ("\u{1b}[27;5;99~", 130), ("\u{1b}[100;5u", 0)])
  func namedKeys(key: String, status: Int32) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.send(key)
      #expect(try client.exitStatus() == status)
    }
  }

  @Test(
    "a terminal without a name is written nothing but text",
    arguments: [nil, "", "dumb", "unknown"])
  func dumb(name: String?) throws {
    try Stage.run { stage in
      stage.terminalName = name
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
      try server.process.enter("hello")
      try client.waitFor("SERVER> hello")
      for process in [client, server.process] { #expect(!process.output.contains(0x1b)) }
    }
  }

  @Test("Tab completes a command, and shows the choice")
  func completion() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.send("\\h\t")
      try client.waitFor("\\help  \\history")
      try client.waitForInput("tatyana> \\h")
      try client.send("i\t")
      try client.waitForInput("tatyana> \\history")
      try client.send(Keys.killLine + "\\q\t")
      try client.waitForInput("tatyana> \\quit")
      try client.send(Keys.enter)
      #expect(try client.exitStatus() == 0)
    }
  }

  @Test(
    "Alt with Enter, and Shift with Enter, break a line",
    arguments: ["\u{1b}\r", "\u{1b}[13;2u", "\u{1b}[27;2;13~"])
  func lineBreak(key: String) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.send("one" + key)
      try client.send("two")
      try client.waitUntil("a second row") { $0.cursorLine.hasSuffix(" two") }
      try client.send(Keys.enter)
      try server.process.waitFor("tatyana> one")
      #expect(try stage.transcript() == ["tatyana native: client 1 one\ntwo; open"])
    }
  }
}
