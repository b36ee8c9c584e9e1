import ChatCore

/// How long it took one side to answer the other, to a step of a scale that grows
/// with the time: ten million of them fit in a few kilobytes, and any percentile is
/// right to 3 %. The steps are stored: the scale is never changed.
package struct Reply: Hashable, Sendable {
  package var party: Party
  /// From 0, below ``ReplyTimes/steps``.
  package var step: Int

  package init(party: Party, step: Int) {
    self.party = party
    self.step = step
  }

  /// Of one that came so long after what it answers; less than 0 where a clock was set
  /// back.
  package init(by party: Party, after milliseconds: Int64) {
    self.party = party
    step = Self.step(of: max(0, milliseconds))
  }

  fileprivate static let stepsPerDoubling = 32

  private static func step(of milliseconds: Int64) -> Int {
    // Up to the first 32, each millisecond is a step of its own.
    if milliseconds < Int64(stepsPerDoubling) { return Int(milliseconds) }
    let doubling = 63 - milliseconds.leadingZeroBitCount
    let shift = doubling - 5
    return (shift + 1) * stepsPerDoubling + Int(milliseconds >> Int64(shift)) - stepsPerDoubling
  }

  /// The longest time that falls in a step.
  fileprivate static func milliseconds(of step: Int) -> Int64 {
    if step < stepsPerDoubling { return Int64(step) }
    let shift = Int64(step / stepsPerDoubling - 1)
    let start = Int64(step % stepsPerDoubling + stepsPerDoubling) << shift
    return start + ((1 << shift) - 1)
  }
}

/// Replies of one side, counted by their steps.
package struct ReplyTimes {
  /// More than there are of any time.
  package static let steps = 64 * Reply.stepsPerDoubling

  package private(set) var count = 0
  private var counts = [Int](repeating: 0, count: Self.steps)

  package init() {}

  /// `number` of a step; one that is on no scale is left out.
  package mutating func add(step: Int, _ number: Int = 1) {
    guard counts.indices.contains(step), number > 0 else { return }
    counts[step] += number
    count += number
  }

  package mutating func add(_ other: ReplyTimes) {
    for (step, number) in other.counts.enumerated() { add(step: step, number) }
  }

  /// A time that `share` of the replies did not take longer than: the upper
  /// edge of its step, so that it is never too short; `nil` without replies.
  package func percentile(_ share: Double) -> Int64? {
    if count == 0 { return nil }
    var left = Int((Double(count) * share).rounded(.up))
    for (step, number) in counts.enumerated() {
      left -= number
      if left <= 0 { return Reply.milliseconds(of: step) }
    }
    return nil
  }
}
