import ChatCore

/// When in the day and in the week something is said, as pictures of characters.
struct StatisticsPlots {
  let isPlain: Bool
  /// Of the terminal, or the paper.
  let columns: Int

  /// Rows of the columns that show the hours.
  private static let height = 5
  /// `  Mon  ` and its like before every row.
  private static let margin = 7

  func write(_ report: StatisticsReport, into output: inout OutputBuffer) {
    // An hour is one column wide at least, and two where there is room.
    guard columns >= Self.margin + 24 else { return }
    let width = columns >= Self.margin + 48 ? 2 : 1
    writeHours(report.hours, width, into: &output)
    writeWeek(report.week, width, into: &output)
  }

  private func writeHours(_ hours: [Int], _ width: Int, into output: inout OutputBuffer) {
    output.write("\nMessages by hour of the day\n")
    let largest = hours.max() ?? 0
    for row in (0..<Self.height).reversed() {
      var line = String(repeating: " ", count: Self.margin)
      for hour in hours {
        line += repeated(column(hour, of: largest, row: row), width)
      }
      output.write(Self.trimmed(line) + "\n")
    }
    writeHourLabels(width, into: &output)
  }

  /// The part of a column in one of the rows, counted from below.
  private func column(_ value: Int, of largest: Int, row: Int) -> Character {
    if value <= 0 || largest <= 0 { return " " }
    let steps = isPlain ? 1 : 8
    let share = Double(value) / Double(largest)
    // Whatever is not nothing is seen.
    let filled = max(1, Int((share * Double(Self.height * steps)).rounded()))
    let inRow = min(max(0, filled - row * steps), steps)
    if isPlain { return inRow > 0 ? "#" : " " }
    return Self.eighths[inRow]
  }

  /// U+2581 to U+2588, from below.
  private static let eighths: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  private func writeWeek(_ week: [[Int]], _ width: Int, into output: inout OutputBuffer) {
    output.write("\nMessages by weekday and hour\n")
    let largest = week.joined().max() ?? 0
    for (day, hours) in zip(Self.days, week) {
      let cells = hours.map { repeated(shade($0, of: largest), width) }.joined()
      output.write(Self.trimmed("  \(day)  \(cells)") + "\n")
    }
    writeHourLabels(width, into: &output)
    let scale = shades.map { repeated($0, width) }.joined(separator: " ")
    output.write("       0 \(scale) \(largest)\n")
  }

  static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

  private var shades: [Character] {
    isPlain ? [".", "-", "+", "*", "#"] : ["·", "░", "▒", "▓", "█"]
  }

  private func shade(_ value: Int, of largest: Int) -> Character {
    if value <= 0 || largest <= 0 { return shades[0] }
    // Quarters of the largest, so that whatever is not nothing is seen.
    return shades[Int((Double(value) / Double(largest) * 4).rounded(.up))]
  }

  private func writeHourLabels(_ width: Int, into output: inout OutputBuffer) {
    var line = String(repeating: " ", count: Self.margin)
    for hour in stride(from: 0, to: 24, by: 6) {
      let label = String(hour)
      line += label + String(repeating: " ", count: 6 * width - label.count)
    }
    output.write(Self.trimmed(line) + "\n")
  }

  private func repeated(_ character: Character, _ count: Int) -> String {
    String(repeating: character, count: count)
  }

  private static func trimmed(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
