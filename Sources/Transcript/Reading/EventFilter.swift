import ChatCore

/// Which events are meant. What is empty or `nil` lets all pass; several
/// values of one kind mean any of them.
package struct EventFilter: Hashable, Sendable {
  package var conversations: [IDRange] = []
  /// The client's handle in the event's conversation, exactly.
  package var clients: [String] = []
  package var speakers: [Speaker] = []
  package var kinds: Set<Event.Kind> = []
  package var since: Timestamp?
  package var until: Timestamp?
  /// Only events with a greater seq.
  package var after: Int64?
  /// Only events with a smaller seq.
  package var before: Int64?

  package enum Speaker: Hashable, Sendable {
    case party(Party)
    /// Whoever spoke under this handle, of either side.
    case handle(String)
  }

  package init() {}

  /// `isNarrow` says that few conversations are meant. An index leads to
  /// their events, which then have to be sorted; for many, it is better to
  /// walk all events in their order, as the `+` makes SQLite do
  /// (https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_).
  func add(to conditions: inout Conditions, isNarrow: Bool) {
    let column = isNarrow ? "e.conversation_id" : "+e.conversation_id"
    conditions.requireAny(
      conversations.map { range in
        let lower = conditions.parameter(range.lowerBound)
        if range.lowerBound == range.upperBound { return "\(column) = \(lower)" }
        return "\(column) BETWEEN \(lower) AND \(conditions.parameter(range.upperBound))"
      })
    if !clients.isEmpty {
      let handles =
        "(SELECT id FROM handle WHERE name IN \(conditions.list(clients.map { .text($0) })))"
      // Else its conversation is looked up for each event: a list of them would
      // be made again by every statement.
      conditions.require(
        isNarrow
          ? "e.conversation_id IN (SELECT id FROM conversation WHERE handle_id IN \(handles))"
          : "\(Self.ofConversation("k.handle_id")) IN \(handles)")
    }
    conditions.requireAny(speakers.map { Self.clause(for: $0, &conditions) })
    if !kinds.isEmpty {
      conditions.require("e.kind IN \(conditions.list(kinds.map { .text($0.rawValue) }))")
    }
    if let since { conditions.require("e.at >= \(conditions.parameter(since.milliseconds))") }
    if let until { conditions.require("e.at <= \(conditions.parameter(until.milliseconds))") }
    if let after { conditions.require("e.id > \(conditions.parameter(after))") }
    if let before { conditions.require("e.id < \(conditions.parameter(before))") }
  }

  private static func clause(for speaker: Speaker, _ conditions: inout Conditions) -> String {
    switch speaker {
    case .party(.client): return "e.party = 0"
    case .party(.server): return "e.party = 1"
    case .handle(let name):
      let parameter = conditions.parameter(.text(name))
      return """
        CASE e.party
        WHEN 0 THEN \(ofConversation("k.handle_id")) = (SELECT id FROM handle WHERE name = \(parameter))
        WHEN 1 THEN \(ofConversation("(SELECT handle FROM server_run WHERE id = k.run_id)")) = \(parameter)
        END
        """
    }
  }

  /// Something of the row of the event's conversation, `k`.
  private static func ofConversation(_ expression: String) -> String {
    "(SELECT \(expression) FROM conversation AS k WHERE k.id = e.conversation_id)"
  }
}
