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
