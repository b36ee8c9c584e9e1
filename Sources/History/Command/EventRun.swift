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

  /// Shows them and tells how many were found.
  func show(_ format: any HistoryFormat) throws(HistoryError) -> Int {
    try show(format) { session.output(options) }
  }

  /// Shows them where `open` says, which is asked once there is something to
  /// show, and tells how many were found.
  func show(
    _ format: any HistoryFormat, open: () throws(HistoryError) -> OutputBuffer
  ) throws(HistoryError) -> Int {
    do {
      let summaries = SummaryCache(archive, counting: format.tellsCounts)
      let next = try events(summaries)
      guard let first = try next() else { return 0 }
      var presenter = Presenter(archive, selection, summaries, format, try open())
      presenter.begin()
      var event: TranscriptEvent? = first
      while let shown = event {
        try presenter.show(shown)
        if presenter.output.failure != nil { break }
        event = try next()
      }
      try presenter.end()
      try session.check(presenter.output)
      return presenter.count
    } catch { throw HistoryError(error) }
  }

  /// Writes them to `output`, also when there are none: a document has a
  /// beginning and an end. Tells whether it came to the end.
  func showAll(
    _ format: any HistoryFormat, _ output: OutputBuffer, path: String?
  ) throws(HistoryError) -> Bool {
    do {
      let summaries = SummaryCache(archive, counting: format.tellsCounts)
      let next = try events(summaries)
      var presenter = Presenter(archive, selection, summaries, format, output)
      presenter.begin()
      while presenter.output.failure == nil, let event = try next() {
        try presenter.show(event)
        if !observe(presenter.count) { return false }
      }
      try presenter.end()
      try session.check(presenter.output, path: path)
      return true
    } catch {
      throw HistoryError(error)
    }
  }

  /// Prints how many events there are.
  func count() throws(HistoryError) -> Int {
    do {
      var count = 0
      let next = try events(SummaryCache(archive, counting: false))
      while try next() != nil { count += 1 }
      var output = session.output()
      output.write("\(count)\n")
      output.flush()
      try session.check(output)
      return count
    } catch { throw HistoryError(error) }
  }

  /// The events in the order they are shown in. The newest N of a selection
  /// are found from its end and turned round, so they are held in memory;
  /// without a limit nothing is.
  private func events(
    _ summaries: SummaryCache
  ) throws(TranscriptError) -> () throws(TranscriptError) -> TranscriptEvent? {
    guard let limit = selection.limit else {
      let walk = try EventWalk(
        archive, selection, summaries, newestFirst: selection.newestFirst)
      return walk.nextEvent
    }
    var bySequence = selection
    bySequence.order = .sequence
    let walk = try EventWalk(archive, bySequence, summaries, newestFirst: true)
    var newest: [TranscriptEvent] = []
    while newest.count < limit, let event = try walk.nextEvent() { newest.append(event) }
    if !selection.newestFirst { newest.reverse() }
    if selection.order == .conversation { newest = Self.grouped(newest, selection.newestFirst) }
    var rest = newest[...]
    return { () throws(TranscriptError) in rest.popFirst() }
  }

  private static func grouped(
    _ events: [TranscriptEvent], _ newestFirst: Bool
  ) -> [TranscriptEvent] {
    events.sorted { one, other in
      let first = (one.conversation, one.seq)
      let second = (other.conversation, other.seq)
      return newestFirst ? first > second : first < second
    }
  }
}
