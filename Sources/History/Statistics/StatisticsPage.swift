import ChatCore

/// A report as a page, with the same pictures drawn by a browser: tables whose
/// cells have a colour or a bar of their own, without a script.
struct StatisticsPage {
  let zone: Zone
  let unit: StatisticsBuilder.Unit
  /// How many days or hours to draw at most; the newest are.
  let maximumBars: Int

  func write(_ report: StatisticsReport, into output: inout OutputBuffer) {
    output.add(ours: HTMLPage.head)
    output.write("<h1>\(HistoryMessages.count(report.messages, "message")) in ")
    output.write("\(HistoryMessages.count(report.conversations, "conversation"))</h1>\n")
    if let first = report.firstMessage, let last = report.lastMessage {
      output.write(
        "<p>\(Stamp.date(zone.day(of: first))) to \(Stamp.date(zone.day(of: last)))</p>\n")
    }
    if report.drops > 0 {
      let words = HistoryMessages.links(drops: report.drops, resumes: report.resumes)
      output.write("<p>\(words)</p>\n")
    }
    if report.messages > 0 {
      writeWeek(report, into: &output)
      writeHours(report, into: &output)
      writeSpans(report, into: &output)
      writeHandles(report, into: &output)
      writeLongest(report, into: &output)
      writeReplies(report, into: &output)
    }
    output.add(ours: HTMLPage.end)
  }

  private func writeWeek(_ report: StatisticsReport, into output: inout OutputBuffer) {
    output.add(ours: "<h2>By weekday and hour</h2>\n<table class=\"week\">\n<tr><th>")
    for hour in 0..<24 { output.write("<th>\(hour.isMultiple(of: 6) ? String(hour) : "")") }
    output.add(ours: "\n")
    let largest = report.week.joined().max() ?? 0
    for (day, hours) in zip(StatisticsPlots.days, report.week) {
      output.write("<tr><th>\(day)")
      for (hour, count) in hours.enumerated() {
        let title = "\(day) \(hour):00, \(HistoryMessages.count(count, "message"))"
        output.write("<td title=\"\(title)\"")
        if count > 0 { output.write(" style=\"--share:\(Self.percent(count, of: largest))%\"") }
        output.add(ours: ">")
      }
      output.add(ours: "\n")
    }
    output.add(ours: "</table>\n")
  }

  private func writeHours(_ report: StatisticsReport, into output: inout OutputBuffer) {
    output.add(ours: "<h2>By hour of the day</h2>\n")
    writeBars(
      report.hours.enumerated().map { ("\(Stamp.padded($0, 2)):00", $1) }, into: &output)
  }

  private func writeSpans(_ report: StatisticsReport, into output: inout OutputBuffer) {
    output.add(ours: unit == .day ? "<h2>By day</h2>\n" : "<h2>By hour</h2>\n")
    let spans = StatisticsReport.filled(report.spans, unit: unit, atMost: maximumBars)
    writeBars(spans.map { (unit.label(of: $0.start), $0.messages) }, into: &output)
  }

  private func writeBars(_ bars: [(label: String, count: Int)], into output: inout OutputBuffer) {
    let largest = bars.map(\.count).max() ?? 0
    output.add(ours: "<table class=\"bars\">\n")
    for (label, count) in bars {
      output.write("<tr><th>\(label)<td>\(count)<td>")
      if count > 0 {
        output.write("<div style=\"width:\(Self.percent(count, of: largest))%\"></div>")
      }
      output.add(ours: "\n")
    }
    output.add(ours: "</table>\n")
  }

  /// Whatever is not nothing is seen.
  private static func percent(_ count: Int, of largest: Int) -> Int {
    max(1, Int((Double(count) / Double(largest) * 100).rounded()))
  }

  private func writeHandles(_ report: StatisticsReport, into output: inout OutputBuffer) {
    output.add(
      ours: "<h2>By handle</h2>\n<table>\n<tr><th>Handle<th>Side<th>Messages<th>Conversations\n")
    for speaker in report.handles.prefix(StatisticsText.maximumHandles) {
      output.add(ours: "<tr><td><bdi>")
      output.add(html: speaker.name ?? "-")
      output.write("</bdi><td>\(speaker.party.rawValue)<td>\(speaker.messages)")
      output.write("<td>\(speaker.conversations)\n")
    }
    output.add(ours: "</table>\n")
  }

  private func writeLongest(_ report: StatisticsReport, into output: inout OutputBuffer) {
    output.add(ours: "<h2>Longest conversations</h2>\n")
    output.add(ours: "<table>\n<tr><th>ID<th>Length<th>Client<th>Messages\n")
    for length in report.longest {
      output.add(ours: "<tr><td>")
      output.add(html: length.label)
      output.write("<td>\(Stamp.span(seconds: length.seconds))<td><bdi>")
      output.add(html: length.client ?? "-")
      output.write("</bdi><td>\(length.messages)\n")
    }
    output.add(ours: "</table>\n")
  }

  private func writeReplies(_ report: StatisticsReport, into output: inout OutputBuffer) {
    let sides = [("server", report.serverReplies), ("client", report.clientReplies)]
    let rows = sides.compactMap { side, replies in
      StatisticsText.replyTimes(replies).map { "<tr><th>\(side)<td>\($0)\n" }
    }
    if rows.isEmpty { return }
    output.add(ours: "<h2>Reply times</h2>\n<table>\n")
    output.write(rows.joined())
    output.add(ours: "</table>\n")
  }
}
