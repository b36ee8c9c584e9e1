import ChatCore
import Transcript

/// A report for a person.
struct StatisticsText {
  let zone: Zone
  let screen: Screen
  let unit: StatisticsBuilder.Unit
  let isPlain: Bool
  /// How many days or hours to draw at most; the newest are.
  let maximumBars: Int
  /// Whether the hours and the week are drawn too.
  let hasPlots: Bool

  /// Without a terminal, what fits on paper and in a mail.
  private static let defaultColumns = 80
  static let maximumHandles = 20

  func write(_ report: StatisticsReport, into output: inout OutputBuffer) {
    output.write(
      """
      \(HistoryMessages.count(report.messages, "message")) in \
      \(HistoryMessages.count(report.conversations, "conversation"))
      """)
    if let first = report.firstMessage, let last = report.lastMessage {
      output.write(
        ", \(Stamp.date(zone.day(of: first))) to \(Stamp.date(zone.day(of: last)))")
    }
    output.write("\n")
    if report.silent > 0 { output.write("\(HistoryMessages.silent(report.silent))\n") }
    if report.drops > 0 {
      output.write("\(HistoryMessages.links(drops: report.drops, resumes: report.resumes))\n")
    }
    if report.messages == 0 { return }
    writeBars(report.spans, into: &output)
    if hasPlots {
      StatisticsPlots(isPlain: isPlain, columns: screen.columns ?? Self.defaultColumns)
        .write(report, into: &output)
    }
    writeHandles(report.handles, into: &output)
    writeLongest(report.longest, into: &output)
    writeReplies(report, into: &output)
  }

  private func writeBars(
    _ spans: [StatisticsReport.Span], into output: inout OutputBuffer
  ) {
    let drawn = StatisticsReport.filled(spans, unit: unit, atMost: maximumBars)
    guard let largest = drawn.map(\.messages).max() else { return }
    let isCut = drawn.first.map { $0.start.milliseconds > (spans.first?.start.milliseconds ?? 0) }
    output.write("\nMessages \(unit == .day ? "a day" : "an hour")")
    if isCut == true { output.write(" (the last \(drawn.count) \(unit.rawValue)s; -n shows more)") }
    output.write("\n")
    let countWidth = String(largest).utf8.count
    let labelWidth = unit == .day ? 10 : 16
    let bars = Bars(
      isPlain: isPlain,
      columns: max(1, (screen.columns ?? Self.defaultColumns) - labelWidth - countWidth - 6))
    for span in drawn {
      var line = "  \(unit.label(of: span.start))  "
      line += screen.aligned(String(span.messages), to: countWidth)
      let bar = bars.bar(span.messages, of: largest)
      if !bar.isEmpty { line += "  \(bar)" }
      output.write(line + "\n")
    }
  }

  private func writeHandles(
    _ handles: [StatisticsReport.Speaker], into output: inout OutputBuffer
  ) {
    output.write("\nMessages by handle\n")
    let shown = handles.prefix(Self.maximumHandles)
    let width = shown.map { String($0.messages).utf8.count }.max() ?? 1
    for speaker in shown {
      let name = speaker.name.map { TextSanitizer.escapedOnOneLine($0) } ?? "-"
      output.write(
        "  \(screen.padded(name, to: 10))  \(screen.padded(speaker.party.rawValue, to: 6))")
      output.write("  \(screen.aligned(String(speaker.messages), to: width))")
      output.write(" in \(HistoryMessages.count(speaker.conversations, "conversation"))\n")
    }
    if handles.count > shown.count { output.write("  and \(handles.count - shown.count) more\n") }
  }

  private func writeLongest(
    _ longest: [StatisticsReport.Length], into output: inout OutputBuffer
  ) {
    output.write("\nLongest conversations\n")
    for length in longest {
      let name = length.client.map { TextSanitizer.escapedOnOneLine($0) } ?? "-"
      output.write(
        """
          \(screen.aligned(length.label, to: 4))  \
        \(screen.aligned(Stamp.span(seconds: length.seconds), to: 8))  \
        \(screen.padded(name, to: 10))  \(HistoryMessages.count(length.messages, "message"))

        """)
    }
  }

  private func writeReplies(
    _ report: StatisticsReport, into output: inout OutputBuffer
  ) {
    let sides = [("server", report.serverReplies), ("client", report.clientReplies)]
    guard sides.contains(where: { $0.1.count > 0 }) else { return }
    output.write("\nReply times\n")
    for (side, replies) in sides {
      guard let times = Self.replyTimes(replies) else { continue }
      output.write("  \(side)  \(times)\n")
    }
  }

  static func replyTimes(_ replies: ReplyTimes) -> String? {
    guard let median = replies.percentile(0.5), let slow = replies.percentile(0.9) else {
      return nil
    }
    return "half within \(seconds(median)), 9 of 10 within \(seconds(slow))"
  }

  /// `6.4 s` up to a minute, then as a stopwatch. Rounded up, since it comes
  /// after "within".
  private static func seconds(_ milliseconds: Int64) -> String {
    let tenths = milliseconds / 100 + (milliseconds % 100 > 0 ? 1 : 0)
    if tenths < 600 { return "\(tenths / 10).\(tenths % 10) s" }
    return Stamp.span(seconds: tenths / 10 + (tenths % 10 > 0 ? 1 : 0))
  }
}

/// Draws numbers as horizontal bars.
struct Bars {
  /// Whether only ASCII may be used.
  let isPlain: Bool
  /// The columns that the longest bar may take.
  let columns: Int

  /// Eighths of a block, U+258F to U+2588.
  private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

  /// The bar for `value`, where `largest` fills all columns; whatever is not
  /// 0 can be seen.
  func bar(_ value: Int, of largest: Int) -> String {
    if value <= 0 || largest <= 0 || columns <= 0 { return "" }
    let share = Double(value) / Double(largest)
    if isPlain {
      let count = max(1, Int((share * Double(columns)).rounded()))
      return String(repeating: "#", count: min(count, columns))
    }
    let count = max(1, Int((share * Double(columns * 8)).rounded()))
    let (whole, rest) = min(count, columns * 8).quotientAndRemainder(dividingBy: 8)
    return String(repeating: "█", count: whole) + Self.eighths[rest]
  }
}
