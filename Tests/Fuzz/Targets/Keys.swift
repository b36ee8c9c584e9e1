import ChatCore
import ChatTerminal

/// Keys are the same wherever the reads were cut, and hold no control
/// characters.
enum Keys {
  static func check(_ bytes: [UInt8]) throws(FuzzFinding) {
    let cuts = Cuts(bytes)
    let whole = joined(decode([cuts.data]))
    let pieces = joined(decode(cuts.chunks))
    try hold(whole == pieces, "\(whole) whole, \(pieces) in pieces")
    for key in whole { try checkText(of: key) }
  }

  private static func decode(_ chunks: [[UInt8]]) -> [Key] {
    var decoder = KeyDecoder()
    let now = Instant(milliseconds: 0)
    var keys: [Key] = []
    for chunk in chunks { keys += decoder.decode(chunk, at: now) }
    // A paste whose end never comes ends by itself.
    if let deadline = decoder.deadline { keys += decoder.tick(at: deadline) }
    return keys
  }

  /// What was typed in one run may come in several.
  private static func joined(_ keys: [Key]) -> [Key] {
    var joined: [Key] = []
    // A tab is text among what one read brought, and a key by itself.
    for key in keys.map({ $0 == .tab ? .text("\t") : $0 }) {
      if case .text(let more) = key, case .text(let text)? = joined.last {
        joined[joined.count - 1] = .text(text + more)
      } else {
        joined.append(key)
      }
    }
    return joined
  }

  private static func checkText(of key: Key) throws(FuzzFinding) {
    let allowed: Set<Unicode.Scalar>
    let text: String
    switch key {
    // As what has more of it on both sides.
    case .text(let typed): (text, allowed) = (typed, ["\t"])
    case .paste(let pasted): (text, allowed) = (pasted, ["\n", "\t"])
    default: return
    }
    for scalar in text.unicodeScalars where !allowed.contains(scalar) {
      try hold(
        scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value),
        "control \(scalar.value) in \(key)")
    }
  }
}
