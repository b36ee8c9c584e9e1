import Glibc

/// Measures a wait on the clock that never steps; clock_gettime(2).
struct Stopwatch {
  private let start = Stopwatch.now()

  /// Milliseconds since this value was made.
  var milliseconds: Int64 { (Self.now() - start) / 1_000_000 }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
