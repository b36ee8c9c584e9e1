import ChatCore
import Transcript

/// The columns of `history list` on a terminal.
struct ListTable {
  // Wide enough for what is common; what is longer pushes its row out, since
  // rows are shown as they come and none can wait for the widest.
  private static let idWidth = 4
  private static let startWidth = 19
  private static let lengthWidth = 7
  private static let clientWidth = 10
  private static let countWidth = 4

  func heading(_ screen: Screen) -> String {
    row("ID", "STARTED", "LENGTH", "CLIENT", "MSGS", "ENDED", screen)
  }

  func row(_ conversation: ConversationSummary, zone: Zone, screen: Screen) -> String {
    let client = conversation.client.map { TextSanitizer.escapedOnOneLine($0) } ?? "-"
    return row(
      String(conversation.id), Stamp.dateAndClock(conversation.opened, in: zone),
      length(of: conversation), client, String(conversation.messages),
      EndingWords.column(conversation.ending), screen)
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
    _ ending: String, _ screen: Screen
  ) -> String {
    [
      screen.aligned(id, to: Self.idWidth),
      screen.padded(start, to: Self.startWidth),
      screen.aligned(length, to: Self.lengthWidth),
      screen.padded(client, to: Self.clientWidth),
      screen.aligned(count, to: Self.countWidth),
      ending,
    ].joined(separator: "  ")
  }
}
