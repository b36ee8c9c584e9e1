/// What outsiders' bytes reach first, each with what must hold whatever they
/// are. A coverage-guided fuzzer drives them (`Tests/Fuzz/run`), and the tests
/// do with random bytes and with every case that was ever found.
public enum FuzzTarget: String, CaseIterable, Sendable {
  case framing
  case dialect
  case codec
  case sanitizer
  case keys
  case timeForm
  case session
  case remembered

  /// Runs one case; a trap inside is a finding too.
  ///
  /// - Throws: ``FuzzFinding``, what did not hold.
  public func check(_ bytes: [UInt8]) throws(FuzzFinding) {
    switch self {
    case .framing: try Framing.check(bytes)
    case .dialect: try DialectDetection.check(bytes)
    case .codec: try Codec.check(bytes)
    case .sanitizer: try Sanitizing.check(bytes)
    case .keys: try Keys.check(bytes)
    case .timeForm: try TimeForms.check(bytes)
    case .session: try Sessions.check(bytes)
    case .remembered: try Remembered.check(bytes)
    }
  }
}

/// What a case showed to be wrong.
public struct FuzzFinding: Error, Hashable, Sendable {
  public var what: String
}

/// Holds `condition` to be true.
func hold(_ condition: Bool, _ what: @autoclosure () -> String) throws(FuzzFinding) {
  if !condition { throw FuzzFinding(what: what()) }
}
