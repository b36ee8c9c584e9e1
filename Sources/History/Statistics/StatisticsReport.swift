import ChatCore

/// What `history stats` shows, worked out.
struct StatisticsReport {
  var conversations = 0
  /// Connections that never had the floor, and said nothing.
  var silent = 0
  var messages = 0
  var messagesOfClients = 0
  var messagesOfServers = 0
  var firstMessage: Timestamp?
  var lastMessage: Timestamp?
  /// Messages in each span of time that has some, oldest first.
  var spans: [Span] = []
  /// Whoever spoke, the one with most messages first.
  var handles: [Speaker] = []
  /// The longest conversations by the clock, longest first.
  var longest: [Length] = []
  var clientReplies = ReplyTimes()
  var serverReplies = ReplyTimes()

  struct Span: Hashable {
    var start: CalendarTime
    var messages: Int
  }

  struct Speaker: Hashable {
    var name: String?
    var party: Party
    var conversations: Int
    var messages: Int
  }

  struct Length: Hashable {
    var conversation: Int64
    var client: String?
    var seconds: Int64
    var messages: Int
  }
}

/// How long it took one side to answer the other, in milliseconds: counted in
/// steps that grow with the time, so that ten million of them fit in a few
/// kilobytes and any percentile is right to 3 %.
struct ReplyTimes {
  private(set) var count = 0
  private var counts = [Int](repeating: 0, count: 64 * Self.stepsPerDoubling)

  private static let stepsPerDoubling = 32

  mutating func add(_ milliseconds: Int64) {
    counts[Self.step(of: max(0, milliseconds))] += 1
    count += 1
  }

  /// A time that `share` of the replies did not take longer than: the upper
  /// edge of its step, so that it is never too short; `nil` without replies.
  func percentile(_ share: Double) -> Int64? {
    if count == 0 { return nil }
    var left = Int((Double(count) * share).rounded(.up))
    for (step, number) in counts.enumerated() {
      left -= number
      if left <= 0 { return Self.milliseconds(of: step) }
    }
    return nil
  }

  private static func step(of milliseconds: Int64) -> Int {
    // Up to the first 32, each millisecond is a step of its own.
    if milliseconds < Int64(stepsPerDoubling) { return Int(milliseconds) }
    let doubling = 63 - milliseconds.leadingZeroBitCount
    let shift = doubling - 5
    return (shift + 1) * stepsPerDoubling + Int(milliseconds >> Int64(shift)) - stepsPerDoubling
  }

  /// The longest time that falls in a step.
  private static func milliseconds(of step: Int) -> Int64 {
    if step < stepsPerDoubling { return Int64(step) }
    let shift = Int64(step / stepsPerDoubling - 1)
    let start = Int64(step % stepsPerDoubling + stepsPerDoubling) << shift
    return start + ((1 << shift) - 1)
  }
}
