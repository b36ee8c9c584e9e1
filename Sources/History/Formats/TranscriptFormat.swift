import ChatCore
import Transcript

/// `-o transcript`: what the server's screen showed, as the original program
/// prints it, with an empty line between conversations. A conversation that
/// never had the floor was on no screen and is left out; so is what was said
/// out of turn. On a terminal its rows are broken as those of `-o text` are.
///
/// How long the server waited for a silent client is not stored. What is shown
/// is how long nothing had been recorded when it gave up, to the second: the
/// same, unless a clock was set.
struct TranscriptFormat: HistoryFormat {
  let screen: Screen
  private var isFirst = true
  private var names = SpeakerNames()
  /// The newest sign of life in the conversation that is written.
  private var lastSign: Timestamp?

  init(screen: Screen) {
    self.screen = screen
  }

  mutating func listed(
    _ conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    var table = TSVFormat(zone: .utc)
    table.listed(conversation, into: &output)
  }

  mutating func entered(
    _ conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    lastSign = conversation.floor
    guard conversation.floor != nil else { return }
    if !isFirst { output.write("\n") }
    isFirst = false
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout OutputBuffer
  ) {
    guard conversation.floor != nil else { return }
    switch event.content {
    case .open: write(["Connection with client opened."], lead: "", into: &output)
    case .message(let said) where !said.isHeld:
      let lead = names.name(of: said.party, in: conversation) + "> "
      write(TextSanitizer.escapedLines(said.text), lead: lead, into: &output)
    case .close(let close):
      let silence = lastSign.map { event.time.elapsed(since: $0) }
      let words = Self.closing(close, conversation, silence: silence)
      write([words], lead: "", into: &output)
    case .drop, .resume:
      let wording = EventWording(event, of: conversation, isFull: false, &names)
      write([wording.text + wording.trail], lead: wording.lead, into: &output)
    // Nothing else was on it.
    default: break
    }
    lastSign = max(lastSign ?? event.time, event.time)
  }

  private func write(
    _ lines: [String], lead: String, into output: inout OutputBuffer
  ) {
    // What goes to no terminal is not broken, but no line of it is another's.
    let isBroken = screen.columns != nil
    let separator = isBroken ? "\n" : "\n" + String(repeating: " ", count: lead.count)
    let rows = screen.rows(lines, lead: lead)
    output.write(lead + rows.joined(separator: separator) + "\n")
  }

  private static func closing(
    _ close: Event.Close, _ conversation: ConversationSummary, silence: Int64?
  ) -> String {
    let waiting = "Waiting for new connection..."
    switch (close.party, close.reason) {
    // A server that was stopped waits for nobody.
    case (.server?, .known(.sigint)), (.server?, .known(.restart)):
      return "Server requested to close connection."
    case (.server?, .known(.quit)), (.server?, .known(.eof)), (.server?, .known(.blocked)):
      return "Server requested to close connection. \(waiting)"
    case (_, .known(.timeout)):
      return "Client timed out after \(inactivity(silence)). \(waiting)"
    // chatclient never leaves without a word, so its end of file is not a quit.
    case (.client?, .known(.eof)) where conversation.dialect == .known(.native): break
    case (.client?, .known(.quit)), (.client?, .known(.eof)), (.client?, .known(.sigint)):
      return "Client requested to close connection. \(waiting)"
    case (_, .known(.crashed)):
      let cause = close.detail.map { " (\(TextSanitizer.escapedOnOneLine($0)))" } ?? ""
      return "The conversation with \(conversation.peer) crashed\(cause). \(waiting)"
    default: break
    }
    return "Connection with client was lost. \(waiting)"
  }

  /// `5 minutes of inactivity`
  private static func inactivity(_ silence: Int64?) -> String {
    guard let silence, silence >= 500 else { return "inactivity" }
    let seconds = silence / 1000 + (silence % 1000 >= 500 ? 1 : 0)
    let duration =
      seconds % 60 == 0
      ? HistoryMessages.count(Int(seconds / 60), "minute")
      : HistoryMessages.count(Int(seconds), "second")
    return "\(duration) of inactivity"
  }
}
