import Glibc
import Harness
import Testing

/// A line that was entered at the server and could not be said yet, when another process
/// goes on with the conversation: it is said, or on the line again.
@Suite struct ReconnectLineTests {
  @Test("a line that waits for its turn", arguments: [true, false])
  func waits(isPlain: Bool) throws {
    try Stage.run { stage in
      let server = try isPlain ? stage.server("--plain") : stage.server()
      let peer = try ResumeTests.peer(on: server.port)
      try server.process.enter("waits")
      try server.process.waitFor(
        "It is tatyana's turn; your line is \(isPlain ? "sent when yours comes" : "kept").")
      peer.cut(.reset)
      try server.process.waitFor("tatyana's link is down")
      try peer.resume(on: server.port)
      try server.process.waitFor("tatyana is back after")
      try peer.say("one")
      try server.process.waitFor("tatyana> one")
      if !isPlain {
        try server.process.waitForInput("SERVER> waits")
        try server.process.send(Keys.enter)
      }
      try peer.waitToHear(1)
      #expect(peer.heard == ["waits"])
      #expect(!server.process.screen.text.contains("Not sent"))
      try peer.send("quit user")
      try peer.waitForEnd()
      try ResumeTests.expect(stage, "client 1 one, server 1 waits")
    }
  }

  @Test(
    "a line that a full disk does not take, over the processes that it lets nobody take over",
    .enabled(if: SmallDisk.isAvailable, "only root may mount a file system"),
    arguments: [true, false])
  func fullDisk(isPlain: Bool) throws {
    try Stage.run { stage in
      let disk = try SmallDisk()
      let path = disk.directory + "/transcript.db"
      let server = try stage.server("--database", path, isPlain ? "--plain" : "--no-bell")
      let peer = try ResumeTests.peer(on: server.port)
      try peer.say("one")
      try peer.waitUntilRecorded()
      try server.process.waitFor("tatyana> one")
      try disk.fill()
      // More than what the log's last page may still have room for.
      let line = "kept " + String(repeating: "x", count: 400)
      try server.process.enter(line)
      try server.process.waitFor("cannot be recorded: the disk with \(path) is full.")
      peer.cut(.reset)
      try server.process.waitFor("tatyana's link is down")
      for _ in 1...3 {
        try peer.claim(on: server.port)
        try peer.waitForEnd()
        #expect(peer.resumed == nil)
      }
      disk.free()
      try peer.resume(on: server.port)
      try server.process.waitFor("tatyana is back after")
      if !isPlain {
        try server.process.waitUntil("the line") { $0.lines.last?.hasPrefix("xxx") == true }
        try server.process.send(Keys.enter)
      }
      try peer.waitToHear(1)
      #expect(peer.heard == [line])
      #expect(server.process.screen.paragraphs.occurrences(of: "is full.") == 1)
    }
  }
}
