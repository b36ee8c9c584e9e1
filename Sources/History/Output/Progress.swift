import ChatCore

/// One row on the terminal's standard error that says how far a long work has
/// come; nothing elsewhere.
final class Progress {
  private let session: HistorySession
  private var lastShown: Timestamp
  private var isShown = false

  /// What is done within a second needs no report; after that, four times a
  /// second is as fast as one reads.
  private static let interval: Int64 = 250
  private static let patience: Int64 = 1000

  init(_ session: HistorySession) {
    self.session = session
    let now = session.environment.now().milliseconds
    lastShown = Timestamp(milliseconds: now + Self.patience - Self.interval)
  }

  /// Looks at the clock only every so many counts, since it may be asked for
  /// every event.
  func show(_ text: @autoclosure () -> String, count: Int) {
    guard session.environment.showsProgress, !session.common.quiet, count.isMultiple(of: 1000)
    else { return }
    let now = session.environment.now()
    guard now.milliseconds - lastShown.milliseconds >= Self.interval else { return }
    lastShown = now
    isShown = true
    // Carriage return, text, erase to the end of the line (EL, ECMA-48).
    try? session.environment.errors.write(Array("\r\(text())\u{1b}[K".utf8))
  }

  func clear() {
    guard isShown else { return }
    isShown = false
    try? session.environment.errors.write(Array("\r\u{1b}[K".utf8))
  }
}
