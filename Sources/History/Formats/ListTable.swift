import ChatCore
import Transcript

/// The columns of `history list` on a terminal, and what becomes of them on a
/// narrow one; see ``ListLayout``.
struct ListTable {
  /// Of the transcripts' names that stand before ids; 0 where one is read.
  let longestName: Int

  /// With the colon behind it.
  private var nameWidth: Int { longestName == 0 ? 0 : longestName + 1 }

  func heading(_ screen: Screen) -> String {
    let layout = ListLayout(screen, besides: nameWidth)
    return row("ID", "STARTED", "LENGTH", "CLIENT", "MSGS", "ENDED", layout, screen)
  }

  func row(_ conversation: ConversationSummary, zone: Zone, screen: Screen) -> String {
    let layout = ListLayout(screen, besides: nameWidth)
    let client = conversation.client.map { TextSanitizer.escapedOnOneLine($0) } ?? "-"
    let start =
      layout.start == .date
      ? Stamp.date(zone.day(of: conversation.opened))
      : Stamp.dateAndClock(conversation.opened, in: zone)
    return row(
      conversation.label, start, length(of: conversation), client,
      String(conversation.messageCount), EndingWords.column(conversation.ending), layout, screen)
  }

  /// From the floor to the close, or as long as it is known to have lasted; `-`
  /// for one that only waited.
  private func length(of conversation: ConversationSummary) -> String {
    guard let floor = conversation.floor else { return "-" }
    if let (_, at) = conversation.close {
      return Stamp.span(roundedSeconds: max(0, at.elapsed(since: floor)))
    }
    // A lower bound is never rounded up.
    return ">=" + Stamp.span(seconds: max(0, conversation.lastEvent.elapsed(since: floor)) / 1000)
  }

  private func row(
    _ id: String, _ start: String, _ length: String, _ client: String, _ count: String,
    _ ending: String, _ layout: ListLayout, _ screen: Screen
  ) -> String {
    var cells = [screen.aligned(id, to: nameWidth + ListLayout.idWidth)]
    if layout.start != .none { cells.append(screen.padded(start, to: layout.start.rawValue)) }
    if layout.hasLength { cells.append(screen.aligned(length, to: ListLayout.lengthWidth)) }
    let name = layout.columns == nil ? client : screen.cut(client, to: layout.clientWidth)
    cells.append(screen.padded(name, to: layout.clientWidth))
    if layout.hasCount { cells.append(screen.aligned(count, to: ListLayout.countWidth)) }
    cells.append(ending)
    let row = cells.joined(separator: "  ")
    return layout.columns.map { screen.cut(row, to: $0) } ?? row
  }
}

/// Which columns `history list` has, by the width of the terminal.
///
/// Below 80 columns rows are made to fit. What is dropped, in this order, is
/// what a person misses least, so that 12 columns are left for the ending as
/// long as can be:
///
/// | columns | what goes |
/// |---|---|
/// | 80 and more | nothing; what is longer than its column pushes its row out, since rows are shown as they come and none can wait for the widest |
/// | 66 to 79 | nothing but what is longer |
/// | 57 to 65 | LENGTH |
/// | 51 to 56 | MSGS too |
/// | 42 to 50 | the clock of STARTED too |
/// | 30 to 41 | STARTED altogether |
/// | 20 to 29 | CLIENT has 6 columns |
///
/// What is cut then, a client's name or the end of the row, ends with `…`.
/// Below 20 columns the terminal wraps.
struct ListLayout {
  // Wide enough for what is common.
  static let idWidth = 4
  static let lengthWidth = 7
  static let countWidth = 4

  /// What is shown of the start; the width of its column.
  enum Start: Int {
    case none = 0
    case date = 10
    case dateAndClock = 19
  }

  var start = Start.dateAndClock
  var hasLength = true
  var hasCount = true
  var clientWidth = 10
  /// The columns that a row may take; `nil` when it is not cut.
  var columns: Int?

  /// `besides` is what the names of transcripts take of the columns.
  init(_ screen: Screen, besides: Int) {
    guard let width = screen.columns.map({ $0 - besides }), width < 80 else { return }
    columns = max(width, 20) + besides
    hasLength = width >= 66
    hasCount = width >= 57
    if width < 51 { start = .date }
    if width < 42 { start = .none }
    if width < 30 { clientWidth = 6 }
  }
}
