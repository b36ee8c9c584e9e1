/// Something that must hold did not; the text has the seed or the step that
/// shows it again.
public struct TortureFailure: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}

/// Holds `condition` to be true.
func hold(_ condition: Bool, _ what: @autoclosure () -> String) throws(TortureFailure) {
  if !condition { throw TortureFailure(what()) }
}
