/// Ids from one to another, both included.
///
/// No `ClosedRange`: to make that type, Swift's runtime looks through the
/// program's four thousand conformances for how `Int64` compares, which is a
/// tenth of what a short `chatserve history` costs.
public struct IDRange: Hashable, Sendable {
  public let lowerBound: Int64
  public let upperBound: Int64

  /// The ids between the two, in whichever order they are.
  public init(_ one: Int64, _ other: Int64) {
    lowerBound = min(one, other)
    upperBound = max(one, other)
  }

  public init(_ id: Int64) { self.init(id, id) }
}
