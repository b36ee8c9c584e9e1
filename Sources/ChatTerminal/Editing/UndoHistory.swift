/// Earlier states of a line.
struct UndoHistory: Sendable {
  /// As many as anybody undoes; with lines of 64 KiB at most, 8 MiB.
  static let maximumCount = 128

  /// Edits of one kind in a row are undone together.
  enum Kind: Sendable {
    case typing
    case erasing
    case other
  }

  private struct Step: Sendable {
    let text: String
    let cursor: Int
  }

  private var steps: [Step] = []
  private var lastKind: Kind?

  /// Called before an edit.
  mutating func willEdit(_ buffer: EditBuffer, _ kind: Kind) {
    defer { lastKind = kind }
    if kind == lastKind, kind != .other { return }
    if steps.count == Self.maximumCount { steps.removeFirst() }
    steps.append(Step(text: buffer.text, cursor: buffer.cursor))
  }

  /// Called for anything else that is done: what is edited next is a new step.
  mutating func interrupt() {
    lastKind = nil
  }

  mutating func undo() -> EditBuffer? {
    lastKind = nil
    guard let step = steps.popLast() else { return nil }
    var buffer = EditBuffer(step.text)
    buffer.move(to: step.cursor)
    return buffer
  }
}
