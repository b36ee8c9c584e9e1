import Glibc
import Harness
import Transcript

/// Processes of the server's that are stopped, or hang, and the whole of it stopped
/// as Ctrl-Z does.
public enum StoppedProcess: String, CaseIterable, Sendable {
  /// The one with the floor, while somebody waits.
  case owner
  /// The keeper, which owes something.
  case keeper
  /// All of them, for longer than any may take to answer.
  case everything

  /// - Throws: ``TortureFailure``, what did not hold.
  public func run() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free")
      let talker = try NativePeer(port: server.port, handle: "amy")
      try talker.wait(for: "the floor") { $0.hasFloor }
      guard let owner = server.conversations.first, let keeper = server.keeper else {
        throw TortureFailure("no conversation, or no keeper")
      }
      let next = try PeerSocket(port: server.port, from: 2)
      try next.send("bob\0")
      try next.waitFor("wait 1\0")
      switch self {
      case .owner:
        kill(owner, SIGSTOP)
        try next.waitFor("floor\0", within: 40)
        try closed(stage, "no answer for 10 s")
      case .keeper:
        kill(keeper, SIGSTOP)
        let silent = try PeerSocket(port: server.port, from: 3)
        try silent.waitFor("SERVER\0")
        silent.leave()
        try Deadline.poll("another keeper", within: 40) {
          server.process.children.contains {
            $0 != keeper && SmallFile.read("/proc/\($0)/comm") == "chatserve-keep\n"
          }
        }
        try Deadline.poll("what the first one owed") {
          try Connection.forReading(stage.database).integer(
            "SELECT count(*) FROM event WHERE kind = 'close'") == 1
        }
        talker.say(1)
        try talker.waitUntilRecorded()
      case .everything:
        let all = [server.process.processID, owner, keeper] + server.conversations
        for process in all { kill(process, SIGSTOP) }
        Deadline(seconds: 25).pass()
        for process in all { kill(process, SIGCONT) }
        talker.say(1)
        try talker.waitUntilRecorded()
        let end = Deadline(seconds: 15)
        while !end.isOver { try talker.read(within: 0.2) }
        talker.say(1)
        try talker.waitUntilRecorded()
        try hold(server.conversations.contains(owner), "the conversation was killed")
        try hold(server.process.children.contains(keeper), "the keeper was killed")
      }
    }
  }

  private func closed(_ stage: Stage, _ detail: String) throws {
    try Deadline.poll("its death is recorded") {
      try Connection.forReading(stage.database).integer(
        "SELECT count(*) FROM event WHERE reason = 'crashed' AND detail = '\(detail)'") == 1
    }
  }
}
