import Harness

/// Servers that mean no good, met by the real client on a terminal.
public enum HostileServer: String, CaseIterable, Sendable {
  case silent
  case closesAtOnce
  case resets
  case floods
  case neverReads
  case recordWithoutEnd
  case greetingWithoutEnd
  case unknownVerbs
  case emptyRecord
  case badNumber
  case refusesWithEscapes

  /// How chatclient must end by itself; `nil` when it is for its user to
  /// leave.
  private var status: Int32? {
    switch self {
    case .closesAtOnce, .resets, .recordWithoutEnd, .greetingWithoutEnd, .emptyRecord, .badNumber:
      74
    case .refusesWithEscapes: 69
    case .silent, .floods, .neverReads, .unknownVerbs: nil
    }
  }

  /// - Returns: kilobytes that the client had resident at most.
  public func run() throws -> Int {
    var memory = 0
    try Stage.run { stage in
      let fake = try stage.fakeServer()
      // What a terminal is like before: the client's own may have changed
      // before it can be looked at.
      let mode = try stage.onTerminal(path: "/usr/bin/true", []).mode
      let client = try stage.client(fake.port, "--handle", "bob", "--color", "never")
      let server = try fake.accept()
      try begin(server)
      let end = Deadline(seconds: 0.5)
      while !end.isOver, client.peekOutcome() == nil {
        act(server)
        client.resize(columns: 100, rows: 40)
        memory = max(memory, ProcessMemory.peak(of: client.processID) ?? 0)
        try? client.waitFor("\u{0}", within: 0.001)
      }
      if let status {
        let outcome = try client.exitOutcome()
        try hold(outcome == .exited(status), "the client ended with \(outcome): \(client.evidence)")
      } else {
        // Ctrl-C: the user has had enough.
        try client.send("\u{3}")
        let outcome = try client.exitOutcome()
        try hold(outcome == .exited(130), "the client ended with \(outcome): \(client.evidence)")
      }
      try hold(client.mode == mode, "the terminal is not given back")
      try hold(client.screen.unknown.isEmpty, "sequences \(client.screen.unknown)")
      try hold(memory < ProcessMemory.limit, "\(memory) KiB resident")
      withExtendedLifetime(server) {}
    }
    return memory
  }

  private func begin(_ server: PeerSocket) throws {
    switch self {
    case .silent: break
    case .closesAtOnce: server.leave()
    case .resets:
      try introduce(server)
      server.reset()
    case .greetingWithoutEnd: break
    case .refusesWithEscapes:
      try server.send("Full \u{1b}[2J\u{1b}]0;x\u{7}\u{202e}.\n")
      server.leave()
    case .floods, .neverReads, .recordWithoutEnd, .unknownVerbs: try introduce(server)
    case .emptyRecord:
      try introduce(server)
      try server.send("\0")
    case .badNumber:
      try introduce(server)
      try server.send("say 99999999999999999999 hi\0")
    }
  }

  private func introduce(_ server: PeerSocket) throws {
    try server.send("mallory\0")
    try server.waitFor("bob\0")
    try server.send("mode free\0floor\0")
  }

  private func act(_ server: PeerSocket) {
    switch self {
    // Cut anywhere and counted anyhow: the first that does not fit ends it.
    case .floods: push(Array("deny \(String(repeating: "x", count: 400))\0".utf8), server)
    case .neverReads: push(Array(String(repeating: "ping\0", count: 2000).utf8), server)
    case .recordWithoutEnd: push(Array("say 1 ".utf8) + Self.long, server)
    case .greetingWithoutEnd: push(Self.long, server)
    case .unknownVerbs: push(Array("frobnicate \u{1b}[2J\0wait 3\0pong\0".utf8), server)
    default: break
    }
  }

  private static let long = [UInt8](repeating: 0x61, count: 200 * 1024)

  private func push(_ bytes: [UInt8], _ server: PeerSocket) {
    _ = server.offer(String(decoding: bytes, as: UTF8.self))
  }
}
