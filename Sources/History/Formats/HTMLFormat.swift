import ChatCore
import Transcript

/// `-o html`: one page that needs nothing else: no script, no request. It
/// follows the reader's choice of light or dark and prints black on white.
///
/// A browser lays out what is near the screen alone (`content-visibility`, CSS
/// Containment Level 2 section 4), so that a page of a million messages is there
/// at once and scrolls; long conversations are in pieces for it.
struct HTMLFormat: HistoryFormat {
  let zone: Zone
  private var isInList = false
  private var stamps: StampWriter
  private var names = SpeakerNames()
  /// Rows in the piece that is being written.
  private var rows = 0

  /// Some screens; ``HTMLPage`` has the height of as many rows.
  private static let rowsOfPiece = 50

  init(zone: Zone) {
    self.zone = zone
    stamps = StampWriter(zone: zone)
  }

  mutating func begin(into output: inout OutputBuffer) {
    output.add(ours: HTMLPage.head)
  }

  mutating func end(into output: inout OutputBuffer) {
    if isInList { output.add(ours: "</table>\n") }
    output.add(ours: HTMLPage.end)
  }

  mutating func listed(_ conversation: ConversationSummary, into output: inout OutputBuffer) {
    if !isInList {
      output.add(ours: "<table>\n<tr><th>ID<th>Started<th>Client<th>Messages<th>Ended\n")
    }
    isInList = true
    output.add(ours: "<tr><td>")
    output.add(html: conversation.label)
    output.add(ours: "<td>")
    date(conversation.opened, into: &output)
    output.add(ours: "<td>")
    output.add(html: conversation.client ?? "-")
    output.add(ours: "<td>")
    output.add(conversation.messageCount)
    output.add(ours: "<td>")
    output.add(html: EndingWords.column(conversation.ending))
    output.add(ours: "\n")
  }

  mutating func entered(_ conversation: ConversationSummary, into output: inout OutputBuffer) {
    output.add(ours: "<section>\n<h2>Conversation ")
    output.add(html: conversation.label)
    output.add(ours: ": <bdi>")
    output.add(html: conversation.client ?? "a client")
    output.add(ours: "</bdi> with <bdi>")
    output.add(html: conversation.server)
    output.add(ours: "</bdi></h2>\n<p>")
    date(conversation.opened, into: &output)
    output.add(ours: ", from ")
    output.add(html: conversation.peer)
    output.add(ours: " to port ")
    output.add(conversation.port)
    output.add(ours: "</p>\n<ol>\n")
    rows = 0
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout OutputBuffer
  ) {
    let wording = EventWording(event, of: conversation, isFull: false, &names)
    beginRow(into: &output)
    output.add(ours: "<li class=\"")
    output.add(wording.speaker?.rawValue ?? "note")
    output.add(ours: role == .match ? " match\">" : "\">")
    time(event.time, into: &output) { $0.clock(event.time, into: &$1) }
    if let name = wording.name {
      output.add(ours: " <b><bdi>")
      output.add(html: name)
      output.add(ours: "</bdi></b>")
    }
    output.add(ours: " <bdi class=\"text\">")
    output.add(lines: wording.text, parted: "<br>") { $0.add(html: $1) }
    output.add(ours: "</bdi>")
    if !wording.trail.isEmpty {
      output.add(ours: "<i>")
      output.add(html: wording.trail)
      output.add(ours: "</i>")
    }
    output.add(ours: "</li>\n")
  }

  mutating func gap(into output: inout OutputBuffer) {
    beginRow(into: &output)
    output.add(ours: "<li class=\"note\">…</li>\n")
  }

  mutating func left(
    _ conversation: ConversationSummary, isWhole: Bool, into output: inout OutputBuffer
  ) {
    if isWhole, case .lost(let before) = conversation.ending {
      output.add(ours: "<li class=\"note\">no close was logged; the server stopped")
      if let before {
        output.add(ours: " before ")
        date(before, into: &output)
      }
      output.add(ours: "</li>\n")
    }
    output.add(ours: "</ol>\n</section>\n")
  }

  private mutating func beginRow(into output: inout OutputBuffer) {
    if rows == Self.rowsOfPiece {
      output.add(ours: "</ol>\n<ol>\n")
      rows = 0
    }
    rows += 1
  }

  private mutating func date(_ time: Timestamp, into output: inout OutputBuffer) {
    let zone = zone
    self.time(time, into: &output) { $1.add(Stamp.dateAndClock(time, in: zone)) }
  }

  private mutating func time(
    _ time: Timestamp, into output: inout OutputBuffer,
    _ shown: (inout StampWriter, inout OutputBuffer) -> Void
  ) {
    output.add(ours: "<time datetime=\"")
    stamps.full(time, into: &output)
    output.add(ours: "\">")
    shown(&stamps, &output)
    output.add(ours: "</time>")
  }
}

extension OutputBuffer {
  /// Text that is neither markup nor acts on a terminal that shows the source
  /// (HTML Living Standard 13.1.2.3 and 13.1.4).
  mutating func add(html text: String) {
    add(safe: text, isReplaced: Self.isMarkup) { output, byte in
      switch byte {
      case UInt8(ascii: "&"): output.add(ours: "&amp;")
      case UInt8(ascii: "<"): output.add(ours: "&lt;")
      case UInt8(ascii: ">"): output.add(ours: "&gt;")
      case UInt8(ascii: "\""): output.add(ours: "&quot;")
      default: output.add(ours: "&#39;")
      }
    }
  }

  private static func isMarkup(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "&") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
      || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }
}
