import ChatCore

/// How a speaker is called before the `>`.
enum SpeakerName {
  /// The handle, safe for a terminal. A client whose handle is the server's,
  /// or would be taken for it, is marked as on the live screen:
  /// `SERVER(client)`.
  static func shown(_ handle: String?, _ party: Party, server: String) -> String {
    guard let handle else { return party.rawValue }
    switch party {
    case .client: return DisplayName.of(handle, besides: server)
    case .server: return TextSanitizer.escapedOnOneLine(handle)
    }
  }
}
