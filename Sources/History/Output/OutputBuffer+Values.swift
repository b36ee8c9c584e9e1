import ChatCore
import Transcript

/// What rows are made of, written as bytes: a `String` for each part of a row
/// takes several times as long as the row.
extension OutputBuffer {
  mutating func add(_ number: some BinaryInteger) {
    var digits = Digits()
    digits.integer(Int64(truncatingIfNeeded: number))
    add(digits)
  }

  mutating func add(_ digits: Digits) {
    digits.withBytes { add(bytes: $0) }
  }

  /// As ``ConversationSummary/label`` has it.
  mutating func add(labelOf conversation: ConversationSummary) {
    if let transcript = conversation.transcript {
      add(transcript)
      add(byte: UInt8(ascii: ":"))
    }
    add(conversation.id)
  }

  /// `text` safe for a terminal and on one row, as
  /// ``TextSanitizer/escapedOnOneLine(_:)`` has it.
  mutating func add(safe text: String) {
    add(safe: text, isReplaced: { _ in false }, { _, _ in })
  }

  /// The same, with what `replace` writes in the place of some bytes. They are
  /// ASCII.
  @inline(__always)
  mutating func add(
    safe text: String, isReplaced: (UInt8) -> Bool,
    _ replace: (inout OutputBuffer, UInt8) -> Void
  ) {
    let isDone: Bool? = text.utf8.withContiguousStorageIfAvailable { bytes in
      guard TextSanitizer.isPlain(bytes) else { return false }
      add(bytes: bytes, isReplaced: isReplaced, replace)
      return true
    }
    if isDone == true { return }
    var safe = TextSanitizer.escapedOnOneLine(text)
    safe.withUTF8 { add(bytes: $0, isReplaced: isReplaced, replace) }
  }

  @inline(__always)
  mutating func add(
    bytes: UnsafeBufferPointer<UInt8>, isReplaced: (UInt8) -> Bool,
    _ replace: (inout OutputBuffer, UInt8) -> Void
  ) {
    // One pass that looks at all of it, so that the compiler can take many
    // bytes at once; most texts have nothing.
    var isAny = false
    for byte in bytes { isAny = isReplaced(byte) || isAny }
    guard isAny else { return add(bytes: bytes) }
    var start = bytes.startIndex
    for index in bytes.indices where isReplaced(bytes[index]) {
      add(bytes: UnsafeBufferPointer(rebasing: bytes[start..<index]))
      replace(&self, bytes[index])
      start = index + 1
    }
    add(bytes: UnsafeBufferPointer(rebasing: bytes[start...]))
  }

  /// The lines of `text`, each as `add` writes it, with `separator` between two.
  mutating func add(
    lines text: String, parted separator: StaticString,
    _ add: (inout OutputBuffer, String) -> Void
  ) {
    guard text.utf8.contains(UInt8(ascii: "\n")) else { return add(&self, text) }
    for (index, line) in TextSanitizer.escapedLines(text).enumerated() {
      if index > 0 { self.add(ours: separator) }
      add(&self, line)
    }
  }
}
