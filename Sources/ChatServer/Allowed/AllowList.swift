import ChatCore
import ChatSecure

/// Who is let in, and under which name: a line for each key,
///
///     SHA256:Z+YtJ… mike
///
/// `#` begins a remark, also behind a name; empty lines are nothing.
package struct AllowList: Hashable, Sendable {
  /// The longest file that is looked at, in bytes: some ten thousand people.
  static let longestText = 1 << 20

  private(set) var names: [Fingerprint: Handle] = [:]
  /// Lines, from 1, that are none of these, or name a key for the second time. They
  /// let nobody in.
  package private(set) var damaged: [Int] = []

  package init(text: [UInt8]) {
    for (index, line) in Self.lines(text).enumerated() {
      let words = Self.words(line)
      if words.isEmpty { continue }
      guard words.count == 2, let key = Fingerprint(words[0]), names[key] == nil,
        let name = try? Handle(words[1])
      else {
        damaged.append(index + 1)
        continue
      }
      names[key] = name
    }
  }

  /// The name of the one with this key; `nil` for somebody who is not let in.
  package func name(of key: Fingerprint?) -> Handle? { key.flatMap { names[$0] } }

  /// `text` with this key under this name: in the place of the line that has it, else
  /// in a line more.
  package static func adding(
    _ key: Fingerprint, _ name: Handle, to text: [UInt8]
  ) -> [UInt8] {
    var (lines, places) = lines(of: key, in: text)
    let new = Array("\(key) \(name.text)".utf8)
    if let first = places.first {
      lines[first] = new
      for place in places.dropFirst().reversed() { lines.remove(at: place) }
    } else {
      lines.append(new)
    }
    return joined(lines)
  }

  /// `text` without this key; `nil` where it is not there.
  package static func removing(_ key: Fingerprint, from text: [UInt8]) -> [UInt8]? {
    var (lines, places) = lines(of: key, in: text)
    if places.isEmpty { return nil }
    for place in places.reversed() { lines.remove(at: place) }
    return joined(lines)
  }

  private static func lines(
    of key: Fingerprint, in text: [UInt8]
  ) -> (lines: [[UInt8]], places: [Int]) {
    let lines = lines(text)
    return (
      lines, lines.indices.filter { words(lines[$0]).first.flatMap { Fingerprint($0) } == key }
    )
  }

  /// Without their ends, and without the empty one behind the last.
  private static func lines(_ text: [UInt8]) -> [[UInt8]] {
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { Array($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0) }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private static func joined(_ lines: [[UInt8]]) -> [UInt8] {
    Array(lines.map { $0 + [UInt8(ascii: "\n")] }.joined())
  }

  /// One that is not UTF-8 is empty: neither a key nor a name.
  private static func words(_ line: [UInt8]) -> [String] {
    let content = line.prefix { $0 != UInt8(ascii: "#") }
    return content.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      .map { String(validating: $0, as: UTF8.self) ?? "" }
  }
}
