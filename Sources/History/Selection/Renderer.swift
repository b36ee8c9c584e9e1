import ChatCore
import ChatPosix
import Transcript

/// Hands the events of a selection to a format, under their conversations
/// and with what surrounds them.
struct Renderer {
  private var archive: Archive
  private var summaries: SummaryCache
  private let selection: Selection
  private(set) var format: any HistoryFormat
  private(set) var output: OutputBuffer
  /// The conversation whose events are being written.
  private var current: ConversationSummary?
  /// The last event of it that was written.
  private var last: (seq: Int64, time: Timestamp)?
  /// How many events after the last match are still to be shown.
  private var pending = 0
  /// How many were found.
  private(set) var count = 0
  /// Of an event that was found.
  private let role: EventRole
  /// Whether a conversation's last event, where it is shown, is the last there is.
  private let endsWhole: Bool

  init(
    _ archive: Archive, _ selection: Selection, _ summaries: SummaryCache,
    _ format: any HistoryFormat, _ output: OutputBuffer
  ) {
    self.archive = archive
    self.selection = selection
    self.summaries = summaries
    self.format = format
    self.output = output
    role = selection.isSearch ? .match : .plain
    endsWhole = selection.isWhole && !selection.newestFirst
  }

  mutating func begin() {
    format.begin(into: &output)
  }

  /// One that was found, with its surroundings.
  mutating func show(_ event: Event) throws(TranscriptError) {
    count += 1
    let isNext = current?.id == event.conversation
    if pending > 0 { try flushContext(upTo: isNext ? event : nil) }
    if !isNext { leave() }
    // Looked up for every event: its client may have said its handle since.
    guard let conversation = try summaries.conversation(of: event) ?? current else { return }
    current = conversation
    if !isNext { format.entered(conversation, into: &output) }
    if selection.hasContext { try showContextBefore(event, conversation) }
    format.event(event, of: conversation, role, into: &output)
    last = (event.seq, event.time)
    pending = selection.newestFirst ? selection.contextBefore : selection.contextAfter
  }

  /// Nothing of this transcript follows.
  mutating func settle() throws(TranscriptError) {
    try flushContext(upTo: nil)
    leave()
  }

  mutating func end() {
    leave()
    format.end(into: &output)
    output.flush()
  }

  mutating func flush() {
    output.flush()
  }

  /// The events that follow are those of another transcript.
  mutating func turn(
    to archive: Archive, _ summaries: SummaryCache
  ) throws(TranscriptError) {
    if archive === self.archive { return }
    defer {
      leave()
      self.archive = archive
      self.summaries = summaries
    }
    try flushContext(upTo: nil)
  }

  /// The events that follow are those of a transcript that took the place of
  /// this one.
  mutating func change(
    to archive: Archive, _ summaries: SummaryCache
  ) throws(TranscriptError) {
    try turn(to: archive, summaries)
    format.transcriptChanged()
  }

  /// This transcript cannot be read any further.
  mutating func giveUp() {
    pending = 0
    leave()
  }

  private mutating func leave() {
    guard let conversation = current else { return }
    let isWhole = endsWhole && last?.time == conversation.lastEvent
    format.left(conversation, isWhole: isWhole, into: &output)
    current = nil
    last = nil
  }

  /// The events that come next in the output after the last match; up to
  /// `match` when that is known.
  private mutating func flushContext(upTo match: Event?) throws(TranscriptError) {
    guard pending > 0, let conversation = current, let start = last else { return }
    let events = try archive.neighbours(
      of: start.seq, in: conversation.id, later: !selection.newestFirst, count: pending)
    pending = 0
    for event in events {
      if event.seq == match?.seq || isPast(event, match) { break }
      format.event(event, of: conversation, .context, into: &output)
      last = (event.seq, event.time)
    }
  }

  private func isPast(_ event: Event, _ match: Event?) -> Bool {
    guard let match else { return false }
    return selection.newestFirst ? event.seq < match.seq : event.seq > match.seq
  }

  private mutating func showContextBefore(
    _ match: Event, _ conversation: ConversationSummary
  ) throws(TranscriptError) {
    let wanted = selection.newestFirst ? selection.contextAfter : selection.contextBefore
    // One more shows whether something is left out between.
    let nearest = try archive.neighbours(
      of: match.seq, in: conversation.id, later: selection.newestFirst, count: wanted + 1)
    var fresh = nearest[...]
    if let last {
      fresh = nearest.prefix { selection.newestFirst ? $0.seq < last.seq : $0.seq > last.seq }
      if fresh.count > wanted { format.gap(into: &output) }
    }
    for event in fresh.prefix(wanted).reversed() {
      format.event(event, of: conversation, .context, into: &output)
    }
  }
}
