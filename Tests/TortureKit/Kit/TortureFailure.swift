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

/// Holds that `part` is how `whole` begins; tells the first difference, since
/// thousands of messages are no evidence.
func holdPrefix(_ part: [String], of whole: [String], _ what: String) throws(TortureFailure) {
  for (index, text) in part.enumerated() where index >= whole.count || whole[index] != text {
    let other = index < whole.count ? whole[index] : "nothing"
    throw TortureFailure(
      "\(what) differ at \(index): “\(text)”, “\(other)” (\(part.count), \(whole.count))")
  }
}

func holdEqual(_ one: [String], _ other: [String], _ what: String) throws(TortureFailure) {
  try holdPrefix(one, of: other, what)
  try hold(one.count == other.count, "\(what): \(one.count), \(other.count)")
}
