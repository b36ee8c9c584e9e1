/// Printable bytes that arrived together and become one edit, whose last
/// scalar may still lack bytes.
struct TextRun: Sendable {
  private var bytes: [UInt8] = []

  mutating func append(_ byte: UInt8) {
    bytes.append(byte)
  }

  /// Gives out what is complete; a partial scalar at the end stays.
  mutating func flush(into keys: inout [Key]) {
    let partial = Self.partialScalarCount(bytes)
    give(bytes.count - partial, to: &keys)
  }

  /// Gives out everything, a partial scalar as U+FFFD: another key came.
  mutating func end(into keys: inout [Key]) {
    give(bytes.count, to: &keys)
  }

  private mutating func give(_ count: Int, to keys: inout [Key]) {
    guard count > 0 else { return }
    var scalars = String.UnicodeScalarView()
    for scalar in String(decoding: bytes[..<count], as: UTF8.self).unicodeScalars
    where !(0x80...0x9f).contains(scalar.value) {
      scalars.append(scalar)
    }
    bytes.removeFirst(count)
    if !scalars.isEmpty { keys.append(.text(String(scalars))) }
  }

  /// How many bytes at the end of `bytes` begin a scalar that lacks more
  /// (RFC 3629 section 4), 0 to 3.
  private static func partialScalarCount(_ bytes: [UInt8]) -> Int {
    for (back, byte) in bytes.reversed().prefix(3).enumerated() {
      if byte & 0xc0 == 0x80 { continue }
      let length =
        switch byte {
        case 0xc2...0xdf: 2
        case 0xe0...0xef: 3
        case 0xf0...0xf4: 4
        default: 1
        }
      return back + 1 < length ? back + 1 : 0
    }
    return 0
  }
}

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
