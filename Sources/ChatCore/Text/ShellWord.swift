/// A word to be typed into a shell, in a sentence about what to type.
public struct ShellWord: CustomStringConvertible, Sendable {
  /// As it is typed: in single quotes where the shell would take a part of it for
  /// something else (sh(1), "Quoting"), or nothing could be seen of it.
  public let description: String

  /// What is safe on a terminal of `text`.
  public init(_ text: String) {
    let shown = TextSanitizer.escapedOnOneLine(text)
    let isPlain = !shown.isEmpty && shown.first != "-" && shown.utf8.allSatisfy(Self.isPlain)
    description = isPlain ? shown : "'" + shown.replacing("'", with: "'\\''") + "'"
  }

  /// Letters, digits and what no shell has another meaning for, wherever it is.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: ","),
      UInt8(ascii: ":"), UInt8(ascii: "@"):
      true
    default: false
    }
  }
}
