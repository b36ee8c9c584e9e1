import Glibc
import Harness
import Transcript

/// What newcomers do to those who are there, and what the limits make of it.
public enum NewcomerAttack: String, CaseIterable, Sendable {
  /// 12 silent connections a second of one source, while somebody of another takes
  /// seconds to type a name.
  case evictions
  /// A source that has its share of the queue, and wants more.
  case places
  /// A peer that joins and leaves the queue, again and again.
  case joinAndLeave
  /// Names that are none, for ever.
  case badNames
  /// A client that says what only the server can have seen: `quit idle`.
  case forgedCause
  /// Silent ones, by how many commits they cost, and what memory.
  case commits
  /// One in the queue whose process crashes while others talk.
  case crash
  /// One that has the floor and says nothing, in words that are none.
  case idleClock

  /// - Throws: ``TortureFailure``, what did not hold.
  public func run() throws {
    try Stage.run { stage in
      switch self {
      case .evictions: try evictions(stage)
      case .places: try places(stage)
      case .joinAndLeave: try joinAndLeave(stage)
      case .badNames: try badNames(stage)
      case .forgedCause: try forgedCause(stage)
      case .commits: try commits(stage)
      case .crash: try crash(stage)
      case .idleClock: try idleClock(stage)
      }
    }
  }

  private func evictions(_ stage: Stage) throws {
    let server = try stage.pipedServer("--mode", "free")
    let slow = try PeerSocket(port: server.port, from: 3)
    try slow.waitFor("SERVER\0")
    var crowd: [PeerSocket] = []
    for _ in 0..<60 {
      if let peer = try? PeerSocket(port: server.port, from: 2) { crowd.append(peer) }
      Deadline(seconds: 0.08).pass()
    }
    try hold(server.conversations.count <= 5, "\(server.conversations.count) conversations")
    try slow.send("slow\0")
    try slow.waitFor("floor\0")
  }

  private func places(_ stage: Stage) throws {
    let server = try stage.pipedServer("--mode", "free")
    let talker = try NativePeer(port: server.port, handle: "amy")
    try talker.wait(for: "the floor") { $0.hasFloor }
    var hosts: [PeerSocket] = []
    for number in 0..<12 {
      let peer = try PeerSocket(port: server.port, from: 2)
      try? peer.send("m\(number)\0")
      hosts.append(peer)
    }
    try Deadline.poll("the crowd is there") { server.conversations.count == 5 }
    let other = try PeerSocket(port: server.port, from: 3)
    try other.send("bob\0")
    try other.waitFor("wait 5\0")
  }

  private func joinAndLeave(_ stage: Stage) throws {
    let server = try stage.server("--mode", "free", "--per-source", "0", "--max-penalty", "0")
    let talker = try NativePeer(port: server.port, handle: "amy")
    try talker.wait(for: "the floor") { $0.hasFloor }
    let end = Deadline(seconds: 12)
    var number = 0
    while !end.isOver {
      number += 1
      let peer = try PeerSocket(port: server.port, from: 2)
      try peer.send("zz\(number)\0quit user\0")
      try? peer.waitForEnd(within: 2)
    }
    let shown = server.process.screen.text.components(of: "waits in the queue")
    try hold(shown <= 12, "\(shown) notices of \(number) that came and went in 12 s")
  }

  private func badNames(_ stage: Stage) throws {
    let server = try stage.pipedServer("--mode", "free")
    // Of 5 seconds each, less what runs off meanwhile, which on a busy machine is much.
    for _ in 0..<8 {
      let peer = try PeerSocket(port: server.port, from: 2)
      try? peer.send(String(repeating: "no name at all\n", count: 100))
      try peer.waitForEnd(within: 10)
    }
    try Deadline.poll("those are gone") { server.conversations.isEmpty }
    let barred = try PeerSocket(port: server.port, from: 2)
    try barred.waitFor("refused for a while")
    let other = try PeerSocket(port: server.port, from: 3)
    try other.send("bob\0")
    try other.waitFor("floor\0")
  }

  private func forgedCause(_ stage: Stage) throws {
    let server = try stage.pipedServer("--mode", "free")
    for cause in ["idle", "full", "stopped", "crashed", "user"] {
      let peer = try PeerSocket(port: server.port)
      try peer.send("amy\0")
      try peer.waitFor("floor\0")
      try peer.send("quit \(cause)\0")
      try peer.waitForEnd()
    }
    server.process.signal(SIGTERM)
    _ = try server.process.exitOutcome()
    let reader = try Connection.forReading(stage.database)
    let others = try reader.integer(
      "SELECT count(*) FROM event WHERE kind = 'close' AND reason NOT IN ('quit', 'error', 'eof')")
    try hold(others == 0, "\(others ?? -1) closes have a cause that a client made up")
  }

  private func crash(_ stage: Stage) throws {
    let server = try stage.server("--mode", "free")
    let talker = try NativePeer(port: server.port, handle: "amy")
    try talker.wait(for: "the floor") { $0.hasFloor }
    let owner = server.conversations
    let guest = try PeerSocket(port: server.port, from: 2)
    try guest.send("bob\0")
    try guest.waitFor("wait 1\0")
    for process in server.conversations where !owner.contains(process) { kill(process, SIGSEGV) }
    try server.process.waitFor("crashed (signal 11).")
    talker.say("still here")
    try server.process.waitFor("still here")
    let text = server.process.screen.text
    try hold(!text.contains("Waiting for new connection"), "nobody is waited for: \(text)")
    try hold(!text.contains("\\n"), "a line end is shown as one: \(text)")
  }

  /// Empty lines, messages that are none, one twice, answers to nothing.
  private func idleClock(_ stage: Stage) throws {
    for nothing in ["\n", "   \n", "say 0 x\0say x\0\0", "say 2 \u{1}\0", "pong\0ack 1\0"] {
      let server = try stage.pipedServer("--mode", "free", "--idle-timeout", "2")
      let peer = try PeerSocket(port: server.port)
      let isNative = nothing.contains("\0")
      try peer.waitFor("SERVER\0")
      try peer.send(isNative ? "amy\0say 1 hi\0" : "amy\nhi\n")
      try server.process.waitFor("hi")
      let end = Deadline(seconds: 20)
      while !end.isOver, (try? peer.send(nothing)) != nil {
        Deadline(seconds: 0.2).pass()
        if server.conversations.isEmpty { break }
      }
      try hold(!end.isOver, "\(nothing.debugDescription) kept the floor for 20 s")
    }
  }

  private func commits(_ stage: Stage) throws {
    let server = try stage.pipedServer("--mode", "free", unlimited: true)
    let reader = try Connection.forReading(stage.database)
    func version() throws -> Int64 { try reader.integer("PRAGMA data_version") ?? 0 }
    let first = try version()
    let began = Deadline.now
    let silent = try (0..<100).map { _ in try PeerSocket(port: server.port) }
    for peer in silent { try peer.waitFor("SERVER\0") }
    try hold(try version() == first, "who says nothing is recorded while it is there")
    for process in server.conversations {
      let files = "/proc/\(process)/fd"
      try hold(
        !Links.of(files).contains { $0.hasSuffix("transcript.db") || $0.hasSuffix("-wal") },
        "a process whose peer says nothing has opened the transcript")
      let dirty = SmallFile.read("/proc/\(process)/smaps_rollup").flatMap {
        $0.split(separator: "\n").first { $0.hasPrefix("Private_Dirty:") }
          .flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }
      }
      // proc_pid_smaps(5): one that is gone again has none.
      try hold(dirty ?? 0 <= 512, "such a process has dirtied \(dirty ?? 0) KiB")
    }
    for peer in silent { peer.leave() }
    var versions: Set<Int64> = []
    try Deadline.poll("all are recorded") {
      versions.insert(try version())
      return try reader.integer(
        "SELECT count(*) FROM event WHERE kind IN ('open', 'close')") == 200
    }
    let seconds = Int((Deadline.now - began) / 1000)
    try hold(
      versions.count <= seconds + 3, "\(versions.count) commits for 100 that said nothing")
  }
}

enum Links {
  /// What the links in a folder lead to.
  static func of(_ folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var targets: [String] = []
    while let found = readdir(stream) {
      let name = withUnsafeBytes(of: found.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let target = target("\(folder)/\(name)") { targets.append(target) }
    }
    return targets
  }

  /// What one link leads to; `nil` where there is none.
  static func target(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 1024)
    let count = readlink(path, &buffer, buffer.count)
    if count < 0 { return nil }
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension String {
  /// How often `part` is in it.
  func components(of part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
