import ChatCore

/// How a speaker is called before the `>`.
enum SpeakerName {
  /// The handle, safe for a terminal. A client whose handle is the server's,
  /// or would be taken for it, is marked: `SERVER(client)`.
  static func shown(_ handle: String?, _ party: Party, server: String) -> String {
    guard let handle else { return party.rawValue }
    let safe = TextSanitizer.escapedOnOneLine(handle)
    let isDoubtful = party == .client && Lookalike.isAlike(handle, server)
    return isDoubtful ? "\(safe)(client)" : safe
  }
}
