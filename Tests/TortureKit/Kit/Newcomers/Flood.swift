import ChatPosix
import Glibc
import Harness
import Transcript

/// One source that opens as many connections as it can, in every dialect and in
/// none, against a talk that goes on, newcomers, and one who types a name slowly.
///
/// It forks, so the process that runs it must have one thread: `torture`.
public enum Flood {
  private static let openings = [
    "", "m1\0", "m1\n", "m1", "Mary Ann\0", "\0\0", "SSH-2.0-x\r\n", "quit user\0",
  ]
  /// Connections that the source keeps open.
  private static let held = 200

  /// - Parameter seconds: how long it goes on; the talk alone is measured for a
  ///   third of that before.
  /// - Returns: what was measured.
  /// - Throws: ``TortureFailure``, what did not hold.
  public static func run(seconds: Double) throws -> String {
    var report = ""
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free")
      let talker = try NativePeer(port: server.port, handle: "amy")
      try talker.wait(for: "the floor") { $0.hasFloor }
      let alone = try talk(talker, for: seconds / 3) {}
      let calm = try join(server.port, as: "calm", from: 3)
      let flood = try ChildProcess.fork { pour(into: server.port) }
      defer { ChildProcess.kill(flood) }
      let slow = try PeerSocket(port: server.port, from: 4)
      let slowTypesAt = Deadline(seconds: min(20, seconds / 2))
      var hasTyped = false
      var places: [Int64] = []
      var nextNewcomer = Deadline(seconds: 1)
      var worst = Extent()
      let besieged = try talk(talker, for: seconds) {
        if slowTypesAt.isOver, !hasTyped {
          hasTyped = true
          try slow.send("slow\0")
        }
        if nextNewcomer.isOver {
          nextNewcomer = Deadline(seconds: 2)
          places.append(
            try join(server.port, as: "new\(places.count)", from: 5 + UInt8(places.count % 100)))
          worst.note(server)
        }
      }
      try slow.waitFor("wait ", within: 10)
      ChildProcess.kill(flood)
      let patience = max(1_000, 20 * calm)
      try hold(places.allSatisfy { $0 <= patience }, "newcomers waited \(places) ms, alone \(calm)")
      try hold(
        besieged.p99 <= 3 * alone.p99,
        "acks took \(besieged.p99) µs (99th percentile), alone \(alone.p99)")
      try hold(worst.processes <= 130, "\(worst.processes) processes")
      try hold(worst.descriptors <= 330, "\(worst.descriptors) descriptors")
      try hold(worst.memory < ProcessMemory.limit, "\(worst.memory) KiB")
      server.process.signal(SIGTERM)
      let status = try server.process.exitOutcome()
      try hold(status == .exited(0), "the server ended with \(status)")
      try TranscriptCheck.integrity(stage.database)
      report =
        "acks p99 \(besieged.p99) µs, alone \(alone.p99); newcomers after \(places.max() ?? 0) ms "
        + "at most, alone \(calm); \(worst.processes) processes, \(worst.descriptors) descriptors, "
        + "\(worst.memory) KiB"
    }
    return report
  }

  /// What the server took at most.
  private struct Extent {
    var processes = 0
    var descriptors = 0
    var memory = 0

    mutating func note(_ server: Server<PipeProcess>) {
      processes = max(processes, server.process.children.count)
      descriptors = max(
        descriptors, SmallFolder.count("/proc/\(server.process.processID)/fd"))
      memory = max(memory, ProcessMemory.peak(ofServer: server.process))
    }
  }

  /// The flooding process: until it is killed.
  private static func pour(into port: UInt16) -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    var open: [Int32] = []
    var count = 0
    while true {
      if open.count >= held { close(open.removeFirst()) }
      guard let descriptor = Loopback.connected(to: port, from: 2) else { continue }
      let words = Array(openings[count % openings.count].utf8)
      count += 1
      if !words.isEmpty { _ = send(descriptor, words, words.count, Int32(MSG_NOSIGNAL)) }
      open.append(descriptor)
    }
  }

  /// Says something 50 times a second.
  ///
  /// - Returns: microseconds until each receipt, sorted.
  private static func talk(
    _ peer: NativePeer, for seconds: Double, _ each: () throws -> Void
  ) throws -> Latencies {
    var latencies = Latencies()
    let end = Deadline(seconds: seconds)
    while !end.isOver {
      let began = Precise.now
      peer.say(1)
      try peer.waitUntilRecorded()
      latencies.add(Precise.now - began)
      try each()
      Deadline(seconds: 0.02).pass()
    }
    return latencies
  }

  /// - Returns: milliseconds until a newcomer is told its place.
  private static func join(_ port: UInt16, as name: String, from host: UInt8) throws -> Int64 {
    let began = Deadline.now
    let peer = try PeerSocket(port: port, from: host)
    try peer.waitFor("SERVER\0")
    try peer.send("\(name)\0")
    try peer.waitFor("wait ")
    let took = Deadline.now - began
    try peer.send("quit user\0")
    try? peer.waitForEnd(within: 2)
    return took
  }
}

struct Latencies {
  private var microseconds: [Int64] = []

  mutating func add(_ count: Int64) { microseconds.append(count) }

  /// The 99th percentile.
  var p99: Int64 {
    let sorted = microseconds.sorted()
    return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
  }
}

enum Precise {
  /// Microseconds of CLOCK_MONOTONIC.
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}

enum SmallFolder {
  static func count(_ path: String) -> Int {
    guard let folder = opendir(path) else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
  }
}
