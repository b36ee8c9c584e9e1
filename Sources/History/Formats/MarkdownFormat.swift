import ChatCore
import Transcript

/// `-o markdown`: a section for each conversation, a list item for each
/// event (CommonMark). What people wrote is shown as they wrote it: no
/// character of theirs is markup.
struct MarkdownFormat: HistoryFormat {
  let zone: Zone
  private var isFirst = true
  private var stamps: StampWriter
  private var names = SpeakerNames()

  init(zone: Zone) {
    self.zone = zone
    stamps = StampWriter(zone: zone)
  }

  mutating func listed(_ conversation: ConversationSummary, into output: inout OutputBuffer) {
    if isFirst {
      output.add(ours: "| ID | Started | Client | Messages | Ended |\n")
      output.add(ours: "| --: | --- | --- | --: | --- |\n")
    }
    isFirst = false
    output.add(ours: "| ")
    output.add(markdown: conversation.label)
    output.add(ours: " | ")
    output.add(Stamp.dateAndClock(conversation.opened, in: zone))
    output.add(ours: " | ")
    output.add(markdown: conversation.client ?? "-")
    output.add(ours: " | ")
    output.add(conversation.messageCount)
    output.add(ours: " | ")
    output.add(markdown: EndingWords.column(conversation.ending))
    output.add(ours: " |\n")
  }

  mutating func entered(_ conversation: ConversationSummary, into output: inout OutputBuffer) {
    if !isFirst { output.add(ours: "\n") }
    isFirst = false
    output.add(ours: "## Conversation ")
    output.add(markdown: conversation.label)
    output.add(ours: ": ")
    output.add(markdown: conversation.client ?? "a client")
    output.add(ours: " with ")
    output.add(markdown: conversation.server)
    output.add(ours: "\n\nOpened ")
    stamps.full(conversation.opened, into: &output)
    output.add(ours: " from ")
    output.add(markdown: conversation.peer)
    output.add(ours: " to port ")
    output.add(conversation.port)
    output.add(ours: ".\n\n")
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout OutputBuffer
  ) {
    let wording = EventWording(event, of: conversation, isFull: false, &names)
    output.add(ours: "- ")
    stamps.clock(event.time, into: &output)
    if let name = wording.name {
      output.add(ours: " **")
      output.add(markdown: name)
      output.add(ours: ":** ")
    } else {
      output.add(ours: " *")
    }
    // A backslash before a line break keeps the break (CommonMark 6.7).
    output.add(lines: wording.text, parted: "\\\n  ") { $0.add(markdown: $1) }
    output.add(markdown: wording.trail)
    output.add(ours: wording.name == nil ? "*\n" : "\n")
  }

  mutating func gap(into output: inout OutputBuffer) {
    output.add(ours: "- …\n")
  }

  mutating func left(
    _ conversation: ConversationSummary, isWhole: Bool, into output: inout OutputBuffer
  ) {
    guard isWhole, case .lost(let before) = conversation.ending else { return }
    output.add(ours: "- *no close was logged; the server stopped")
    if let before {
      output.add(ours: " before ")
      stamps.full(before, into: &output)
    }
    output.add(ours: "*\n")
  }
}

extension OutputBuffer {
  /// A backslash before ASCII punctuation makes it stand for itself
  /// (CommonMark 2.4).
  mutating func add(markdown text: String) {
    add(safe: text, isReplaced: Self.isPunctuation) { output, byte in
      output.add(ours: "\\")
      output.add(byte: byte)
    }
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e: true
    default: false
    }
  }
}
