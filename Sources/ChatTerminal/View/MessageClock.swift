import ChatCore
import ChatPosix

/// The wall clock beside the messages. Of a flood's messages many are shown at
/// one moment, and most in one second: it is asked once for each.
struct MessageClock {
  private var asked: Instant?
  /// Seconds since 1970-01-01 00:00 UTC of ``local``.
  private var second: Int64?
  private var local: LocalTime?

  /// What the clock shows at `now`, and the new day where another one has
  /// begun since it was read last.
  mutating func read(at now: Instant) -> (time: LocalTime, newDay: String?) {
    if asked == now, let local { return (local, nil) }
    asked = now
    let milliseconds = Clock.realtimeMilliseconds()
    if second == milliseconds / 1000, let local { return (local, nil) }
    second = milliseconds / 1000
    let before = local
    let after = Clock.localTime(milliseconds)
    local = after
    guard let before, before.dayText != after.dayText else { return (after, nil) }
    return (after, after.dayText)
  }
}
