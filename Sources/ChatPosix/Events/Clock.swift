import Glibc

/// The two clocks. clock_gettime(2).
public enum Clock {
  /// CLOCK_MONOTONIC in milliseconds: for differences, from an arbitrary zero.
  public static func monotonicMilliseconds() -> Int64 {
    milliseconds(CLOCK_MONOTONIC)
  }

  /// CLOCK_MONOTONIC since its arbitrary zero, to the millisecond: for
  /// differences.
  public static func monotonic() -> Duration { .milliseconds(monotonicMilliseconds()) }

  /// CLOCK_REALTIME in milliseconds since 1970-01-01 00:00 UTC.
  public static func realtimeMilliseconds() -> Int64 {
    milliseconds(CLOCK_REALTIME)
  }

  /// Reads the rules of this place's time from their file, for this process
  /// and those forked from it: a contained process cannot, and would take the
  /// time for UTC. tzset(3).
  public static func loadZone() {
    tzset()
  }

  /// What a wall clock shows in this place at `milliseconds` since 1970 UTC.
  /// The place's rules are read once, by ``loadZone()`` or the first call.
  /// localtime_r(3).
  public static func localTime(_ milliseconds: Int64) -> LocalTime {
    var seconds = time_t(milliseconds / 1000)
    var fields = tm()
    guard localtime_r(&seconds, &fields) != nil else {
      return LocalTime(year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0)
    }
    return LocalTime(
      year: Int(fields.tm_year) + 1900, month: Int(fields.tm_mon) + 1, day: Int(fields.tm_mday),
      hour: Int(fields.tm_hour), minute: Int(fields.tm_min), second: Int(fields.tm_sec))
  }

  private static func milliseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    precondition(clock_gettime(clock, &time) == 0, "this kernel has no clock \(clock)")
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
