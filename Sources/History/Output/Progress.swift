import ChatCore

/// One row on the terminal's standard error that says how far a long work has
/// come; nothing elsewhere.
final class Progress {
  private let session: HistorySession
  private let work: String
  private let noun: String
  private let findTotal: () -> Int?
  private let startedAt: Timestamp
  private var lastShown: Timestamp
  private var total: Int?
  private var isShown = false

  /// What is done within a second needs no report; after that, four times a
  /// second is as fast as one reads.
  private static let interval: Int64 = 250
  private static let patience: Int64 = 1000

  /// - Parameters:
  ///   - session: whose standard error and clock it takes.
  ///   - work: as in "verifying".
  ///   - noun: what is counted, as in "event".
  ///   - total: how many there are, asked once and only when a row is shown:
  ///     to count them is work too.
  init(
    _ session: HistorySession, _ work: String, _ noun: String,
    total: @escaping () -> Int? = { nil }
  ) {
    self.session = session
    self.work = work
    self.noun = noun
    findTotal = total
    startedAt = session.environment.now()
    lastShown = Timestamp(milliseconds: startedAt.milliseconds + Self.patience - Self.interval)
  }

  /// Looks at the clock only every `step` counts, since it may be asked for
  /// every event.
  func show(_ done: Int, every step: Int = 1000) {
    guard session.environment.showsProgress, !session.common.quiet, done.isMultiple(of: step)
    else { return }
    let now = session.environment.now()
    guard now.milliseconds - lastShown.milliseconds >= Self.interval else { return }
    lastShown = now
    if !isShown { total = findTotal() }
    isShown = true
    let row = ProgressRow(
      work: work, noun: noun, done: done, total: total,
      elapsed: .milliseconds(now.milliseconds - startedAt.milliseconds))
    // Carriage return, text, erase to the end of the line (EL, ECMA-48).
    try? session.environment.errors.write(Array("\r\(row.text)\u{1b}[K".utf8))
  }

  func clear() {
    guard isShown else { return }
    isShown = false
    try? session.environment.errors.write(Array("\r\u{1b}[K".utf8))
  }
}
