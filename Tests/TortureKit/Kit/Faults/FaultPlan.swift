import FaultVFS

/// Which call to the file system fails.
public struct FaultPlan: Sendable, CustomStringConvertible {
  /// What kind of calls are counted and fail.
  public enum Kind: CaseIterable, Sendable {
    /// Every call fails with an I/O error; half of a failing write gets there.
    case inputOutput
    /// Writes find the disk full.
    case full

    var calls: Int32 {
      let calls: [chat_fault_call] =
        switch self {
        case .inputOutput:
          [
            CHAT_FAULT_OPEN, CHAT_FAULT_READ, CHAT_FAULT_WRITE, CHAT_FAULT_TRUNCATE,
            CHAT_FAULT_SYNC, CHAT_FAULT_SIZE, CHAT_FAULT_LOCK, CHAT_FAULT_MAP,
            CHAT_FAULT_MAP_LOCK,
          ]
        case .full: [CHAT_FAULT_FULL]
        }
      return Int32(bitPattern: calls.reduce(0) { $0 | $1.rawValue })
    }
  }

  public var kind: Kind
  /// The number of the first call that fails, from 1.
  public var first: Int
  /// Whether the calls after it fail too, until the fault is lifted.
  public var lasts: Bool

  public var description: String {
    "\(kind), call \(first)\(lasts ? " and all after it" : "")"
  }

  func begin() { chat_fault_plan(kind.calls, first, lasts ? 1 : 0) }

  /// What fails until it is mended is mended; that something failed is kept.
  static func end() { chat_fault_end() }

  /// Nothing fails any more.
  static func lift() { chat_fault_plan(0, 0, 0) }

  static var hasHappened: Bool { chat_fault_happened() != 0 }

  /// Looks at the files without faults.
  static func pausing<Result>(_ body: () throws -> Result) rethrows -> Result {
    chat_fault_pause(1)
    defer { chat_fault_pause(0) }
    return try body()
  }
}
