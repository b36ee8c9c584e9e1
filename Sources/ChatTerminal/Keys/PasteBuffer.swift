/// What a terminal brackets between ESC [ 200 ~ and ESC [ 201 ~ (xterm's
/// ctlseqs, "Bracketed Paste Mode").
struct PasteBuffer: Sendable {
  /// Bytes kept; the rest, up to the end marker, is dropped. Four times the
  /// longest message, so that what is cut is refused as too long all the same.
  static let maximumByteCount = 64 * 1024
  /// Milliseconds of silence after which the end marker counts as lost. A
  /// paste over a slow line makes shorter pauses; ending it too early would
  /// send its lines one by one.
  static let timeout: Int64 = 1000

  static let startParameters = Array("200".utf8)
  private static let endMarker = Array("\u{1b}[201~".utf8)

  private var bytes: [UInt8] = []
  /// How much of the end marker was just read.
  private var matched = 0

  /// Takes one byte and says whether it completed the end marker.
  mutating func append(_ byte: UInt8) -> Bool {
    if byte == Self.endMarker[matched] {
      matched += 1
      guard matched == Self.endMarker.count else { return false }
      matched = 0
      return true
    }
    for held in Self.endMarker[..<matched] { keep(held) }
    // ESC is only at the marker's start: no other overlap is possible.
    if byte == ControlByte.escape {
      matched = 1
    } else {
      matched = 0
      keep(byte)
    }
    return false
  }

  private mutating func keep(_ byte: UInt8) {
    if bytes.count < Self.maximumByteCount { bytes.append(byte) }
  }

  /// The text as it may enter a message; see ``Key/paste(_:)``.
  var text: String {
    var scalars = String.UnicodeScalarView()
    var previousWasReturn = false
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      defer { previousWasReturn = scalar == "\r" }
      switch scalar {
      case "\r": scalars.append("\n")
      case "\n": if !previousWasReturn { scalars.append("\n") }
      case "\t": scalars.append("\t")
      case "\u{0}"..<" ", "\u{7f}"..."\u{9f}": break
      default: scalars.append(scalar)
      }
    }
    while scalars.last == "\n" { scalars.removeLast() }
    return String(scalars)
  }
}
