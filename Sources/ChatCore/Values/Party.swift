/// One of the two sides of a conversation, known by the part it plays and
/// never by its handle: handles can be chosen to imitate.
public enum Party: String, CaseIterable, Sendable {
  case client
  case server

  /// The side this one talks with.
  public var other: Party {
    switch self {
    case .client: .server
    case .server: .client
    }
  }
}
