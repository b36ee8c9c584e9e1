/// What one line of a configuration file gives: `long-option = value`.
package struct ConfigEntry: Hashable, Sendable {
  /// Counted from 1.
  package let line: Int
  /// The name of a long option, without its dashes.
  package let name: String
  /// Never empty, without blanks around it.
  package let value: String

  /// Files are written by hand; a hundred lines are 4 KiB.
  package static let mostBytes = 64 * 1024

  /// What the lines of a file say, in their order.
  ///
  /// A line is empty, a comment, or `name = value`. A comment begins with `#`, at the
  /// beginning of a line or behind a blank. Lines may end as on Windows, and the file may
  /// begin with a byte order mark. A value is the rest of its line, without quotes.
  ///
  /// - Throws: ``ConfigFault``, for the first line that is none of these.
  package static func entries(in bytes: [UInt8]) throws(ConfigFault) -> [ConfigEntry] {
    if bytes.count > mostBytes { throw ConfigFault(nil, .tooLong) }
    var entries: [ConfigEntry] = []
    let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
    let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
    let lines = text.split(separator: 0x0a, omittingEmptySubsequences: false)
    for (index, bytes) in lines.enumerated() {
      let line = index + 1
      let content = bytes.last == 0x0d ? bytes.dropLast() : bytes
      guard let text = String(validating: content, as: UTF8.self) else {
        throw ConfigFault(line, .notUTF8)
      }
      let hasControls = text.unicodeScalars.contains {
        $0.properties.generalCategory == .control && $0 != "\t"
      }
      if hasControls { throw ConfigFault(line, .controlCharacter) }
      guard let entry = try entry(in: text[...], line: line) else { continue }
      if let before = entries.first(where: { $0.name == entry.name }) {
        throw ConfigFault(line, .twice(entry.name, before: before.line))
      }
      entries.append(entry)
    }
    return entries
  }

  private static func entry(
    in text: Substring, line: Int
  ) throws(ConfigFault) -> ConfigEntry? {
    let content = trimmed(withoutComment(text))
    if content.isEmpty { return nil }
    guard let sign = content.firstIndex(of: "=") else {
      throw ConfigFault(line, .noValue(String(content)))
    }
    let name = String(trimmed(content[..<sign]))
    let value = trimmed(content[content.index(after: sign)...])
    if value.isEmpty { throw ConfigFault(line, .noValue(name)) }
    if let quote = value.first, quote == "\"" || quote == "'" {
      throw ConfigFault(line, .quoted(name))
    }
    return ConfigEntry(line: line, name: name, value: String(value))
  }

  private static func withoutComment(_ text: Substring) -> Substring {
    var isBehindBlank = true
    for place in text.unicodeScalars.indices {
      let scalar = text.unicodeScalars[place]
      if scalar == "#", isBehindBlank { return text[..<place] }
      isBehindBlank = scalar == " " || scalar == "\t"
    }
    return text
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let isBlank = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return text[first..<scalars.index(after: last)]
  }
}

/// Why a configuration file cannot be used, as evidence; ``ConfigWords`` has the sentences.
package struct ConfigFault: Error, Hashable {
  /// `nil` for the file as a whole.
  package let line: Int?
  package let kind: Kind

  package init(_ line: Int?, _ kind: Kind) {
    self.line = line
    self.kind = kind
  }

  package enum Kind: Hashable, Sendable {
    case tooLong
    case notUTF8
    case controlCharacter
    /// An option without `= value`.
    case noValue(String)
    case quoted(String)
    case twice(String, before: Int)
    /// No option of the program's.
    case unknown(String, meant: String?)
    /// An act, such as `--help`.
    case toBeTyped(String)
    /// The value of a flag.
    case notYesOrNo(String, String)
    /// What the options' parser, or the program itself, has against a value.
    case refused(String)
  }
}
