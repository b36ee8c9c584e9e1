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
