import Glibc
import Harness
import Transcript

/// A peer that takes the disk.
public enum Greed: String, CaseIterable, Sendable {
  /// As fast as it can, against a rate.
  case rate
  /// Until no more than the reserve is left.
  case reserve

  /// - Throws: ``TortureFailure``, what did not hold.
  public func run() throws {
    try Stage.run { stage in
      switch self {
      case .rate: try rate(stage)
      case .reserve: try reserve(stage)
      }
    }
  }

  /// 64 KiB a second: ten seconds' worth at once, and no more than that a second.
  private func rate(_ stage: Stage) throws {
    let server = try stage.pipedServer("--mode", "free", "--rate", "64K")
    let peer = try NativePeer(port: server.port, handle: "mallory")
    try peer.wait(for: "the floor") { $0.hasFloor }
    let text = String(repeating: "x", count: 490)
    let began = Deadline.now
    while peer.acknowledged < 2_600 {
      if peer.said - peer.acknowledged < 400 { peer.say(text) }
      try peer.read(within: peer.said - peer.acknowledged < 400 ? 0 : 0.05)
      // An operator who reads nothing slows a peer too.
      server.process.takeOutput()
      try hold(!peer.hasEnded, "it was sent away")
      try hold(Deadline.now - began < 60_000, "\(peer.acknowledged) messages in a minute")
    }
    let took = Deadline.now - began
    // 2600 of 500 bytes are 1270 KiB, of which 640 are read at once.
    try hold((8_000...20_000).contains(took), "1270 KiB at 64 KiB a second took \(took) ms")
  }

  private func reserve(_ stage: Stage) throws {
    let server = try stage.pipedServer("--mode", "free", "--disk-reserve", "99%")
    let peer = try PeerSocket(port: server.port)
    try peer.send("amy\0")
    try server.process.waitFor(" is full", within: 20)
    try hold(!peer.receivedText.contains("floor"), "it has the floor, and nothing is recorded")
  }
}
