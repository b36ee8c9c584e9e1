import ChatCore
import History

/// Whatever a user gives for a time is read or refused; what is read can be
/// told in any zone.
enum TimeForms {
  private static let zones = [
    Zone.utc, .fixed(seconds: 14 * 3600), .fixed(seconds: -12 * 3600 - 1800),
  ]

  static func check(_ bytes: [UInt8]) throws(FuzzFinding) {
    let text = String(decoding: bytes, as: UTF8.self)
    for zone in zones {
      // 2026-03-01 in UTC.
      let now = Timestamp(milliseconds: 1_772_323_200_000)
      guard let form = try? TimeForm(text, now: now, zone: zone) else { continue }
      let (first, last) = (form.first(in: zone), form.last(in: zone))
      try hold(first.milliseconds <= last.milliseconds, "it ends before it begins: \(form)")
      _ = form.day(in: zone)
      _ = zone.calendarTime(of: first)
    }
  }
}
