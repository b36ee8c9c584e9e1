import ChatCore

/// Which conversations are meant. What is empty or `nil` lets all pass;
/// several values of one kind mean any of them.
package struct ConversationFilter: Hashable, Sendable {
  package var ids: [IDRange] = []
  /// The client's handle, exactly.
  package var clients: [String] = []
  package var states: Set<Ending.State> = []
  /// Conversations with an event at or after this.
  package var since: Timestamp?
  /// Conversations that were opened at or before this.
  package var until: Timestamp?

  /// The event that every one at or after ``since`` comes after, where that is
  /// known; see ``Archive/narrowed(_:)-(ConversationFilter)``.
  var firstEvent: Int64?

  package init() {}

  /// The part that the database can decide. Whether a conversation without a
  /// close is open or lost is known by a lock, not by a row.
  func add(to conditions: inout Conditions) {
    conditions.requireAny(
      ids.map { range in
        let lower = conditions.parameter(range.lowerBound)
        return "c.id BETWEEN \(lower) AND \(conditions.parameter(range.upperBound))"
      })
    if !clients.isEmpty {
      let names = conditions.list(clients.map { .text($0) })
      conditions.require("c.handle_id IN (SELECT id FROM handle WHERE name IN \(names))")
    }
    if let until {
      conditions.require("c.opened_at <= \(conditions.parameter(until.milliseconds))")
    }
    if let since {
      let limit = conditions.parameter(since.milliseconds)
      let first = conditions.parameter(firstEvent ?? .min)
      // The index alone dismisses most, without a look at their rows.
      conditions.require(
        """
        CASE WHEN (SELECT max(id) FROM event WHERE conversation_id = c.id) >= \(first) THEN
        (SELECT at FROM event WHERE conversation_id = c.id ORDER BY id DESC LIMIT 1) >= \(limit)
        END
        """)
    }
    if states.count == 1, states.contains(.closed) { conditions.require("e.id IS NOT NULL") }
    if !states.isEmpty, !states.contains(.closed) { conditions.require("e.id IS NULL") }
  }

  func allows(_ ending: Ending) -> Bool { states.isEmpty || states.contains(ending.state) }
}
