import ChatCore

/// What is said of a link that is lost and comes back: each time at first, and once with a
/// count where that does not end, until it has been the same for some time. A client that
/// comes back in a loop fills no screen.
///
/// It goes from one process of a conversation to the next; their clock is the same.
package struct LinkNews: Hashable, Sendable {
  /// Losses in ``within`` that are said as they come.
  static let saidEach = 3
  static let within = Duration.seconds(60)
  /// After so long without another it holds, or is down.
  static let settlesAfter = Duration.seconds(30)

  package enum News: Hashable {
    /// As it is.
    case each
    /// That it is lost again and again, so often by now.
    case often(Int)
    /// Nothing: that was said.
    case none
  }

  /// When it was lost lately, while each loss is said; one more than are said at most.
  private(set) var recent: [Instant] = []
  /// How often since ``since``, once it is said no more.
  private(set) var count = 0
  private(set) var since: Instant?
  private(set) var changedAt: Instant?
  private(set) var isDown = false

  package init() {}

  /// Whether it is not said any more.
  private var isQuiet: Bool { since != nil }

  /// The link is lost.
  package mutating func lose(at now: Instant) -> News {
    isDown = true
    changedAt = now
    return add(at: now)
  }

  /// It is back. A client may come with another before the loss of the first is seen.
  package mutating func comeBack(at now: Instant) -> News {
    let news = isDown ? isQuiet ? .none : .each : add(at: now)
    isDown = false
    changedAt = now
    return news
  }

  private mutating func add(at now: Instant) -> News {
    if isQuiet {
      count += 1
      return .none
    }
    recent = recent.filter { now.duration(since: $0) < Self.within } + [now]
    guard recent.count > Self.saidEach else { return .each }
    (count, since) = (recent.count, recent.first)
    recent = []
    return .often(count)
  }

  /// When ``settle(at:)`` is wanted.
  package var deadline: Instant? { isQuiet ? changedAt?.advanced(by: Self.settlesAfter) : nil }

  /// Whether it has settled by now, how often it was lost before, and in what time.
  package mutating func settle(at now: Instant) -> (count: Int, time: Duration, isDown: Bool)? {
    guard let since, let changedAt, let deadline, now >= deadline else { return nil }
    let settled = (count, changedAt.duration(since: since), isDown)
    let isDown = isDown
    self = LinkNews()
    self.isDown = isDown
    return settled
  }
}

// MARK: - Bytes

extension LinkNews {
  /// As text of numbers, for ``DeskMemory``.
  var text: String {
    func number(_ instant: Instant?) -> String { instant.map { "\($0.milliseconds)" } ?? "-" }
    let numbers = ["\(isDown ? 1 : 0)", "\(count)", number(since), number(changedAt)]
    return (numbers + recent.map { number($0) }).joined(separator: " ")
  }

  /// What ``text`` gave; nothing for anything else.
  init(text: String) {
    let words = text.split(separator: " ")
    // No clock is as old as this, and from there none can be counted on.
    let times = words.dropFirst(2).map { word -> Instant? in
      guard let time = Int64(word), (0...Int64.max / 4).contains(time) else { return nil }
      return Instant(milliseconds: time)
    }
    guard words.count >= 4, words.count <= 4 + Self.saidEach, let count = Int(words[1]),
      (0...Int.max / 4).contains(count)
    else { return }
    isDown = words[0] == "1"
    self.count = count
    changedAt = times[1]
    since = changedAt == nil ? nil : times[0]
    recent = times.dropFirst(2).compactMap { $0 }
  }
}
