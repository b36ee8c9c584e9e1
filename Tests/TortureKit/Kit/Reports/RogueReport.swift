import Glibc
import Harness
import TakeOver

/// A conversation's process that a peer has taken over: what it can send the
/// listener, sent by its own socket. It costs that conversation and no other:
/// the listener goes on, answers SIGTERM, serves the next peer, and the death is
/// in the transcript.
public enum RogueReport: String, CaseIterable, Sendable {
  /// Each byte by itself, from a process of its own each.
  case everyByte
  /// A message cut at every length.
  case truncated
  /// Longer than any message.
  case overlong
  /// Legal reports without an end.
  case endless
  /// The operator's line, from one in the queue.
  case draft
  /// A draft without an end, from the one with the floor.
  case endlessDraft
  /// To stop the server, from one in the queue.
  case stop
  /// A message that reads as the end of the socket.
  case empty
  /// The transcript's id of another conversation, and what has none.
  case ids
  /// As fast as it can be done, from several at once, while the server is asked
  /// to stop.
  case flood

  /// Whether this process may take another's descriptors.
  public static var isPossible: Bool { geteuid() == 0 && canCopy() }

  private static func canCopy() -> Bool {
    let copy = takeover_descriptor(getpid(), 2)
    if copy >= 0 { close(copy) }
    return copy >= 0
  }

  /// The codes as they are on the socket; docs/architecture.md names them.
  private enum Code {
    static let ready: UInt8 = 0x11
    static let recorded: UInt8 = 0x14
    static let draft: UInt8 = 0x15
    static let interrupted: UInt8 = 0x16
    static let operatorAbsent: UInt8 = 0x17
    static let outputGone: UInt8 = 0x18
    /// Legal from one that waits, by themselves: they end nobody.
    static let harmless: Set<UInt8> = [0x10, 0x12, 0x13, 0x1a, 0x1f, 0x20]
  }

  /// - Returns: what was tried.
  /// - Throws: ``TortureFailure``, what did not hold.
  public func run() throws -> String {
    var tried = 0
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", "--max-waiting", "100", unlimited: true)
      let scene = try RogueStage(stage: stage, server: server)
      tried = try attack(scene)
      try scene.holdThatOnlyTheyAreGone()
      if self != .flood { try scene.stop() }
    }
    return "\(tried) processes"
  }

  private func attack(_ stage: RogueStage) throws -> Int {
    switch self {
    case .everyByte:
      let bytes = (UInt8.min ... .max).filter { !Code.harmless.contains($0) }
      for start in stride(from: 0, to: bytes.count, by: 32) {
        try stage.fromTheQueue(bytes[start...].prefix(32).map { [[$0]] })
      }
      return bytes.count
    case .truncated:
      let whole = [Code.recorded] + [UInt8](repeating: 1, count: 8)
      try stage.fromTheQueue((1..<whole.count).map { [Array(whole.prefix($0))] })
      return whole.count - 1
    case .overlong:
      try stage.fromTheQueue([[[UInt8](repeating: Code.draft, count: 20_000)]])
      return 1
    case .endless:
      try stage.fromTheQueue([], endless: [Self.recorded(1 << 40)])
      return 1
    case .draft:
      let forged = [Code.draft] + Array("I owe you 1000\n".utf8)
      try stage.fromTheQueue([[forged]])
      try stage.holdThatNobodySaid("I owe you 1000")
      return 1
    case .endlessDraft:
      try stage.fromTheFloor(
        endless: [Code.draft] + [UInt8](repeating: 0x61, count: 16 * 1024 - 1))
      try stage.holdThatNobodySaid("aaaaaaaa")
      return 1
    case .stop:
      try stage.fromTheQueue(
        [Code.interrupted, Code.operatorAbsent, Code.outputGone].map { [[$0]] })
      return 3
    case .empty:
      try stage.fromTheQueue([[[]]])
      return 1
    case .ids:
      // The talker's own; then something that ends its sender.
      try stage.fromTheQueue([[Self.recorded(1), [0]], [Self.recorded(1 << 40), [0]]])
      return 2
    case .flood:
      try stage.flood(8, with: Self.recorded(1 << 40))
      return 8
    }
  }

  private static func recorded(_ id: UInt64) -> [UInt8] {
    [Code.recorded] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: id >> ($0 * 8)) }
  }
}
