import ChatCore

extension StatisticsReport {
  /// A century of hours: one damaged time must not draw for ever.
  private static let mostSpans = 1_000_000

  /// The newest `count` of `spans`, with those in between in which nothing was
  /// said.
  static func filled(
    _ spans: [Span], unit: StatisticsBuilder.Unit, atMost count: Int
  ) -> [Span] {
    guard let last = spans.last, let first = spans.first else { return [] }
    let step: Int64 = unit == .day ? CalendarTime.millisecondsPerDay : 3_600_000
    let known = Dictionary(uniqueKeysWithValues: spans.map { ($0.start.milliseconds, $0.messages) })
    let end = last.start.milliseconds
    let most = Int64(min(max(1, count), mostSpans))
    let start = max(first.start.milliseconds, end - (most - 1) * step)
    return stride(from: start, through: end, by: Int64.Stride(step)).map { time in
      Span(start: CalendarTime(milliseconds: time), messages: known[time] ?? 0)
    }
  }
}

extension StatisticsBuilder.Unit {
  /// `2026-03-01`, `2026-03-01 14:00`
  func label(of time: CalendarTime) -> String {
    let date = Stamp.date(time.day)
    return self == .day ? date : "\(date) \(Stamp.padded(time.hour, 2)):00"
  }
}
