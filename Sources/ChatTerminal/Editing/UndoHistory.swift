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

/// What the last kill took, for Ctrl-Y. Kills in a row add up.
struct KillBuffer: Sendable {
  /// On which side of the cursor the killed text stood.
  enum Side: Sendable {
    case before
    case after
  }

  private(set) var text = ""
  private var isGrowing = false

  mutating func kill(_ taken: String, _ side: Side) {
    if !isGrowing {
      text = taken
    } else if side == .before {
      text = taken + text
    } else {
      text += taken
    }
    isGrowing = true
  }

  /// Called for a key that kills nothing.
  mutating func interrupt() {
    isGrowing = false
  }
}

extension Key {
  /// Whether this key may be a kill, so that the one before is added to.
  var mayJoinKill: Bool {
    switch self {
    case .control("k"), .control("u"), .control("w"), .alt("d"), .wordBackspace: true
    case .special(.delete, byWord: true): true
    default: false
    }
  }
}
