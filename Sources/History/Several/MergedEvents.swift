import ChatCore
import Transcript

/// The events of a selection from one transcript or several, each with its own
/// in their order, merged by time.
///
/// Of several, one that cannot be read any further is handed to `fail` and left
/// out from there on.
final class MergedEvents {
  /// A transcript, and what is meant in it.
  struct Part {
    let archive: Archive
    let summaries: SummaryCache
    let selection: Selection
    fileprivate var cursor: EventCursor?
    fileprivate var head: (event: Event, time: Int64)?

    init(_ archive: Archive, _ selection: Selection, counting: Bool) {
      self.archive = archive
      self.selection = selection
      summaries = SummaryCache(archive, counting: counting)
    }

    /// When the conversation of `event` was opened, in milliseconds; the time of
    /// the event where a prune has just taken it away.
    func opened(_ event: Event) throws(TranscriptError) -> Int64 {
      let opened = try summaries.conversation(event.conversation)?.opened ?? event.time
      return opened.milliseconds
    }
  }

  private(set) var parts: [Part]
  private let newestFirst: Bool
  private let order: Selection.Order
  private let fail: (TranscriptError) -> Void
  private var isStarted = false
  /// The part, and its conversation, that the last event was of.
  private var last: (part: Int, conversation: Int64)?

  /// `newestFirst` is the direction of reading, and `order` that of the events,
  /// which need not be those of the output.
  init(
    _ parts: [Part], newestFirst: Bool, order: Selection.Order,
    fail: @escaping (TranscriptError) -> Void
  ) {
    self.parts = parts
    self.newestFirst = newestFirst
    self.order = order
    self.fail = fail
  }

  /// The next one, and the index of its part; `nil` at the end.
  func next() throws(TranscriptError) -> (part: Int, event: Event)? {
    if !isStarted { try start() }
    if parts.count == 1 { return try parts[0].cursor?.next().map { (0, $0) } }
    guard let part = nextPart(), let head = parts[part].head else { return nil }
    last = (part, head.event.conversation)
    advance(part)
    return (part, head.event)
  }

  /// Leaves out a part that something else could not be read of.
  func drop(_ part: Int, _ error: TranscriptError) {
    parts[part].cursor = nil
    parts[part].head = nil
    fail(error)
  }

  private func start() throws(TranscriptError) {
    isStarted = true
    for index in parts.indices {
      do throws(TranscriptError) {
        let part = parts[index]
        var selection = part.selection
        selection.order = order
        parts[index].cursor = try EventCursor(
          part.archive, selection, part.summaries, newestFirst: newestFirst)
        if parts.count > 1 { advance(index) }
      } catch {
        if parts.count == 1 { throw error }
        drop(index, error)
      }
    }
  }

  private func advance(_ index: Int) {
    do throws(TranscriptError) {
      parts[index].head = nil
      guard let event = try parts[index].cursor?.next() else { return }
      // One conversation after the other, as they were opened.
      let time =
        order == .conversation ? try parts[index].opened(event) : event.time.milliseconds
      parts[index].head = (event, time)
    } catch {
      drop(index, error)
    }
  }

  /// Of equal times the one that was named first, or in the other direction
  /// last.
  private func nextPart() -> Int? {
    if order == .conversation, let last,
      parts[last.part].head?.event.conversation == last.conversation
    {
      return last.part
    }
    var next: (part: Int, time: Int64)?
    for (index, part) in parts.enumerated() {
      guard let time = part.head?.time else { continue }
      if let next, newestFirst ? time < next.time : time >= next.time { continue }
      next = (index, time)
    }
    return next?.part
  }
}
