import ChatPosix
import Transcript

/// Shows the events of a selection: what `show`, `search` and `export` share.
struct EventRun {
  let session: HistorySession
  let archive: Archive
  let options: OutputOptions
  var selection: Selection
  /// Told after each event how many there were; whether to go on.
  var observe: (Int) -> Bool = { _ in true }

  /// Shows them and returns how many were found.
  func show(_ format: any HistoryFormat) throws(HistoryError) -> Int {
    try show(format) { session.output(options) }
  }

  /// Shows them where `open` says, which is asked once there is something to
  /// show, and returns how many were found.
  func show(
    _ format: any HistoryFormat, open: () throws(HistoryError) -> OutputBuffer
  ) throws(HistoryError) -> Int {
    do {
      let summaries = SummaryCache(archive, counting: format.showsCounts)
      let next = try events(summaries)
      guard let first = try next() else { return 0 }
      var renderer = Renderer(archive, selection, summaries, format, try open())
      renderer.begin()
      var event: Event? = first
      while let shown = event {
        try renderer.show(shown)
        if renderer.output.failure != nil { break }
        event = try next()
      }
      try renderer.end()
      try session.check(renderer.output)
      return renderer.count
    } catch { throw HistoryError(error) }
  }

  /// Writes them to `output`, also when there are none: a document has a
  /// beginning and an end. Tells whether it came to the end.
  func showAll(
    _ format: any HistoryFormat, _ output: OutputBuffer, path: String?
  ) throws(HistoryError) -> Bool {
    do {
      let summaries = SummaryCache(archive, counting: format.showsCounts)
      let next = try events(summaries)
      var renderer = Renderer(archive, selection, summaries, format, output)
      renderer.begin()
      while renderer.output.failure == nil, let event = try next() {
        try renderer.show(event)
        if !observe(renderer.count) { return false }
      }
      try renderer.end()
      try session.check(renderer.output, path: path)
      return true
    } catch {
      throw HistoryError(error)
    }
  }

  /// Prints how many events there are.
  func count() throws(HistoryError) -> Int {
    do {
      let count = try total()
      var output = session.output()
      output.write("\(count)\n")
      output.flush()
      try session.check(output)
      return count
    } catch { throw HistoryError(error) }
  }

  private func total() throws(TranscriptError) -> Int {
    if selection.isCountable {
      guard let query = selection.query else { return try archive.count(selection.filter) }
      guard let filter = selection.searchFilter else { return 0 }
      let border = try archive.indexWatermark()
      return try archive.count(query, filter, through: border)
        + archive.unindexed(query, filter, past: border, newestFirst: false).count
    }
    var count = 0
    let next = try events(SummaryCache(archive, counting: false))
    while try next() != nil { count += 1 }
    return count
  }

  /// The events in the order they are shown in. The newest N of a selection
  /// are found from its end and turned round, so they are held in memory;
  /// without a limit nothing is.
  private func events(
    _ summaries: SummaryCache
  ) throws(TranscriptError) -> () throws(TranscriptError) -> Event? {
    guard let limit = selection.limit else {
      let cursor = try EventCursor(
        archive, selection, summaries, newestFirst: selection.newestFirst)
      return cursor.next
    }
    var bySequence = selection
    bySequence.order = .sequence
    let cursor = try EventCursor(archive, bySequence, summaries, newestFirst: true)
    var newest: [Event] = []
    while newest.count < limit, let event = try cursor.next() { newest.append(event) }
    if !selection.newestFirst { newest.reverse() }
    if selection.order == .conversation { newest = Self.grouped(newest, selection.newestFirst) }
    var rest = newest[...]
    return { () throws(TranscriptError) in rest.popFirst() }
  }

  private static func grouped(
    _ events: [Event], _ newestFirst: Bool
  ) -> [Event] {
    events.sorted { one, other in
      let first = (one.conversation, one.seq)
      let second = (other.conversation, other.seq)
      return newestFirst ? first > second : first < second
    }
  }
}
