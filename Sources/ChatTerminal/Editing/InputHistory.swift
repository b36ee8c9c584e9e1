/// Lines that were entered, oldest first, and the place of somebody leafing
/// through them.
public struct InputHistory: Sendable {
  /// More than anybody leafs back through in one sitting.
  public static let maximumCount = 500

  public private(set) var lines: [String] = []
  /// The line that is shown; `nil` when it is the draft.
  private var place: Int?
  private var draft = ""

  public init() {}

  /// Keeps a line and returns to the draft. Neither an empty line nor the
  /// same one twice running is worth a place.
  public mutating func append(_ line: String) {
    place = nil
    draft = ""
    guard !line.isEmpty, lines.last != line else { return }
    if lines.count == Self.maximumCount { lines.removeFirst() }
    lines.append(line)
  }

  /// Puts lines of earlier runs before those of this one.
  mutating func recall(_ earlier: [String]) {
    place = nil
    lines = Array((earlier + lines).suffix(Self.maximumCount))
  }

  /// The line before the shown one; `current` is kept when it is the draft.
  mutating func older(than current: String) -> String? {
    let next = (place ?? lines.count) - 1
    guard lines.indices.contains(next) else { return nil }
    if place == nil { draft = current }
    place = next
    return lines[next]
  }

  /// The line after the shown one, in the end the draft.
  mutating func newer() -> String? {
    guard let shown = place else { return nil }
    guard lines.indices.contains(shown + 1) else {
      place = nil
      return draft
    }
    place = shown + 1
    return lines[shown + 1]
  }

  mutating func returnToDraft() {
    place = nil
  }

  /// The newest line before the one at `before` that contains `query`.
  func match(_ query: String, before: Int) -> Int? {
    guard !query.isEmpty else { return nil }
    return lines[..<min(before, lines.count)].lastIndex { $0.contains(query) }
  }
}

/// A search backwards through the history, as Ctrl-R starts it.
struct HistorySearch: Sendable {
  var query = ""
  /// The history line that matches; `nil` while none was looked for or found.
  var place: Int?
  /// True when the query matches no (further) line; the last match stays.
  var failed = false
  /// What was on the line before, for whoever gives up.
  let original: EditBuffer

  /// Looks again after `query` changed, from the newest line.
  mutating func restart(in history: InputHistory) {
    place = history.match(query, before: history.lines.count)
    failed = place == nil && !query.isEmpty
  }

  /// Goes on to an older match.
  mutating func further(in history: InputHistory) {
    guard !query.isEmpty else { return }
    if let older = history.match(query, before: place ?? history.lines.count) {
      place = older
      failed = false
    } else {
      failed = true
    }
  }
}
