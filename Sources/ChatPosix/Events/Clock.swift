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

  /// How long this machine has been suspended since it was started, to the millisecond
  /// and a little: what CLOCK_BOOTTIME counts and CLOCK_MONOTONIC does not.
  public static func suspended() -> Duration {
    let monotonic = milliseconds(CLOCK_MONOTONIC)
    return .milliseconds(milliseconds(CLOCK_BOOTTIME) - monotonic)
  }

  /// CLOCK_REALTIME in milliseconds since 1970-01-01 00:00 UTC.
  public static func realtimeMilliseconds() -> Int64 {
    milliseconds(CLOCK_REALTIME)
  }

  private static func milliseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    precondition(clock_gettime(clock, &time) == 0, "this kernel has no clock \(clock)")
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
