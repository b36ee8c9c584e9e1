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
  private var stamps: StampWriter
  private var names = SpeakerNames()

  init(
    zone: Zone, terminator: String = "\n", marksGaps: Bool = false,
    palette: Palette = Palette(isOn: false)
  ) {
    self.zone = zone
    stamps = StampWriter(zone: zone)
    self.terminator = terminator
    self.marksGaps = marksGaps
    self.palette = palette
  }

  mutating func listed(
    _ conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    var table = TSVFormat(zone: zone, terminator: terminator)
    table.listed(conversation, into: &output)
  }

  mutating func entered(
    _ conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    if marksGaps, previous != nil { gap(into: &output) }
    previous = conversation.id
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout OutputBuffer
  ) {
    let wording = EventWording(event, of: conversation, isFull: true, &names)
    palette.paint(.faint, into: &output) { stamps.full(event.time, into: &$0) }
    output.add(ours: " ")
    output.add(labelOf: conversation)
    output.add(ours: " ")
    palette.paint(.of(wording.speaker), into: &output) { output in
      output.add(wording.name ?? "*")
      output.add(ours: wording.name == nil ? " " : "> ")
    }
    output.add(safe: wording.text)
    output.add(wording.trail)
    output.add(terminator)
  }

  mutating func gap(into output: inout OutputBuffer) {
    if marksGaps { output.write("--" + terminator) }
  }

  /// The line of a lost conversation is worked out, not logged: `!` says so.
  mutating func left(
    _ conversation: ConversationSummary, isWhole: Bool, into output: inout OutputBuffer
  ) {
    guard isWhole, case .lost(let before) = conversation.ending else { return }
    let stamp = Stamp.full(conversation.lastEvent, in: zone)
    var notice = "! no close was logged; the server stopped"
    if let before { notice += " before \(Stamp.full(before, in: zone))" }
    output.write("\(palette.paint(stamp, .faint)) \(conversation.label) ")
    output.write(palette.paint(notice, .warning) + terminator)
  }
}
