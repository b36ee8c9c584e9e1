import Glibc
import Harness
import Transcript

/// A disk that gives no answer: who writes waits in the kernel, where no signal
/// reaches it, for longer than any answer may take.
public enum FrozenDisk {
  /// - Returns: what was seen.
  /// - Throws: ``TortureFailure``, what did not hold.
  public static func run() throws -> String {
    guard LoopDisk.isAvailable else { return "not tried: only root may mount" }
    var seen = ""
    try Stage.run { stage in
      let directory = stage.home + "/disk"
      guard mkdir(directory, 0o700) == 0 else { throw TortureFailure("mkdir: errno \(errno)") }
      let disk = try LoopDisk(at: directory)
      let server = try stage.pipedServer(
        "--mode", "free", "--database", directory + "/transcript.db")
      let talker = try NativePeer(port: server.port, handle: "amy")
      try talker.wait(for: "the floor") { $0.hasFloor }
      guard let owner = server.conversations.first, let keeper = server.keeper else {
        throw TortureFailure("no conversation, or no keeper")
      }
      let next = try PeerSocket(port: server.port, from: 2)
      try next.send("bob\0")
      try next.waitFor("wait 1\0")
      // What one that has said nothing leaves, the keeper records.
      let silent = try PeerSocket(port: server.port, from: 3)
      try silent.waitFor("SERVER\0")
      try disk.freeze(true)
      silent.leave()
      try wait(for: keeper, "The process that keeps the transcript", server)
      try disk.freeze(false)
      try Deadline.poll("the keeper has recorded it") {
        try Connection.forReading(directory + "/transcript.db").integer(
          "SELECT count(*) FROM event WHERE kind = 'close'") == 1
      }
      // Who waits for the disk has the lock, too, that the keeper then waits for.
      let other = try PeerSocket(port: server.port, from: 4)
      try other.waitFor("SERVER\0")
      try disk.freeze(true)
      talker.say(1)
      try wait(for: owner, "The conversation with ", server)
      other.leave()
      // Twice as long as an answer may take, once more.
      Deadline(seconds: 20).pass()
      try hold(talker.acknowledged == 0, "acknowledged, and recorded nowhere")
      try disk.freeze(false)
      try talker.waitUntilRecorded()
      try hold(server.conversations.contains(owner), "the conversation was killed")
      try hold(server.process.children.contains(keeper), "the keeper was killed")
      server.process.readAvailable()
      let said = server.process.errorText.components(of: waits)
      try hold(said == 2, "said \(said) times")
      server.process.signal(SIGTERM)
      let status = try server.process.exitOutcome()
      try hold(status == .exited(0), "the server ended with \(status)")
      seen = "both waited in the kernel, were said once and not killed"
    }
    return seen
  }

  private static let waits = "gives no answer: it waits for the disk."

  private static func wait(
    for process: pid_t, _ name: String, _ server: Server<PipeProcess>
  ) throws {
    try Deadline.poll("\(name) waits in the kernel") {
      ProcessTable.entry(process)?.state == "D"
    }
    try Deadline.poll("the operator reads of it: \(server.process.errorText)") {
      server.process.readAvailable()
      return server.process.errorText.split(separator: "\n")
        .contains { $0.hasPrefix(name) && $0.hasSuffix(waits) }
    }
  }
}
