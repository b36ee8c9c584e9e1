import ChatPosix
import Glibc
import Harness
import Testing

/// That every process that reads what the other side wrote is contained; what
/// the containment holds is in ChatPosixTests, and of the keeper in the
/// torture's `keeper`.
@Suite struct ContainmentTests {
  private func isContained(_ process: pid_t) throws -> Bool {
    let filters = Containment.missingLayers().contains(.calls) ? "0" : "2"
    return ProcessTable.status("NoNewPrivs", of: process) == "1"
      && ProcessTable.status("Seccomp", of: process) == filters
  }

  @Test("conversation, keeper, client and dialer are contained, the listener forks")
  func everybody() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      let conversation = try #require(server.conversations.first)
      #expect(try isContained(conversation))
      #expect(try isContained(#require(server.keeper)))
      #expect(try isContained(client.processID))
      let dialer = try #require(client.children(named: "chatclient-dial").first)
      #expect(try isContained(dialer))
      #expect(ProcessTable.status("NoNewPrivs", of: server.process.processID) == "0")
    }
  }

  @Test("a conversation of which nothing is kept is contained too")
  func withoutLog() throws {
    try Stage.run { stage in
      let server = try stage.server("--no-log")
      _ = try stage.talker("tatyana", on: server.port)
      #expect(try isContained(#require(server.conversations.first)))
    }
  }

  @Test("when the transcript's directory goes another keeper begins anew, and ends the run")
  func directoryGone() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let directory = stage.home + "/state/chatserve"
      for file in stage.files(in: directory) { unlink("\(directory)/\(file)") }
      rmdir(directory)
      try Deadline.poll("another transcript") { stage.mode(of: stage.database) == 0o600 }
      try Deadline.poll("the run in it") { (try? stage.runsUnstopped()) == 1 }
      let keeper = try #require(server.process.children(named: "chatserve-keep").first)
      #expect(try isContained(keeper))
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(try stage.runsUnstopped() == 0)
    }
  }

  @Test("keepers that die at once are not started again at once, and again and again")
  func noRush() throws {
    try Stage.run { stage in
      let server = try stage.server()
      var last = try #require(server.keeper)
      let began = Deadline.now
      for _ in 1...3 {
        kill(last, SIGKILL)
        try Deadline.poll("another keeper") {
          let next = server.process.children(named: "chatserve-keep").first { $0 != last }
          last = next ?? last
          return next != nil
        }
      }
      // The first comes at once, the others a second after one another.
      #expect(Deadline.now - began >= 1_990)
    }
  }

  private static let zone = "/usr/share/zoneinfo/Asia/Tokyo"

  @Test(
    "times on the screen are the place's, whose file is out of a contained process's reach",
    .enabled(if: access(zone, R_OK) == 0, "there are no time zones here"))
  func timeZone() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let port = try FakeServer.freePort()
      let zoned = try stage.onTerminal(
        path: "/usr/bin/env",
        ["TZ=:\(Self.zone)", Program.chatserve.path, "\(port)", "--timestamps", "--plain"])
      try zoned.waitFor("Ctrl-C stops.")
      let peer = try stage.nativePeer("tatyana", on: port)
      try peer.send("say 1 hi\0")
      try zoned.waitFor("tatyana> hi")
      let client = try stage.onTerminal(
        path: "/usr/bin/env",
        [
          "TZ=:\(Self.zone)", Program.chatclient.path, "127.0.0.1", "\(server.port)",
          "--timestamps", "--handle", "mike",
        ])
      try client.waitForInput("mike> ")
      try client.enter("hi")
      try server.process.waitFor("mike> hi")
      try client.waitFor("mike> hi")
      // Japan has had no summer time since 1951: UTC and nine hours.
      let hours = [time(nil), time(nil) - 60].map { ($0 / 3600 + 9) % 24 }
        .map { ($0 < 10 ? "0" : "") + "\($0):" }
      for lines in [zoned.screen.lines, client.screen.lines] {
        let line = try #require(lines.first { $0.hasSuffix("> hi") })
        #expect(hours.contains { line.hasPrefix($0) }, "\(line), not \(hours)")
      }
    }
  }
}
