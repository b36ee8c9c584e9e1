import Harness
import Testing

/// What a peer writes reaches no terminal as it is.
@Suite struct SafetyTests {
  static let evil = "a\u{1b}[2J\u{1b}[31mred\u{7}\u{202e}x\u{9b}\u{8}\rfront"
  static let shown = "a\\x1b[2J\\x1b[31mred\\x07\\u{202e}x\\x9b\\x08\\x0dfront"

  @Test("control bytes, escapes and bidi overrides are shown as text on the server's screen")
  func serversScreen() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.nativePeer("eve", on: server.port)
      try peer.send("say 1 \(Self.evil)\0")
      try server.process.waitFor("eve> \(Self.shown)")
      // The one that rings for every message.
      #expect(Self.isClean(server.process, bells: 1))
      #expect(try stage.transcript() == ["eve native: client 1 \(Self.evil); open"])
    }
  }

  @Test("and on the client's")
  func clientsScreen() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try peer.giveFloor(to: "bob")
      try client.waitForInput("bob> ")
      try client.enter("hi")
      try peer.waitFor("say 1 hi\0")
      try peer.send("ack 1\0say 1 \(Self.evil)\0")
      try client.waitFor("SERVER> \(Self.shown)")
      #expect(Self.isClean(client, bells: client.screen.bells))
      #expect(client.screen.bells <= 1)
    }
  }

  @Test("and in the lines that nc shows")
  func linesToNetcat() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer()
      try server.process.send("bell\u{7} esc\u{1b}[31m\n")
      let peer = try PeerSocket(port: server.port)
      try peer.send("bob> hi\n")
      try peer.waitFor("SERVER> bell\\x07 esc\\x1b[31m\n")
    }
  }

  private static func isClean(_ process: PtyProcess, bells: Int = 0) -> Bool {
    let raw = String(decoding: process.output, as: UTF8.self)
    return process.screen.bells == bells && process.screen.unknown == []
      && !["\u{1b}[2J", "\u{1b}[31m", "\u{202e}", "\u{9b}", "\u{8}"].contains { raw.contains($0) }
  }

  @Test(
    "handles with such characters are refused and asked for again",
    arguments: [
      "ba\u{1b}[mad", "ba\u{7}d", "ba\u{202e}d", "ba\u{200b}d", "two words", "", "abcdefghijk",
    ])
  func handles(handle: String) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try PeerSocket(port: server.port)
      try peer.send("\(handle)\n")
      try peer.waitFor("User Name must be between [1-10]")
      try peer.send("good\n")
      try server.process.waitFor("waiting for good …")
      #expect(Self.isClean(server.process))
    }
  }

  @Test(
    "where nobody can be asked again they are left out",
    arguments: [
      ("ba\u{1b}[mad", "ba[mad"), ("ba\u{7}d", "bad"), ("ba\u{202e}d", "bad"),
      ("ba\u{200b}d", "bad"), ("Two Words", "Two"), ("abcdefghijk", "abcdefghij"),
    ])
  func fittedHandles(given: String, handle: String) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try PeerSocket(port: server.port)
      try peer.send("\(given)\0")
      try server.process.waitFor("waiting for \(handle) …")
      #expect(Self.isClean(server.process))
    }
  }

  @Test(
    "a peer under the server's own name, or one that looks like it, is marked",
    arguments: [
      "SERVER", "ЅERVER",
    ])
  func sameName(handle: String) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.nativePeer(handle, on: server.port)
      try peer.send("say 1 hi\0")
      try server.process.waitFor("\(handle)(client)> hi")
    }
  }

  @Test("a line break in a message forges nobody's line on a screen")
  func forgedLine() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.nativePeer("eve", on: server.port)
      try peer.send("say 1 hi\nSERVER> forged\0")
      try server.process.waitFor("forged")
      #expect(server.process.screen.lines.contains("eve> hi"))
      #expect(!server.process.screen.lines.contains { $0.hasPrefix("SERVER> forged") })
    }
  }

  @Test("invalid UTF-8 is repaired to be shown, and the bytes are kept")
  func invalidBytes() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.nativePeer("eve", on: server.port)
      try peer.send(Array("say 1 a".utf8) + [0xff, 0xfe] + Array("b\0".utf8))
      try server.process.waitFor("eve> a\u{fffd}\u{fffd}b")
      #expect(try stage.rawMessages() == [Array("a".utf8) + [0xff, 0xfe] + Array("b".utf8)])
    }
  }
}
