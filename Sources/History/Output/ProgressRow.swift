import ChatCore

/// What a row about a long work says: how much is done and left, how fast it
/// goes, and how long it may still take.
struct ProgressRow: Hashable {
  /// As in "verifying".
  var work: String
  /// What is counted, as in "event".
  var noun: String
  var done: Int
  /// How many there are; `nil` where that is not known.
  var total: Int?
  /// Since the work began.
  var elapsed: Duration

  private static let cells = 10

  /// Shorter than 80 columns for all counts below ten million.
  var text: String {
    let rate = perSecond.map { ", \($0)/s" } ?? ""
    // More may come while it goes on.
    guard let total = total.map({ max($0, done) }), total > 0 else {
      return "\(work): \(HistoryMessages.count(done, noun))\(rate)"
    }
    let filled = Int(Double(done) / Double(total) * Double(Self.cells))
    let bar =
      String(repeating: "#", count: filled) + String(repeating: "-", count: Self.cells - filled)
    let percent = Int(Double(done) / Double(total) * 100)
    return "\(work) [\(bar)] \(percent) %, \(done) of \(HistoryMessages.count(total, noun))"
      + rate + (left(of: total).map { ", \($0) left" } ?? "")
  }

  private var seconds: Double {
    let (seconds, attoseconds) = elapsed.components
    return Double(seconds) + Double(attoseconds) / 1e18
  }

  private var perSecond: Int? {
    seconds > 0 ? Int(exactly: (Double(done) / seconds).rounded(.down)) : nil
  }

  /// As if the rest went as fast as what is done.
  private func left(of total: Int) -> String? {
    guard done > 0, total > done, seconds > 0 else { return nil }
    let left = seconds * Double(total - done) / Double(done)
    switch left {
    case ..<100: return "\(Int(left.rounded(.up))) s"
    case ..<6000: return "\(Int((left / 60).rounded(.up))) min"
    case ..<3_600_000: return "\(Int((left / 3600).rounded(.up))) h"
    default: return nil
    }
  }
}
