import Glibc
import Harness
import Testing

/// `chatserve history tail` beside real servers.
@Suite struct HistoryTailTests {
  /// Says numbered messages to a server in free mode, and waits until each is
  /// on disk.
  private final class Speaker {
    private let peer: PeerSocket
    private let name: String
    private var number = 0

    init(_ stage: Stage, _ name: String, on port: UInt16) throws {
      self.name = name
      peer = try stage.nativePeer(name, on: port)
    }

    func say(_ count: Int = 1) throws {
      for _ in 0..<count {
        number += 1
        try peer.send("say \(number) \(name) \(number)\0")
        try peer.waitFor("ack \(number)\0")
      }
    }

    func quit() throws {
      try peer.send("quit user\0")
      try peer.waitForEnd()
    }
  }

  /// Starts `tail -n 0` in two formats, and speaks until both have begun: what
  /// was said before one looked for the first time it does not show.
  private func follow(_ stage: Stage, _ speaker: Speaker) throws -> [PipeProcess] {
    let tails = try ["tsv", "json"].map {
      try stage.onPipes(.chatserve, ["history", "tail", "-n", "0", "-o", $0])
    }
    for tail in tails {
      try Deadline.poll("a first event from tail") {
        try speaker.say()
        tail.readAvailable()
        return !tail.outputBytes.isEmpty
      }
    }
    return tails
  }

  @Test("tail survives crashes and restarts of the server, and neither skips nor repeats")
  func restarts() throws {
    try Stage.run { stage in
      let first = try stage.server("--mode", "free")
      let before = try Speaker(stage, "before", on: first.port)
      try before.say(3)
      let seen = try #require(try stage.history("show", "-o", "tsv").seqs.last)
      let tails = try follow(stage, before)

      kill(try #require(first.conversations.first), SIGKILL)
      try first.process.waitFor("crashed (signal 9). Waiting for new connection...")
      let crashed = try Speaker(stage, "crashed", on: first.port)
      try crashed.say(3)
      first.process.signal(SIGKILL)
      #expect(try first.process.exitOutcome() == .signaled(SIGKILL))
      try Deadline.poll("the end of the first server") {
        try stage.transcript().last?.contains("closed by server") == true
      }

      let second = try stage.server("--mode", "free")
      let stopped = try Speaker(stage, "stopped", on: second.port)
      try stopped.say(3)
      second.process.signal(SIGINT)
      #expect(try second.process.exitStatus() == 0)

      let third = try stage.pipedServer("--mode", "free")
      let last = try Speaker(stage, "last", on: third.port)
      try last.say(3)
      try last.quit()
      try third.process.waitFor(LeavingTests.clientLeft)

      try tails[0].waitFor("\tlast\tquit\n")
      try tails[1].waitFor(#""reason":"quit"}"#)
      for tail in tails { tail.signal(SIGINT) }
      for tail in tails {
        #expect(try tail.exitStatus() == 130)
        #expect(tail.errorText == "")
      }
      try check(tails[0], tails[1], after: seen, stage)
    }
  }

  /// Compares what was followed with what can be read afterwards.
  private func check(
    _ rows: PipeProcess, _ objects: PipeProcess, after seen: Int, _ stage: Stage
  ) throws {
    let shown = try stage.history("show", "1..@", "-o", "tsv")
    // One conversation after the other is how these were recorded too.
    #expect(shown.seqs == shown.seqs.sorted())
    let begin = try #require(rows.seqs.first)
    #expect(begin > seen)
    let expected = Array(shown.rows.drop { $0.first != "\(begin)" })
    #expect(rows.rows == expected)

    let exported = try stage.history("show", "1..@", "-o", "json").lines.filter(isEvent)
    let followed = objects.lines.filter(isEvent)
    #expect(followed.count > 12)
    #expect(followed == exported.suffix(followed.count))
    #expect(Set(followed).count == followed.count)
  }

  private func isEvent(_ line: String) -> Bool { line.hasPrefix(#"{"v":1,"type":"event","#) }

  enum Interruption: CaseIterable {
    case signalOnPipes, signalOnTerminal, key
  }

  @Test("Ctrl-C ends tail with 130, after what it has shown", arguments: Interruption.allCases)
  func interrupted(_ interruption: Interruption) throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free")
      try Speaker(stage, "raw", on: server.port).say(2)
      if interruption == .signalOnPipes {
        let tail = try stage.onPipes(.chatserve, ["history", "tail"])
        try tail.waitFor("raw> raw 2\n")
        tail.signal(SIGINT)
        #expect(try tail.exitStatus() == 130)
        #expect(tail.errorText == "")
      } else {
        let tail = try stage.onTerminal(.chatserve, ["history", "tail"])
        try tail.waitFor("raw> raw 2")
        if interruption == .key {
          try tail.send(Keys.interrupt)
        } else {
          tail.signal(SIGINT)
        }
        #expect(try tail.exitStatus() == 130)
        #expect(tail.isCooked)
      }
    }
  }
}
