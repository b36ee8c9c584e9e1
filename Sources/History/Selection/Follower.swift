import Transcript

/// Finds new events by their number: none is skipped and none comes twice,
/// since numbers are given in commit order and never again. Between two looks
/// nothing of the database is held.
final class Follower {
  private(set) var summaries: SummaryCache
  private(set) var archive: Archive
  private var selection: Selection
  /// Every event up to this one has been seen.
  private var position: Int64 = 0
  private var version: Int64 = -1

  init(_ archive: Archive, _ selection: Selection, counting: Bool) {
    self.archive = archive
    self.selection = selection
    summaries = SummaryCache(archive, counting: counting)
  }

  /// The newest events that are there already, oldest first.
  func start() throws(TranscriptError) -> [Event] {
    version = try archive.dataVersion()
    position = try archive.newestEvent()
    var past = selection
    past.filter.before = Self.past(position)
    let cursor = try EventCursor(archive, past, summaries, newestFirst: true)
    var events: [Event] = []
    while events.count < selection.limit ?? 0, let event = try cursor.next() {
      events.append(event)
    }
    return events.reversed()
  }

  /// The bound that lets everything up to `seq` pass.
  private static func past(_ seq: Int64) -> Int64? { seq == .max ? nil : seq + 1 }

  /// Goes on with the file that has taken the place of the one that was
  /// followed, all of which is new, when there is one. What the old one had
  /// left must have been asked for.
  ///
  /// - Returns: whether it does.
  func changeOver() -> Bool {
    guard let successor = archive.successor() else { return false }
    archive = successor
    summaries = SummaryCache(successor, counting: summaries.isCounting)
    position = 0
    version = -1
    // A cursor into the old file means nothing in the new one.
    selection.filter.after = nil
    return true
  }

  /// Hands on what has come since the last look. That somebody holds a lock
  /// for long only means a later look.
  func next(_ body: (Event) throws -> Void) throws {
    do {
      let version = try archive.dataVersion()
      if version == self.version { return }
      let newest = try archive.newestEvent()
      if newest > position {
        // Who is alive, and a conversation's state, may have changed.
        summaries.forget()
        var fresh = selection
        fresh.filter.after = max(position, selection.filter.after ?? 0)
        fresh.filter.before = Self.past(newest)
        let cursor = try EventCursor(archive, fresh, summaries, newestFirst: false)
        while let event = try cursor.next() {
          position = event.seq
          try body(event)
        }
        position = newest
      }
      self.version = version
    } catch let error as TranscriptError where error.kind == .locked {
      return
    }
  }
}
