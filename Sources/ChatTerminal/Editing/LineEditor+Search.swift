extension LineEditor {
  enum SearchStep {
    case done(Event?)
    /// The search is over, and the key means what it always means.
    case passOn
  }

  /// What is shown of a running search.
  public struct SearchState: Hashable, Sendable {
    public let query: String
    public let failed: Bool
  }

  public var searchState: SearchState? {
    search.map { SearchState(query: $0.query, failed: $0.failed) }
  }

  mutating func handleSearching(_ key: Key) -> SearchStep {
    guard var current = search else { return .passOn }
    switch key {
    case .text(let text): current.query += text
    // A history line with breaks in it is found by the first line of a paste.
    case .paste(let text): current.query += text.prefix { $0 != "\n" }
    case .focus: return .done(nil)
    case .backspace: if !current.query.isEmpty { current.query.removeLast() }
    case .control("r"):
      current.further(in: history)
      search = current
      showMatch()
      return .done(current.failed ? .refused : nil)
    case .control("g"), .control("c"):
      buffer = current.original
      search = nil
      return .done(nil)
    default:
      search = nil
      undo.interrupt()
      return .passOn
    }
    if current.query.utf8.count > Self.maximumByteCount { return .done(.refused) }
    current.restart(in: history)
    search = current
    showMatch()
    return .done(current.failed ? .refused : nil)
  }

  private mutating func showMatch() {
    guard let current = search else { return }
    guard let place = current.place, history.lines.indices.contains(place) else {
      buffer = current.original
      return
    }
    // What was on the line can be had back by undo.
    if buffer == current.original { undo.willEdit(buffer, .other) }
    buffer = EditBuffer(history.lines[place])
  }
}
