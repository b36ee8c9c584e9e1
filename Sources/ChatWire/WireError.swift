/// How a peer broke the protocol. Carries evidence, never the peer's text.
public enum WireError: Error, Hashable, Sendable {
  /// More than `limit` bytes without the end that the dialect asks for.
  case oversized(limit: Int)
  /// A record of no bytes where a verb belongs.
  case emptyRecord
  /// A known verb whose argument is absent, out of range or not what the
  /// verb takes.
  case badArgument(NativeVerb)
}
