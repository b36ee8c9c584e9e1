import ChatCore
import Transcript

/// `-o text` in a pipe: one line an event, each with its full time and its
/// conversation's id, so that no line needs another to be understood.
struct LineFormat: HistoryFormat {
  let zone: Zone
  /// What ends a line: a line feed, or with `-0` a NUL.
  let terminator: String
  /// Whether `--` is written between groups of lines, as grep(1) has it with -C.
  let marksGaps: Bool
  let palette: Palette
  private var previous: Int64?

  init(
    zone: Zone, terminator: String = "\n", marksGaps: Bool = false,
    palette: Palette = Palette(isOn: false)
  ) {
    self.zone = zone
    self.terminator = terminator
    self.marksGaps = marksGaps
    self.palette = palette
  }

  mutating func listed(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    var table = TSVFormat(zone: zone, terminator: terminator)
    table.listed(conversation, into: &output)
  }

  mutating func entered(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    if marksGaps, previous != nil { gap(into: &output) }
    previous = conversation.id
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout some TextOutputStream
  ) {
    let wording = EventWording(event, of: conversation, isFull: true)
    output.write(palette.paint(Stamp.full(event.time, in: zone), .faint))
    output.write(" \(event.conversation) ")
    output.write(palette.paint(wording.lead, .of(wording.speaker)))
    output.write(wording.body)
    output.write(terminator)
  }

  mutating func gap(into output: inout some TextOutputStream) {
    if marksGaps { output.write("--" + terminator) }
  }

  /// The line of a lost conversation is worked out, not logged: `!` says so.
  mutating func left(
    _ conversation: ConversationSummary, isWhole: Bool, into output: inout some TextOutputStream
  ) {
    guard isWhole, case .lost(let before) = conversation.ending else { return }
    let stamp = Stamp.full(conversation.lastEvent, in: zone)
    var notice = "! no close was logged; the server stopped"
    if let before { notice += " before \(Stamp.full(before, in: zone))" }
    output.write("\(palette.paint(stamp, .faint)) \(conversation.id) ")
    output.write(palette.paint(notice, .warning) + terminator)
  }
}
