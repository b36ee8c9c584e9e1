import ChatCore
import Glibc
import Harness
import Transcript

/// Many servers on ports of their own write one transcript at once, each with
/// a peer that says one message after the other.
public enum ManyServers {
  public struct Report: Sendable {
    public var servers = 0
    public var messages = 0
    /// Milliseconds from a message to its receipt.
    public var median = 0.0
    public var p99 = 0.0
    public var slowest = 0.0
  }

  /// - Parameters:
  ///   - count: of servers.
  ///   - messages: of each peer.
  /// - Returns: how long receipts took.
  /// - Throws: what was lost, or went wrong.
  public static func run(servers count: Int, messages: Int) throws -> Report {
    var report = Report()
    try Stage.run { stage in
      let servers = try (0..<count).map { _ in try stage.pipedServer("--mode", "free") }
      let peers = try servers.enumerated().map { index, server in
        try NativePeer(port: server.port, handle: "p\(index)")
      }
      for peer in peers { try peer.read { $0.hasFloor } }
      var waits = try talk(peers, messages).sorted()
      for peer in peers { try peer.quit() }
      for server in servers {
        server.process.signal(SIGTERM)
        let outcome = try server.process.exitOutcome()
        try hold(outcome == .exited(0), "a server ended with \(outcome)")
        try hold(
          !server.process.errorText.contains("recorded"), "trouble: \(server.process.errorText)")
      }
      try check(stage, peers: count, messages: messages)
      waits = waits.isEmpty ? [0] : waits
      report = Report(
        servers: count, messages: waits.count, median: waits[waits.count / 2],
        p99: waits[waits.count * 99 / 100], slowest: waits[waits.count - 1])
    }
    return report
  }

  /// Milliseconds from each message to its receipt.
  private static func talk(_ peers: [NativePeer], _ messages: Int) throws -> [Double] {
    var waits: [Double] = []
    var began = peers.map { _ in now }
    for peer in peers { peer.say(1) }
    var remaining = peers.count
    while remaining > 0 {
      // All are waited for together, so that none's receipt waits for another's.
      var polls = peers.map {
        pollfd(
          fd: $0.acknowledged < messages ? $0.descriptor : -1, events: Int16(POLLIN), revents: 0)
      }
      guard poll(&polls, nfds_t(polls.count), 30_000) > 0 else {
        throw TortureFailure("no receipt within 30 s")
      }
      for (index, peer) in peers.enumerated() where polls[index].revents != 0 {
        let before = peer.acknowledged
        try peer.read(within: 0)
        if peer.hasEnded { throw TortureFailure("\(peer.handle) was disconnected") }
        guard peer.acknowledged > before else { continue }
        waits.append(now - began[index])
        if peer.acknowledged == messages {
          remaining -= 1
        } else {
          began[index] = now
          peer.say(1)
        }
      }
    }
    return waits
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
  }

  private static func check(_ stage: Stage, peers: Int, messages: Int) throws {
    try TranscriptCheck.integrity(stage.database)
    for index in 0..<peers {
      let handle = "p\(index)"
      guard let record = try Record.settled(of: handle, in: stage.database, among: peers) else {
        throw TortureFailure("\(handle) is not recorded")
      }
      let expected = (1...messages).map { NativePeer.text($0, of: handle) }
      try hold(record.client == expected, "\(handle)'s messages are recorded as \(record.client)")
      guard case .closed(let close, _) = record.ending, close.party == .client,
        close.reason == .known(.quit)
      else { throw TortureFailure("\(handle) ended as \(record.ending)") }
    }
  }
}
