import ChatCore

/// Which conversations are meant. What is empty or `nil` lets all pass;
/// several values of one kind mean any of them.
package struct ConversationFilter: Hashable, Sendable {
  package var ids: [IDRange] = []
  /// The client's handle, exactly.
  package var clients: [String] = []
  package var states: Set<Ending.State> = []
  /// Conversations in which one of these may have spoken.
  package var speakers: [EventFilter.Speaker] = []
  /// What is meant of those that have no floor and no messages.
  package var silence: Silence = .meant

  package enum Silence: Hashable, Sendable {
    case meant
    case leftOut
    case meantAlone
  }

  /// Conversations with an event that is neither before ``since`` nor after
  /// ``until``: those of which ``EventFilter`` means an event with the same two.
  package var since: Timestamp?
  package var until: Timestamp?
  /// Conversations without an event at or after this.
  package var endedBefore: Timestamp?

  /// Every event between ``since`` and ``until`` comes after the first and before
  /// the second, where they are known; see
  /// ``Archive/narrowed(_:)-(ConversationFilter)``.
  var after: Int64?
  var before: Int64?
  /// Conversations with this id or a higher one were opened past that: ids are given
  /// with the open.
  var firstPast: Int64?

  package init() {}

  /// The part that the database can decide. Whether a conversation without a
  /// close is open or lost is known by a lock, not by a row.
  func add(to conditions: inout Conditions) {
    conditions.requireAny(
      ids.map { range in
        let lower = conditions.parameter(range.lowerBound)
        return "c.id BETWEEN \(lower) AND \(conditions.parameter(range.upperBound))"
      })
    if clients.count == 1, let client = clients.first {
      conditions.require(
        "c.handle_id = (SELECT id FROM handle WHERE name = \(conditions.parameter(.text(client))))")
    } else if !clients.isEmpty {
      let names = conditions.list(clients.map { .text($0) })
      conditions.require("c.handle_id IN (SELECT id FROM handle WHERE name IN \(names))")
    }
    // The `+` keeps the order of the ids, which an index of either would lose
    // (https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_).
    if let names = names(of: speakers, &conditions) {
      conditions.require(
        """
        (+c.handle_id IN (SELECT id FROM handle WHERE name IN \(names))
          OR +c.run_id IN (SELECT id FROM server_run WHERE handle IN \(names)))
        """)
    }
    if since != nil || until != nil {
      let times =
        "BETWEEN \(conditions.parameter(since?.milliseconds ?? .min))"
        + " AND \(conditions.parameter(until?.milliseconds ?? .max))"
      let after = conditions.parameter(after ?? .min)
      let before = conditions.parameter(before ?? .max)
      if let firstPast { conditions.require("c.id < \(conditions.parameter(firstPast))") }
      // The index alone dismisses most, without a look at their rows; of the rest
      // most have it in their last event.
      conditions.require(
        """
        CASE WHEN (SELECT max(id) FROM event WHERE conversation_id = c.id) > \(after)
          AND (SELECT min(id) FROM event WHERE conversation_id = c.id) < \(before)
        THEN (SELECT at FROM event WHERE conversation_id = c.id ORDER BY id DESC LIMIT 1) \(times)
          OR EXISTS (SELECT 1 FROM event WHERE conversation_id = c.id
            AND id > \(after) AND id < \(before) AND at \(times))
        END
        """)
    }
    if let endedBefore {
      conditions.require(
        """
        NOT EXISTS (SELECT 1 FROM event WHERE conversation_id = c.id
          AND at >= \(conditions.parameter(endedBefore.milliseconds)))
        """)
    }
    let isSilent = """
      c.floor_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM event AS m WHERE m.conversation_id = c.id AND m.kind = 'message')
      """
    switch silence {
    case .meant: break
    case .leftOut: conditions.require("NOT (\(isSilent))")
    case .meantAlone: conditions.require(isSilent)
    }
    if states.count == 1, states.contains(.closed) { conditions.require("e.id IS NOT NULL") }
    if !states.isEmpty, !states.contains(.closed) { conditions.require("e.id IS NULL") }
  }

  /// As parameters; `nil` where a side is meant too, which speaks in all of them.
  private func names(
    of speakers: [EventFilter.Speaker], _ conditions: inout Conditions
  ) -> String? {
    let names = speakers.compactMap { speaker -> SQLValue? in
      if case .handle(let name) = speaker { .text(name) } else { nil }
    }
    return names.isEmpty || names.count < speakers.count ? nil : conditions.list(names)
  }

  func allows(_ ending: Ending) -> Bool { states.isEmpty || states.contains(ending.state) }
}
