import ChatCore

extension Archive {
  /// `filter`, with the range of event numbers that its times can lie in.
  ///
  /// No index leads from a time to its events, and none is wanted on the path
  /// of a message. But numbers are given in commit order, and every
  /// conversation's open tells, by an index, what the clock showed at that
  /// number. So what was committed before an open that is a whole
  /// ``margin`` too early is left out, and what came after the first of the
  /// opens that are all too late by as much.
  ///
  /// The range only saves work: inside it every event's own time decides. A
  /// clock that steps does not lose events while it is wrong by less than the
  /// margin; nor when it is wrong by more, as one that begins in 1970 is, if a
  /// conversation was opened by it, since its open then widens the range. Only
  /// messages that were said in the midst of a conversation while the clock
  /// was wrong by more, and right again before the next open, are missed by a
  /// search for the wrong time that they carry.
  func narrowed(_ filter: EventFilter) throws(TranscriptError) -> EventFilter {
    var filter = filter
    if let since = filter.since, let first = try firstEvent(at: since) {
      filter.after = max(filter.after ?? .min, first - 1)
    }
    if let until = filter.until, let limit = try firstEvent(past: until) {
      filter.before = min(filter.before ?? .max, limit)
    }
    return filter
  }

  /// A week: more than any time zone, summer time or dead battery that somebody
  /// noticed makes of a clock, and some thousand events more to look at.
  private static let margin: Int64 = 7 * 86_400_000

  /// No event at or after `since` has a lower number; `nil` when all may be.
  private func firstEvent(at since: Timestamp) throws(TranscriptError) -> Int64? {
    let (limit, isTooEarly) = since.milliseconds.subtractingReportingOverflow(Self.margin)
    if isTooEarly { return nil }
    // The last conversation of those that were all opened before: it may still
    // be going on, so its own events count.
    return try connection.integer(
      """
      SELECT min(id) FROM event WHERE conversation_id = (
        SELECT max(id) FROM conversation WHERE id < coalesce(
          (SELECT min(id) FROM conversation WHERE opened_at >= \(limit)), \(Int64.max)))
      """)
  }

  /// No event at or before `until` has this number or a higher one; `nil` when
  /// all may be.
  private func firstEvent(past until: Timestamp) throws(TranscriptError) -> Int64? {
    let (limit, isTooLate) = until.milliseconds.addingReportingOverflow(Self.margin)
    if isTooLate { return nil }
    return try connection.integer(
      """
      SELECT min(id) FROM event WHERE conversation_id = (
        SELECT min(id) FROM conversation WHERE id > coalesce(
          (SELECT max(id) FROM conversation WHERE opened_at <= \(limit)), 0))
      """)
  }
}
