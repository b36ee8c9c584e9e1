import ChatCore
import ChatPosix
import ChatTerminal

/// The terminal while there is no connection yet: what is typed is kept for the editor
/// and not echoed, Ctrl-C ends the program, and after a while the person reads what is
/// waited for.
final class ConnectingTerminal {
  /// As long as nobody wonders.
  private static let noticeAfter = Duration.seconds(1)
  /// What the notice may take to a terminal that was stopped.
  private static let noticeWithin = Duration.seconds(1)

  private var raw: RawTerminal?
  private var poller = Poller()
  /// `nil` once it is said, or where nobody sits there to read it.
  private var notice: (sentence: String, at: Int64)?

  /// `notice` is the sentence about the wait.
  init(_ options: DeskOptions, notice: String) {
    if options.drawsEditor, FileDescriptor.standardInput.isInForeground {
      // A terminal that is gone is found out by whoever reads it.
      raw = try? RawTerminal(input: .standardInput, output: .standardOutput, for: .silence)
    }
    if FileDescriptor.standardError.isTerminal {
      self.notice = (
        notice, Clock.monotonicMilliseconds() + Self.noticeAfter.wholeMilliseconds
      )
    }
  }

  /// As `Poller` does; may return early, with nothing.
  func poll(
    _ interest: Interest, timeoutMilliseconds left: Int64
  ) throws(SystemCallError) -> [Readiness] {
    guard let (sentence, at) = notice else {
      return try poller.poll([interest], timeoutMilliseconds: left)
    }
    let now = Clock.monotonicMilliseconds()
    if now < at { return try poller.poll([interest], timeoutMilliseconds: min(left, at - now)) }
    notice = nil
    StandardError.write(sentence: sentence, within: Self.noticeWithin)
    return []
  }

  /// Gives the terminal back. What was typed stays in it.
  func close() { raw?.restore() }

  /// Leaves the row on which the terminal itself showed `^C`, if it did.
  func closeInterrupted() {
    close()
    if raw == nil, FileDescriptor.standardError.isTerminal {
      StandardError.write("\n", within: Self.noticeWithin)
    }
  }
}
