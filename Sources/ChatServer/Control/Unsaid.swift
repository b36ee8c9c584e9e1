import ChatCore
import ChatTerminal

/// What the process with the terminal has reported of the operator's line: what is left of
/// it should that process be killed.
struct Unsaid: Hashable {
  var isOnLine: Bool
  var text: [UInt8]

  /// The draft and the memory for the next desk, in the place of those that this one got.
  func restore(draft: inout [UInt8], memory: inout [UInt8]) {
    draft = text
    memory = DeskMemory.marked(memory, isOnLine: isOnLine)
  }
}

extension ControlLimits {
  /// As much of it as fits one message, whole characters of UTF-8.
  static func part(ofUnsaid text: String) -> [UInt8] {
    var bytes = Array(text.utf8.prefix(partLength))
    guard bytes.count < text.utf8.count else { return bytes }
    while let last = bytes.last, last & 0xc0 == 0x80 { bytes.removeLast() }
    if let last = bytes.last, last & 0x80 != 0 { bytes.removeLast() }
    return bytes
  }
}

/// Reports what is typed and not said, as it changes.
struct UnsaidReporter {
  /// At most so often: what is typed in a second can be typed again.
  static let interval = Duration.seconds(1)

  private var last = Unsaid(isOnLine: false, text: [])
  private var lastAt: Instant?

  /// The report that is due; `nil` where none is. That nothing is left is reported at once:
  /// what was said is not to be there once more.
  mutating func report(of desk: OperatorDesk, at now: Instant) -> ConversationReport? {
    let unsaid = Self.unsaid(desk)
    guard unsaid != last, unsaid.text.isEmpty || due.map({ now >= $0 }) ?? true else { return nil }
    (last, lastAt) = (unsaid, now)
    return .unsaid(isOnLine: unsaid.isOnLine, unsaid.text)
  }

  /// When a report is wanted.
  func deadline(of desk: OperatorDesk) -> Instant? {
    Self.unsaid(desk) == last ? nil : due
  }

  private var due: Instant? { lastAt?.advanced(by: Self.interval) }

  private static func unsaid(_ desk: OperatorDesk) -> Unsaid {
    let (text, isOnLine) = desk.unsaid
    return Unsaid(isOnLine: isOnLine, text: ControlLimits.part(ofUnsaid: text))
  }
}
