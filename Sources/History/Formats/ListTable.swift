import ChatCore
import Transcript

/// The columns of `history list` on a terminal, and what becomes of them on a
/// narrow one; see ``ListLayout``.
struct ListTable {
  func heading(_ screen: Screen) -> String {
    let layout = ListLayout(screen)
    return row("ID", "STARTED", "LENGTH", "CLIENT", "MSGS", "ENDED", layout, screen)
  }

  func row(_ conversation: ConversationSummary, zone: Zone, screen: Screen) -> String {
    let layout = ListLayout(screen)
    let client = conversation.client.map { TextSanitizer.escapedOnOneLine($0) } ?? "-"
    let start =
      layout.start == .date
      ? Stamp.date(zone.day(of: conversation.opened))
      : Stamp.dateAndClock(conversation.opened, in: zone)
    return row(
      String(conversation.id), start, length(of: conversation), client,
      String(conversation.messageCount), EndingWords.column(conversation.ending), layout, screen)
  }

  /// From the open to the close, or as long as it is known to have lasted.
  private func length(of conversation: ConversationSummary) -> String {
    if case .closed(let at, _, _, _) = conversation.ending {
      return Stamp.span(roundedSeconds: at.elapsed(since: conversation.opened))
    }
    // A lower bound is never rounded up.
    let known = conversation.lastEvent.elapsed(since: conversation.opened)
    return ">=" + Stamp.span(seconds: known / 1000)
  }

  private func row(
    _ id: String, _ start: String, _ length: String, _ client: String, _ count: String,
    _ ending: String, _ layout: ListLayout, _ screen: Screen
  ) -> String {
    var cells = [screen.aligned(id, to: ListLayout.idWidth)]
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
