import ChatCore
import ChatPosix

/// Connections of one source that were closed before they had a process.
struct RefusedConnections: Hashable {
  /// ``PeerSource/description``; ``RefusalTally/others`` where there were more
  /// sources than are kept apart.
  var source: String
  /// When the minute began.
  var since: Timestamp
  var count: Int
}

/// Counts them for the transcript: a source and a minute have one row there,
/// however many came.
struct RefusalTally {
  static let minute = Duration.seconds(60)
  /// Sources that are named in one minute: the rest has a row together.
  static let sourceLimit = 64
  static let others = "others"

  private var since: Timestamp?
  private var endsAt: Instant?
  private var counts: [PeerSource: Int] = [:]
  private var rest = 0

  /// When there is something to take; `nil` when nothing was counted.
  var deadline: Instant? { endsAt }

  /// - Parameters:
  ///   - source: what was refused.
  ///   - time: the present time of day.
  ///   - now: the same moment.
  mutating func count(_ source: PeerSource, at time: Timestamp, now: Instant) {
    if since == nil {
      since = time
      endsAt = now.advanced(by: Self.minute)
    }
    if counts[source] != nil || counts.count < Self.sourceLimit {
      counts[source, default: 0] += 1
    } else {
      rest += 1
    }
  }

  /// What was counted, once the minute is over.
  mutating func take(at now: Instant) -> [RefusedConnections] {
    guard let endsAt, now >= endsAt else { return [] }
    return takeAll()
  }

  /// What was counted, before the server stops.
  mutating func takeAll() -> [RefusedConnections] {
    guard let since else { return [] }
    var rows = counts.map { RefusedConnections(source: "\($0.key)", since: since, count: $0.value) }
    rows.sort { $0.source < $1.source }
    if rest > 0 { rows.append(RefusedConnections(source: Self.others, since: since, count: rest)) }
    self = RefusalTally()
    return rows
  }
}
