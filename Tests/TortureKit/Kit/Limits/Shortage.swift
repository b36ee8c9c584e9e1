import Glibc
import Harness
import Transcript

/// What a system can run short of.
public enum Shortage: String, CaseIterable, Sendable {
  case descriptors
  case processes
  case memory
  case fileSize

  /// Whether only root can make it, for want of a second user.
  public var needsRoot: Bool { self == .processes }

  /// prlimit(1)'s arguments. 16 descriptors are a few conversations; four
  /// processes are the listener, the keeper and two of them; the memory is a
  /// little more than the server has at its start; the file can hold some
  /// hundred messages.
  fileprivate var limit: String {
    switch self {
    case .descriptors: "--nofile=16"
    case .processes: "--nproc=4"
    case .memory: "--as=\(40 * 1024 * 1024)"
    case .fileSize: "--fsize=250000"
    }
  }

  /// What the operator reads of it.
  fileprivate var sentence: String? {
    switch self {
    case .descriptors, .processes: "trying again"
    case .fileSize: "cannot be recorded"
    case .memory: nil
    }
  }

  /// Runs a server into the shortage: it says so, loses nothing that it
  /// acknowledged, and serves the next peer when there is enough again.
  public func run() throws {
    try Stage.run { stage in
      let directory = stage.home + "/limited"
      let keys = stage.home + "/keys"
      for made in [directory, keys] { mkdir(made, 0o700) }
      var wrapper = ["/usr/bin/prlimit", limit]
      if case .processes = self {
        // The kernel exempts root: nobody, then, who must find its files.
        for open in [stage.home + "/..", stage.home] { chmod(open, 0o755) }
        for own in [directory, keys] { chown(own, Self.nobody, Self.nobody) }
        wrapper =
          [
            "/usr/bin/setpriv", "--reuid=\(Self.nobody)", "--regid=\(Self.nobody)",
            "--clear-groups",
          ]
          + wrapper
      }
      let database = directory + "/transcript.db"
      let server = try WrappedServer(
        stage, wrapper, ["--database", database, "--key-file", keys + "/key"])
      let peers = try crowd(server)
      if let sentence { try server.process.waitFor(sentence) }
      try hold(
        server.process.peekOutcome() == nil, "the listener died: \(server.process.errorText)")
      let acknowledged = peers.map { ($0.handle, $0.acknowledged) }
      // A file that cannot grow cannot take a close either: the peers are told
      // by the stop.
      if self != .fileSize {
        for peer in peers { try? peer.quit() }
        try serveNext(server)
      }
      try hold(
        self == .memory || !server.process.errorText.contains("crashed"),
        "crashed: \(server.process.errorText)")
      try server.stop()
      try check(database, acknowledged)
    }
  }

  private static let nobody: uid_t = 65534

  /// More peers, or more words, than there is room for.
  private func crowd(_ server: WrappedServer) throws -> [NativePeer] {
    let count = self == .descriptors || self == .processes ? 30 : 3
    var peers: [NativePeer] = []
    for index in 0..<count {
      guard let peer = try? NativePeer(port: server.port, handle: "c\(index)") else { continue }
      peers.append(peer)
    }
    let end = Deadline(seconds: 2)
    repeat {
      for peer in peers where peer.hasFloor && peer.said < 2000 { peer.say(20) }
      for peer in peers where !peer.hasEnded { try peer.read(within: 0.001) }
      server.process.takeOutput()
    } while !end.isOver && (sentence.map { !server.process.errorText.contains($0) } ?? true)
    return peers
  }

  private func serveNext(_ server: WrappedServer) throws {
    try Deadline.poll("the next peer is served: \(server.process.errorText)") {
      guard let peer = try? NativePeer(port: server.port, handle: "next") else { return false }
      try peer.read { $0.hasFloor }
      guard peer.hasFloor else { return false }
      peer.say(1)
      try peer.read { $0.acknowledged == 1 }
      try? peer.quit()
      return peer.acknowledged == 1
    }
  }

  private func check(_ database: String, _ acknowledged: [(String, Int)]) throws {
    try TranscriptCheck.integrity(database)
    for (handle, count) in acknowledged where count > 0 {
      guard let record = try Record.settled(of: handle, in: database, among: 100) else {
        throw TortureFailure("\(handle) is not recorded")
      }
      let expected = (1...count).map { NativePeer.text($0, of: handle) }
      try hold(record.client.starts(with: expected), "\(handle): recorded \(record.client)")
    }
  }
}
