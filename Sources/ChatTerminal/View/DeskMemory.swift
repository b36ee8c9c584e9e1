import ChatCore

/// What one desk of a run leaves to the next, beside the draft: the lines that
/// were typed, for Up and Ctrl-R, and who was there last. On the way it passes
/// the listener, which does not look into it.
package struct DeskMemory: Hashable, Sendable {
  /// The conversation before, for `\who` and `\history` while nobody is there.
  package struct Talk: Hashable, Sendable {
    /// As it was shown.
    package var name: String
    package var address: String
    /// The wall clock's time when it ended.
    package var endedAt: String
    /// The last lines that were said, the oldest first.
    package var lines: [RecentLines.Line]

    package init(name: String, address: String, endedAt: String, lines: [RecentLines.Line]) {
      self.name = name
      self.address = address
      self.endedAt = endedAt
      self.lines = lines
    }
  }

  /// Bytes that the typed lines may have, and those of the last talk: a line
  /// that was longer is not kept, nor what is older than it.
  static let typedLimit = 16 * 1024
  static let talkLimit = 12 * 1024

  /// The oldest first.
  package var typed: [String] = []
  package var lastTalk: Talk?
  /// Whether the terminal's window has the focus, where it said so: it does only
  /// when that changes.
  var hasFocus: Bool?

  /// Whether the draft was on the line of a desk that was stopped, and belongs
  /// there when it is continued; nobody came between.
  package var draftIsOnLine = false

  /// Whether the operator has read in this run that a talk was in clear.
  package var knowsOfClear = false

  /// What was said of the present peer's link.
  package var linkNews = LinkNews()
  /// Whether nobody was at the terminal to see the last talk.
  package var isUnseen = false

  /// The kind of trouble with the transcript that the operator has read of last.
  package var trouble: String?

  package init() {}

  private enum Tag {
    static let typed = UInt8(ascii: "t")
    static let name = UInt8(ascii: "n")
    static let address = UInt8(ascii: "a")
    static let endedAt = UInt8(ascii: "e")
    static let when = UInt8(ascii: "w")
    static let speaker = UInt8(ascii: "s")
    static let text = UInt8(ascii: "x")
    static let focus = UInt8(ascii: "f")
    static let onLine = UInt8(ascii: "l")
    static let clear = UInt8(ascii: "c")
    static let trouble = UInt8(ascii: "r")
    static let link = UInt8(ascii: "k")
    static let unseen = UInt8(ascii: "u")
  }

  // MARK: Bytes

  /// At most the two limits together, and 1 KiB for the names.
  package var bytes: [UInt8] {
    var bytes = Self.newest(
      of: typed.map { Self.field(Tag.typed, $0) }, within: Self.typedLimit)
    if let hasFocus { bytes += Self.field(Tag.focus, hasFocus ? "in" : "out") }
    if draftIsOnLine { bytes += Self.field(Tag.onLine, "") }
    if knowsOfClear { bytes += Self.field(Tag.clear, "") }
    if linkNews != LinkNews() { bytes += Self.field(Tag.link, linkNews.text) }
    if let trouble { bytes += Self.field(Tag.trouble, trouble) }
    if isUnseen { bytes += Self.field(Tag.unseen, "") }
    guard let lastTalk else { return bytes }
    let names = [
      (Tag.name, lastTalk.name), (Tag.address, lastTalk.address), (Tag.endedAt, lastTalk.endedAt),
    ]
    bytes += names.flatMap { Self.field($0, $1) }
    let lines = lastTalk.lines.map { line in
      (line.when.map { Self.field(Tag.when, $0) } ?? []) + Self.field(Tag.speaker, line.name)
        + Self.field(Tag.text, line.text.lines.joined(separator: "\n"))
    }
    return bytes + Self.newest(of: lines, within: Self.talkLimit)
  }

  /// Reads what ``bytes`` gave. What it does not understand, and all behind it,
  /// is not there: another process wrote it, which has read what a peer sent. The
  /// texts are safe for a row of a terminal.
  package init(bytes: [UInt8]) {
    var rest = bytes[...]
    var talk = Talk(name: "", address: "", endedAt: "", lines: [])
    var line = RecentLines.Line(name: "", text: "")
    while let (tag, text) = Self.takeField(&rest) {
      switch tag {
      case Tag.typed: typed.append(text)
      case Tag.focus: hasFocus = text == "in"
      case Tag.onLine: draftIsOnLine = text.isEmpty
      case Tag.clear: knowsOfClear = true
      case Tag.trouble: trouble = text
      case Tag.link: linkNews = LinkNews(text: text)
      case Tag.unseen: isUnseen = true
      case Tag.name: talk.name = TextSanitizer.escapedOnOneLine(text)
      case Tag.address: talk.address = TextSanitizer.escapedOnOneLine(text)
      case Tag.endedAt: talk.endedAt = TextSanitizer.escapedOnOneLine(text)
      case Tag.when: line.when = TextSanitizer.escapedOnOneLine(text)
      case Tag.speaker: line.name = TextSanitizer.escapedOnOneLine(text)
      case Tag.text:
        line.text = PeerText(text)
        talk.lines.append(line)
        line = RecentLines.Line(name: "", text: "")
      default: rest = []
      }
    }
    if !talk.name.isEmpty { lastTalk = talk }
  }

  /// What ``bytes`` gave, with another ``draftIsOnLine``: for one that does not look into it.
  package static func marked(_ bytes: [UInt8], isOnLine: Bool) -> [UInt8] {
    let marks = [true, false].map { field(Tag.onLine, $0 ? "" : "no") }
    var bytes = bytes
    for mark in marks where bytes.suffix(mark.count).elementsEqual(mark) {
      bytes.removeLast(mark.count)
    }
    return bytes + (isOnLine ? marks[0] : marks[1])
  }

  private static func newest(of parts: [[UInt8]], within limit: Int) -> [UInt8] {
    var first = parts.endIndex
    var count = 0
    while first > parts.startIndex, count + parts[first - 1].count <= limit {
      first -= 1
      count += parts[first].count
    }
    return Array(parts[first...].joined())
  }

  /// A byte that says what it is, four for the length, the highest first, and the
  /// text.
  private static func field(_ tag: UInt8, _ text: String) -> [UInt8] {
    let text = Array(text.utf8)
    let length = UInt32(clamping: text.count)
    return [tag] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + text
  }

  private static func takeField(_ rest: inout ArraySlice<UInt8>) -> (UInt8, String)? {
    guard let tag = rest.first, rest.count >= 5 else { return nil }
    let length = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
    let text = rest.dropFirst(5).prefix(length)
    guard text.count == length else { return nil }
    rest = rest.dropFirst(5 + length)
    return (tag, String(decoding: text, as: UTF8.self))
  }
}
