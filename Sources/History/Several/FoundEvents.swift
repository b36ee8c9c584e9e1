import Transcript

/// The events that a command shows, in the order in which it does.
///
/// The newest N of a selection are found from its end and turned round, so they
/// are held in memory; without a limit nothing is.
final class FoundEvents {
  let merged: MergedEvents
  private let selection: Selection
  private var held: ArraySlice<(part: Int, event: Event)>?

  init(_ merged: MergedEvents, _ selection: Selection) {
    self.merged = merged
    self.selection = selection
  }

  /// The next one, and the index of its transcript; `nil` at the end.
  func next() throws(TranscriptError) -> (part: Int, event: Event)? {
    guard let limit = selection.limit else { return try merged.next() }
    if held == nil {
      var newest: [(part: Int, event: Event)] = []
      while newest.count < limit, let found = try merged.next() { newest.append(found) }
      if !selection.newestFirst { newest.reverse() }
      if selection.order == .conversation { newest = try grouped(newest) }
      held = newest[...]
    }
    return held?.popFirst()
  }

  private func grouped(
    _ found: [(part: Int, event: Event)]
  ) throws(TranscriptError) -> [(part: Int, event: Event)] {
    let isSeveral = merged.parts.count > 1
    var keyed: [(key: [Int64], found: (part: Int, event: Event))] = []
    for (part, event) in found {
      // Of one transcript the ids alone decide.
      let opened = isSeveral ? try merged.parts[part].opened(event) : 0
      keyed.append(([opened, Int64(part), event.conversation, event.seq], (part, event)))
    }
    keyed.sort { one, other in
      selection.newestFirst
        ? other.key.lexicographicallyPrecedes(one.key)
        : one.key.lexicographicallyPrecedes(other.key)
    }
    return keyed.map(\.found)
  }
}

/// Shows what was found of several transcripts, and goes on with the others
/// where one cannot be read any further.
struct MergedRendering {
  private(set) var renderer: Renderer
  private let merged: MergedEvents
  private var part: Int

  /// `part` is the one that comes first.
  init(
    _ found: FoundEvents, from part: Int, _ format: any HistoryFormat, _ output: OutputBuffer
  ) {
    merged = found.merged
    self.part = part
    let first = merged.parts[part]
    renderer = Renderer(first.archive, first.selection, first.summaries, format, output)
    renderer.begin()
  }

  mutating func show(_ event: Event, of next: Int) throws(TranscriptError) {
    if next != part {
      let former = part
      part = next
      let (archive, summaries) = (merged.parts[next].archive, merged.parts[next].summaries)
      try attempt(former) { renderer throws(TranscriptError) in
        try renderer.turn(to: archive, summaries)
      }
    }
    try attempt(next) { renderer throws(TranscriptError) in try renderer.show(event) }
  }

  mutating func end() throws(TranscriptError) {
    try attempt(part) { renderer throws(TranscriptError) in try renderer.settle() }
    renderer.end()
  }

  private mutating func attempt(
    _ part: Int, _ body: (inout Renderer) throws(TranscriptError) -> Void
  ) throws(TranscriptError) {
    do throws(TranscriptError) {
      try body(&renderer)
    } catch {
      guard merged.parts.count > 1 else { throw error }
      renderer.giveUp()
      merged.drop(part, error)
    }
  }
}
