import ChatPosix
import Transcript

/// Shows the events of a selection: what `show`, `search` and `export` share.
struct EventRun {
  let session: HistorySession
  let options: OutputOptions
  let selection: Selection
  /// Each transcript, with the conversations that are meant in it.
  let readings: [Reading]
  typealias Reading = (archive: Archive, selection: Selection)

  /// Is given after each event how many there were; whether to go on.
  var observe: (Int) -> Bool = { _ in true }

  /// - Throws: ``HistoryError``, for an id that is none, or of nothing.
  init(
    _ session: HistorySession, _ library: Library, _ options: OutputOptions,
    _ selection: Selection, ids: [String] = []
  ) throws(HistoryError) {
    if library.isSeveral, selection.filter.after != nil {
      throw .notOfSeveral(option: "--after-event")
    }
    self.session = session
    self.options = options
    self.selection = selection
    readings = zip(library.archives, try library.resolve(ids)).compactMap { archive, ids in
      guard let ids else { return nil }
      var own = selection
      own.filter.conversations = ids
      return (archive, own)
    }
  }

  /// Shows them and returns how many were found.
  func show(_ format: any HistoryFormat) throws(HistoryError) -> Int {
    do {
      let found = events(counting: format.showsCounts)
      guard let first = try found.next() else { return 0 }
      var rendering = MergedRendering(
        found, from: first.part, format, session.output(options))
      var next: (part: Int, event: Event)? = first
      while let shown = next {
        try rendering.show(shown.event, of: shown.part)
        if rendering.renderer.output.failure != nil { break }
        next = try found.next()
      }
      try rendering.end()
      try session.check(rendering.renderer.output)
      return rendering.renderer.count
    } catch { throw HistoryError(error) }
  }

  /// Writes them to `output`, also when there are none: a document has a
  /// beginning and an end. Returns whether it came to the end.
  func showAll(
    _ format: any HistoryFormat, _ output: OutputBuffer, path: String?
  ) throws(HistoryError) -> Bool {
    do {
      let found = events(counting: format.showsCounts)
      var rendering = MergedRendering(found, from: 0, format, output)
      while rendering.renderer.output.failure == nil, let (part, event) = try found.next() {
        try rendering.show(event, of: part)
        if !observe(rendering.renderer.count) { return false }
      }
      try rendering.end()
      try session.check(rendering.renderer.output, path: path)
      return true
    } catch {
      throw HistoryError(error)
    }
  }

  /// How many events there are, where the database alone can say it.
  func quickTotal() throws(TranscriptError) -> Int? {
    if let limit = selection.limit { return limit }
    // Where every text would have to be read to count, nobody knows.
    guard selection.isCountable else { return nil }
    return try total()
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
    if selection.isOneQuery {
      var count = 0
      for (archive, selection) in readings { count += try total(archive, selection) }
      return count
    }
    var count = 0
    let found = events(counting: false)
    while try found.next() != nil { count += 1 }
    return count
  }

  private func total(_ archive: Archive, _ selection: Selection) throws(TranscriptError) -> Int {
    if !selection.isSearch { return try archive.count(selection.filter) }
    // Of messages alone.
    guard let filter = selection.searchFilter else { return 0 }
    guard let query = selection.query else {
      return try archive.count(filter, means: selection.means)
    }
    let border = try archive.indexWatermark()
    return try archive.count(query, filter, through: border)
      + archive.unindexed(query, filter, past: border, newestFirst: false).count
  }

  private func events(counting: Bool) -> FoundEvents {
    let hasLimit = selection.limit != nil
    let parts = readings.map { MergedEvents.Part($0.archive, $0.selection, counting: counting) }
    let merged = MergedEvents(
      parts, newestFirst: hasLimit || selection.newestFirst,
      order: hasLimit ? .sequence : selection.order
    ) { session.fail(.transcript($0)) }
    return FoundEvents(merged, selection)
  }
}
