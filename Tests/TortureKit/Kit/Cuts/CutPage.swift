import ChatCore
import Harness

/// What one chatclient showed on its terminal from start to end.
final class CutPage {
  enum Row: Hashable, CustomStringConvertible {
    /// A word of the person here, by its number.
    case own(Int)
    /// One of the operator.
    case heard(Int)
    /// Behind it the last rows of another page are shown once more.
    case goingOn

    var description: String {
      switch self {
      case .own(let number): "own \(number)"
      case .heard(let number): "heard \(number)"
      case .goingOn: "going on"
      }
    }
  }

  /// Of one that was cut off, and of one that was taken over.
  private static let headings = ["You were cut off ", "Going on in the place of "]

  let process: PtyProcess
  private let handle: String
  /// What was looked at of its output, in bytes and in rows that scrolled off.
  private var looked = (bytes: 0, rows: 0)
  private var scrolled: [Row] = []
  private var visible: [Row] = []
  private var isClosed = false
  /// When there was last anything new, on the monotonic clock in milliseconds.
  private(set) var changedAt = Deadline.now

  init(_ process: PtyProcess, of handle: String) {
    self.process = process
    self.handle = handle
  }

  var rows: [Row] { scrolled + visible }
  var own: [Int] { rows.compactMap { if case .own(let number) = $0 { number } else { nil } } }
  var heard: [Int] { rows.compactMap { if case .heard(let number) = $0 { number } else { nil } } }

  func read() {
    if isClosed { return }
    process.readAvailable()
    guard process.output.count > looked.bytes else { return }
    changedAt = Deadline.now
    // In the middle of an update rows are not where a person sees them.
    guard process.screen.isWhole, process.screen.updateDepth == 0 else { return }
    looked.bytes = process.output.count
    take(process.screen)
  }

  private func take(_ screen: Screen) {
    scrolled += screen.scrollback[looked.rows...].compactMap { row($0.text) }
    looked.rows = screen.scrollback.count
    // A line that is being typed looks like one that was said.
    visible = screen.rows.indices.filter { $0 != screen.cursorRow }
      .compactMap { row(screen.rows[$0].text) }
  }

  private func row(_ text: String) -> Row? {
    if text.hasPrefix("SERVER> line ") { return .heard(CutServer.number(of: text)) }
    if text.hasPrefix("\(handle)> \(handle) says ") { return .own(CutServer.number(of: text)) }
    return Self.headings.contains { text.hasPrefix($0) } ? .goingOn : nil
  }

  /// It has died, maybe in the middle of an update, which is not seen then.
  func close() {
    read()
    if looked.bytes < process.output.count {
      let end = Array("\u{1b}[?2026l".utf8)
      let last = process.output.indices.dropLast(end.count - 1).last {
        process.output[$0..<$0 + end.count].elementsEqual(end)
      }
      var screen = Screen(columns: process.screen.columns, height: process.screen.height)
      screen.write(Array(process.output[..<((last ?? 0) + end.count)]))
      take(screen)
    }
    process.hangUp()
    isClosed = true
  }

  // MARK: What must hold

  /// How many rows were shown once more, of what the pages before have up to the number
  /// `last` of the operator's.
  ///
  /// - Throws: ``TortureFailure`` where a word is here twice or out of order, or where one
  ///   that was seen before comes as if it were new: anywhere but among the rows with which
  ///   a page begins that goes on.
  func countRepeated(after last: Int) throws -> Int {
    try hold(zip(own, own.dropFirst()).allSatisfy(<), "own words on a page: \(own)")
    try hold(zip(heard, heard.dropFirst()).allSatisfy(<), "heard on a page: \(heard)")
    let heading = rows.firstIndex(of: .goingOn)
    let messages = rows[(heading ?? 0)...].filter { $0 != .goingOn }
    let repeated = messages.indices.filter {
      if case .heard(let number) = messages[$0] { number <= last } else { false }
    }
    let limit = heading == nil ? 0 : PastMessage.limit
    try hold(
      repeated.allSatisfy { $0 < limit },
      "what was heard before \(last) came once more: \(messages)")
    return repeated.count
  }
}
