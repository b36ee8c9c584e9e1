import ChatCore
import Transcript

/// `-o text` on a terminal: conversations under a header, times as a clock
/// shows them, long messages wrapped under their beginning.
struct TerminalFormat: HistoryFormat {
  let zone: Zone
  let screen: Screen
  let palette: Palette
  /// Whether what was searched for is shown, with `>` before each match.
  let isExcerpt: Bool
  /// Whether `--` is shown where events were left out between two.
  let marksGaps: Bool
  private var isFirst = true
  private var day: CalendarDay?
  private var list: ListTable
  private var names = SpeakerNames()

  init(
    zone: Zone, screen: Screen, palette: Palette, isExcerpt: Bool = false, marksGaps: Bool = false,
    longestName: Int = 0
  ) {
    self.zone = zone
    self.screen = screen
    self.palette = palette
    self.isExcerpt = isExcerpt
    self.marksGaps = marksGaps
    list = ListTable(longestName: longestName)
  }

  mutating func listed(
    _ conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    if isFirst { output.write(palette.paint(list.heading(screen), .heading) + "\n") }
    isFirst = false
    output.write(list.row(conversation, zone: zone, screen: screen) + "\n")
  }

  mutating func entered(
    _ conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    if !isFirst { output.write("\n") }
    isFirst = false
    let rows = screen.rows([header(conversation)], lead: "")
    output.write(rows.map { palette.paint($0, .heading) }.joined(separator: "\n") + "\n")
    day = zone.day(of: conversation.opened)
  }

  private func header(_ conversation: ConversationSummary) -> String {
    let client = conversation.client.map { TextSanitizer.escapedOnOneLine($0) } ?? "a client"
    let server = TextSanitizer.escapedOnOneLine(conversation.server)
    let date = Stamp.date(zone.day(of: conversation.opened))
    var header = "Conversation \(conversation.label): \(client) with \(server), \(date)"
    if !isExcerpt {
      let peer = TextSanitizer.escapedOnOneLine(conversation.peer)
      header += ", \(peer), port \(conversation.port)"
    }
    return header
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout OutputBuffer
  ) {
    let today = zone.day(of: event.time)
    if today != day {
      output.write(palette.paint("\(margin)-- \(Stamp.date(today)) --", .faint) + "\n")
    }
    day = today

    let wording = EventWording(event, of: conversation, isFull: false, &names)
    let mark = isExcerpt ? (role == .match ? palette.paint("> ", .match) : "  ") : ""
    let time = palette.paint(Stamp.clock(event.time, in: zone), .faint)
    let lead = palette.paint(wording.lead, .of(wording.speaker))
    output.write("\(mark)\(time)  \(lead)")
    var lines = TextSanitizer.escapedLines(wording.text)
    if let last = lines.popLast() { lines.append(last + wording.trail) }
    let blanks = String(repeating: " ", count: margin.utf8.count + Self.clockWidth)
    let rows = screen.rows(lines, lead: blanks + wording.lead)
    output.write(rows.joined(separator: "\n") + "\n")
  }

  mutating func gap(into output: inout OutputBuffer) {
    if marksGaps { output.write(palette.paint("--", .faint) + "\n") }
  }

  mutating func left(
    _ conversation: ConversationSummary, isWhole: Bool, into output: inout OutputBuffer
  ) {
    guard isWhole, case .lost(let before) = conversation.ending else { return }
    var line = "! no close was logged; the server stopped "
    let last = conversation.lastEvent
    if let before {
      let isSameDay = zone.day(of: last) == zone.day(of: before)
      let end =
        isSameDay ? Stamp.clock(before, in: zone) : Stamp.dateAndClock(before, in: zone)
      line += "between \(Stamp.clock(last, in: zone)) and \(end)"
    } else {
      line += "after \(Stamp.clock(last, in: zone))"
    }
    let indent = margin + String(repeating: " ", count: Self.clockWidth)
    // Nothing of it is a peer's, so a terminal as wide as most may break it.
    let rows =
      screen.columns.map { $0 < 80 } == true ? screen.rows([line], lead: indent) : [line]
    output.write(indent + rows.map { palette.paint($0, .warning) }.joined(separator: "\n") + "\n")
  }

  /// `14:02:03` and two spaces.
  private static let clockWidth = 10

  private var margin: String { isExcerpt ? "  " : "" }
}
