import Glibc
import Harness
import TakeOver
import Transcript

/// What a conversation in the queue, or the keeper, that a peer has taken over does
/// to the files of the transcript, which it has open like all others: by its own
/// system calls, in its own containment. Only for root, on x86_64.
public enum TakenTranscript: String, CaseIterable, Sendable {
  /// The lock that every commit takes, kept.
  case writeLock
  /// Those that every reader shares, kept.
  case readLocks
  /// What who opens the database shares for a moment, kept.
  case openLock
  /// The lock of commits, kept by the keeper.
  case keeperLock
  /// The same by a lock that names no process.
  case unnamedLock
  /// The shared memory cut off, which kills who has it mapped.
  case cut

  /// - Throws: ``TortureFailure``, what did not hold.
  public func run() throws -> String {
    guard RogueReport.isPossible else { return "not tried: only root may" }
    var report = "holds"
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", "--per-source", "0")
      let talker = try NativePeer(port: server.port, handle: "amy")
      try talker.wait(for: "the floor") { $0.hasFloor }
      let owner = server.conversations
      let rogue = try PeerSocket(port: server.port, from: 2)
      try rogue.waitFor("SERVER\0")
      try rogue.send("mallory\0")
      try rogue.waitFor("wait 1\0")
      guard let victim = server.conversations.first(where: { !owner.contains($0) }),
        let keeper = server.keeper
      else { throw TortureFailure("no conversation in the queue, or no keeper") }
      let took = try attack(
        TakenFiles(self == .keeperLock ? keeper : victim, of: stage.database), talker, server)
      // Whoever else is there goes on, whatever it cost the other.
      try hold(owner.allSatisfy(server.conversations.contains), "the talk was ended")
      talker.say(1)
      try talker.waitUntilRecorded()
      let next = try PeerSocket(port: server.port, from: 3)
      try next.send("bob\0")
      try next.waitFor("wait ")
      if isLock { try holdThatItIsGone(server, victim, keeper, stage.database) }
      server.process.signal(SIGTERM)
      let status = try server.process.exitOutcome()
      try hold(status == .exited(0), "the server ended with \(status)")
      try TranscriptCheck.integrity(stage.database)
      if let took { report = "holds, the others wait \(took / 1000) s" }
    }
    return report
  }

  private var isLock: Bool { self != .cut && self != .unnamedLock }

  /// - Returns: milliseconds that somebody else's message took to be recorded; `nil`
  ///   where the process is to be denied what it tried.
  private func attack(
    _ files: TakenFiles, _ talker: NativePeer, _ server: Server<PipeProcess>
  ) throws -> Int64? {
    switch self {
    case .writeLock, .keeperLock: try files.lock("-shm", 120, 1)
    case .readLocks: try files.lock("-shm", 123, 5)
    case .openLock: try files.lock("", 0x4000_0000, 1)
    case .unnamedLock:
      let result = try files.take {
        takeover_lock($0, try files.descriptor("-shm"), true, true, 120, 1)
      }
      try hold(result == Int(-EPERM), "a lock without a name: \(result)")
      return nil
    case .cut:
      let results = [
        try files.take { takeover_cut($0, try files.descriptor("-shm")) },
        try files.take { takeover_open($0, files.database + "-shm", O_RDWR | O_TRUNC) },
      ]
      try hold(results.allSatisfy { $0 < 0 }, "the shared memory may be cut: \(results)")
      return nil
    }
    let began = Deadline.now
    // Who opens the transcript with its first words, and who has it open.
    let newcomer = try PeerSocket(port: server.port, from: 4)
    try newcomer.send("carol\0say 1 hello\0")
    talker.say(1)
    try talker.waitUntilRecorded()
    try newcomer.waitFor("wait ")
    return Deadline.now - began
  }

  private func holdThatItIsGone(
    _ server: Server<PipeProcess>, _ victim: pid_t, _ keeper: pid_t, _ database: String
  ) throws {
    if self == .keeperLock {
      try Deadline.poll("the keeper is replaced") { !server.process.children.contains(keeper) }
      return try server.process.waitFor("kept it locked for 10 s")
    }
    try Deadline.poll("it is gone") { !server.conversations.contains(victim) }
    // Nobody else had to go for it.
    let crashes = "SELECT count(*) FROM event WHERE reason = 'crashed'"
    try Deadline.poll("its death is recorded") {
      try Connection.forReading(database).integer(
        crashes + " AND detail = 'kept the transcript''s lock for 10 s'") == 1
    }
    let all = try Connection.forReading(database).integer(crashes)
    try hold(all == 1, "\(all ?? -1) conversations crashed")
  }
}

/// A process that is taken over, with the files that it has open of a transcript.
struct TakenFiles {
  let process: pid_t
  let database: String

  init(_ process: pid_t, of database: String) {
    self.process = process
    self.database = database
  }

  /// Which descriptor the file `database` with `suffix` is.
  func descriptor(_ suffix: String) throws -> Int32 {
    for number in Int32(0)..<64
    where Links.target("/proc/\(process)/fd/\(number)") == database + suffix {
      return number
    }
    throw TortureFailure("process \(process) has no \(suffix) of the transcript open")
  }

  /// Makes a call in the process, as soon as it waits for something.
  func take(_ call: (pid_t) throws -> Int) throws -> Int {
    var result = 0
    try Deadline.poll("the process waits in a call") {
      result = try call(process)
      return result != Int(-EAGAIN)
    }
    return result
  }

  func lock(_ suffix: String, _ start: Int64, _ length: Int64) throws {
    let descriptor = try descriptor(suffix)
    let result = try take { takeover_lock($0, descriptor, false, true, start, length) }
    try hold(result == 0, "the lock was not to be had: \(result)")
  }
}
