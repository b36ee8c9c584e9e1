import ChatCore

extension Archive {
  /// `filter`, with the range of event numbers that its times can lie in.
  ///
  /// No index leads from a time to its events, and none is wanted on the path
  /// of a message. But numbers are given in commit order, and every
  /// conversation's open says, by an index, what the clock showed at that
  /// number. So what was committed before an open that is a whole
  /// ``margin`` too early is left out, and what came after one that is too
  /// late by as much, where every open before, or after, is so too.
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

  /// `filter`, with what is known of the conversations that its times can
  /// mean.
  func narrowed(
    _ filter: ConversationFilter
  ) throws(TranscriptError) -> ConversationFilter {
    var events = EventFilter()
    (events.since, events.until) = (filter.since, filter.until)
    events = try narrowed(events)
    var filter = filter
    (filter.after, filter.before) = (events.after, events.before)
    if let until = filter.until { filter.firstPast = try firstConversation(past: until) }
    return filter
  }

  /// A week: more than any time zone, summer time or dead battery that somebody
  /// noticed makes of a clock, and some thousand events more to look at.
  private static let margin: Int64 = 7 * 86_400_000

  /// No event at or after `since` has a lower number; `nil` when all may be.
  private func firstEvent(at since: Timestamp) throws(TranscriptError) -> Int64? {
    let (limit, isTooEarly) = since.milliseconds.subtractingReportingOverflow(Self.margin)
    if isTooEarly { return nil }
    // The newest, by the clock, of those that all were opened before: it may
    // still be going on, so its own events count. Not the one with the highest
    // id, which may have been opened by a clock that was years behind.
    return try connection.integer(
      """
      SELECT min(id) FROM event WHERE conversation_id = (
        SELECT id FROM conversation WHERE opened_at < \(limit) AND id < coalesce(
          (SELECT min(id) FROM conversation WHERE opened_at >= \(limit)), \(Int64.max))
        ORDER BY opened_at DESC LIMIT 1)
      """)
  }

  /// No event at or before `until` has this number or a higher one; `nil` when
  /// all may be.
  private func firstEvent(past until: Timestamp) throws(TranscriptError) -> Int64? {
    guard let conversation = try firstConversation(past: until) else { return nil }
    return try connection.integer(
      "SELECT min(id) FROM event WHERE conversation_id = \(conversation)")
  }

  private func firstConversation(past until: Timestamp) throws(TranscriptError) -> Int64? {
    let (limit, isTooLate) = until.milliseconds.addingReportingOverflow(Self.margin)
    if isTooLate { return nil }
    // Again by the clock, for one that was years ahead.
    return try connection.integer(
      """
      SELECT id FROM conversation WHERE opened_at > \(limit) AND id > coalesce(
        (SELECT max(id) FROM conversation WHERE opened_at <= \(limit)), 0)
      ORDER BY opened_at LIMIT 1
      """)
  }
}
