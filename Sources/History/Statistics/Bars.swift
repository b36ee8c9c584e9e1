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
