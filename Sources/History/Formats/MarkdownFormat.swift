import ChatCore
import Transcript

/// `-o markdown`: a section for each conversation, a list item for each
/// event (CommonMark). What people wrote is shown as they wrote it: no
/// character of theirs is markup.
struct MarkdownFormat: HistoryFormat {
  let zone: Zone
  private var isFirst = true

  init(zone: Zone) {
    self.zone = zone
  }

  mutating func listed(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    if isFirst {
      output.write("| ID | Started | Client | Messages | Ended |\n")
      output.write("| --: | --- | --- | --: | --- |\n")
    }
    isFirst = false
    let started = Stamp.dateAndClock(conversation.opened, in: zone)
    let client = Self.escaped(conversation.client ?? "-")
    let ending = Self.escaped(EndingWords.column(conversation.ending))
    let count = conversation.messageCount
    output.write("| \(conversation.id) | \(started) | \(client) | \(count) | \(ending) |\n")
  }

  mutating func entered(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    if !isFirst { output.write("\n") }
    isFirst = false
    let client = Self.escaped(conversation.client ?? "a client")
    let server = Self.escaped(conversation.server)
    output.write("## Conversation \(conversation.id): \(client) with \(server)\n\n")
    let opened = Stamp.full(conversation.opened, in: zone)
    output.write(
      "Opened \(opened) from \(Self.escaped(conversation.peer)) to port \(conversation.port).\n\n")
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout some TextOutputStream
  ) {
    let wording = EventWording(event, of: conversation, isFull: false)
    output.write("- \(Stamp.clock(event.time, in: zone)) ")
    let lines = TextSanitizer.escapedLines(wording.text).map(Self.escaped)
    // A backslash before a line break keeps the break (CommonMark 6.7).
    let text = lines.joined(separator: "\\\n  ") + Self.escaped(wording.trail)
    if wording.speaker == nil {
      output.write("*\(text)*\n")
    } else {
      let name = Self.escaped(String(wording.lead.dropLast(2)))
      output.write("**\(name):** \(text)\n")
    }
  }

  mutating func gap(into output: inout some TextOutputStream) {
    output.write("- …\n")
  }

  mutating func left(
    _ conversation: ConversationSummary, isWhole: Bool, into output: inout some TextOutputStream
  ) {
    guard isWhole, case .lost(let before) = conversation.ending else { return }
    let limit = before.map { " before \(Stamp.full($0, in: zone))" } ?? ""
    output.write("- *no close was logged; the server stopped\(limit)*\n")
  }

  /// A backslash before ASCII punctuation makes it stand for itself
  /// (CommonMark 2.4).
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in TextSanitizer.escapedOnOneLine(text).unicodeScalars {
      if isPunctuation(scalar) { result.append("\\") }
      result.append(scalar)
    }
    return String(result)
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e: true
    default: false
    }
  }
}
