import Harness
import Testing

@Suite struct NativeWireTests {
  @Test(
    "the server greets with its handle and a NUL, and tells the mode with the floor",
    arguments: Wire.allCases)
  func greeting(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server("--handle", "ops", "--mode", "free", "--resume-within", "0")
      let peer = try wire.peer(port: server.port)
      try peer.waitFor("ops\0")
      try peer.send("raw\0")
      try peer.waitFor("floor\0")
      #expect(peer.receivedText == "ops\0mode free\0floor\0")
    }
  }

  @Test(
    "a message is in the transcript at the moment its receipt arrives", arguments: Wire.allCases)
  func receipt(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free")
      let peer = try stage.nativePeer("raw", on: server.port, over: wire)
      var expected: [String] = []
      for number in 1...20 {
        try peer.send("say \(number) text \(number)\0")
        try peer.waitFor("ack \(number)\0")
        expected.append("client \(number) text \(number)")
        #expect(
          try stage.transcript() == ["raw native: \(expected.joined(separator: ", ")); open"])
      }
    }
  }

  @Test(
    "in turns a second message is held without a receipt until the server has spoken",
    arguments: Wire.allCases)
  func heldReceipt(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.nativePeer("raw", on: server.port, over: wire)
      try peer.send("say 1 one\0say 2 two\0ping\0")
      try peer.waitFor("pong\0")
      try peer.waitFor("ack 1\0")
      try server.process.waitForInput("SERVER> ")
      #expect(!peer.receivedText.contains("ack 2"))
      try server.process.enter("go on")
      try peer.waitFor("say 1 go on\0")
      try peer.waitFor("ack 2\0")
    }
  }

  @Test("a ping is answered and an unknown verb ignored", arguments: Wire.allCases)
  func pingAndUnknownVerb(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.nativePeer("raw", on: server.port, over: wire)
      try peer.send("frobnicate 3\0sing\0ping\0")
      try peer.waitFor("pong\0")
      try peer.send("say 1 hi\0")
      try peer.waitFor("ack 1\0")
    }
  }

  @Test("a message said twice is heard once, and acknowledged again", arguments: Wire.allCases)
  func repetition(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.nativePeer("raw", on: server.port, over: wire)
      try peer.send("say 1 hi\0")
      try peer.waitFor("ack 1\0")
      try peer.send("say 1 hi\0")
      try peer.waitFor("ack 1\0", times: 2)
      #expect(try stage.transcript() == ["raw native: client 1 hi; open"])
    }
  }

  @Test(
    "a malformed or endless record closes with `quit error`, and the server serves on",
    arguments: BadRecord.fromClient, Wire.allCases)
  func malformed(record: BadRecord, wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.nativePeer("raw", on: server.port, over: wire)
      try? peer.send(record.text)
      try peer.waitForEnd()
      #expect(peer.receivedText.hasSuffix("\0quit error\0"))
      try server.process.waitFor("Waiting for new connection...")
      #expect(try stage.transcript().last?.contains("closed by client, error") == true)
      let next = try stage.talker("tatyana", on: server.port)
      try next.enter("hi")
      try server.process.waitFor("tatyana> hi")
    }
  }

  @Test("200 KB before any handle closes too", arguments: Wire.allCases)
  func endlessHandle(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try wire.peer(port: server.port)
      // The server may close, and reset, before it has read all of it.
      try? peer.send(String(repeating: "x", count: 200_000))
      try? peer.waitForEnd()
      #expect(peer.hasEnded)
      let next = try stage.talker("tatyana", on: server.port)
      try next.enter("hi")
      try server.process.waitFor("tatyana> hi")
    }
  }

  enum Departure: CaseIterable {
    case endOfFile, close, reset
  }

  @Test(
    "a peer may leave at every byte of a session, and the server serves the next",
    arguments: Departure.allCases, Wire.allCases)
  func everyPrefix(departure: Departure, wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server("--max-waiting", "1000", unlimited: true)
      let session = Array("raw\0say 1 hi\0ping\0say 2 held\0quit user\0".utf8)
      for length in 0...session.count {
        let peer = try wire.peer(port: server.port)
        try peer.waitFor("SERVER\0")
        try peer.send(Array(session[..<length]))
        switch departure {
        case .endOfFile:
          peer.sendEndOfFile()
          try peer.waitForEnd()
        case .close: peer.leave()
        case .reset: peer.reset()
        }
      }
      let last = try stage.talker("tatyana", on: server.port)
      try last.enter("hi")
      try server.process.waitFor("tatyana> hi")
      try Deadline.poll("all closed but the last") {
        let open = try stage.transcript().filter { !$0.contains("; closed by") }
        return open == ["tatyana native: client 1 hi; open"]
      }
      #expect(!server.process.screen.text.contains("crashed"))
      try server.process.waitForInput("SERVER> ")
      // A conversation is closed before its connection is seen off.
      try Deadline.poll("one process left") { server.conversations.count == 1 }
    }
  }

  @Test("garbage is no conversation and does no harm", arguments: Wire.allCases)
  func garbage(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try wire.peer(port: server.port)
      try peer.send((0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 3) })
      peer.sendEndOfFile()
      try? peer.waitForEnd()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
      #expect(server.process.screen.unknown == [])
    }
  }
}
