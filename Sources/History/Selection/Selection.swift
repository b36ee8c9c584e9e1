import Transcript

/// What a command shows: every option of the command line that chooses
/// events, resolved.
struct Selection {
  var filter = EventFilter()
  var states: Set<Ending.State> = []
  /// What `-g` asks of a message.
  var matcher: TextMatcher?
  /// What `search` asks of a message.
  var query: SearchQuery?
  /// What `search` looks for as it is written, past the index.
  var literal: TextMatcher?
  /// How many events to show before and after each match.
  var contextBefore = 0
  var contextAfter = 0
  /// The newest so many, counted after all filters.
  var limit: Int?
  var newestFirst = false
  /// Whether a list leaves out who never had the floor and said nothing.
  var skipsSilent = false
  var order: Order = .sequence

  enum Order {
    /// As they happened.
    case sequence
    /// One conversation after the other.
    case conversation
  }

  /// Whether events are shown because they were found, not because their
  /// conversation is shown.
  var isSearch: Bool { matcher != nil || literal != nil || query != nil }

  var hasContext: Bool { contextBefore > 0 || contextAfter > 0 }

  /// Whether every event of the transcript is meant.
  var isEverything: Bool { filter == EventFilter() && states.isEmpty && !isSearch }

  /// Whether every event of a conversation that is shown is shown.
  var isWhole: Bool {
    !isSearch && filter.kinds.isEmpty && filter.speakers.isEmpty
  }

  /// Of messages alone, which are what a search finds; `nil` where the kinds leave
  /// them out.
  var searchFilter: EventFilter? {
    var filter = filter
    if !filter.kinds.isEmpty, !filter.kinds.contains(.message) { return nil }
    filter.kinds = [.message]
    return filter
  }

  /// Whether a text is one that is looked for; `nil` where any is.
  var means: ((UnsafeRawBufferPointer) -> Bool)? {
    let matchers = [matcher, literal].compactMap { $0 }
    guard let first = matchers.first else { return nil }
    if matchers.count == 1 { return { bytes in first.matches(bytes) } }
    return { bytes in matchers.allSatisfy { $0.matches(bytes) } }
  }

  /// Whether the database alone can say how many are meant.
  var isCountable: Bool { matcher == nil && literal == nil && isOneQuery }

  /// Whether one query finds as many as are meant, though each text may have to be
  /// looked at for it.
  var isOneQuery: Bool {
    (query == nil || matcher == nil && literal == nil) && states.isEmpty && limit == nil
  }

  /// The conversations meant, as the list takes them.
  var conversations: ConversationFilter {
    var conversations = ConversationFilter()
    conversations.ids = filter.conversations
    conversations.clients = filter.clients
    conversations.states = states
    conversations.speakers = filter.speakers
    conversations.since = filter.since
    conversations.until = filter.until
    return conversations
  }

  /// Whether a conversation is meant only for some of its events.
  var asksForEvents: Bool { !isWhole || filter.after != nil }
}
