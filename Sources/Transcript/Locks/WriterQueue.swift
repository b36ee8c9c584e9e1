import Glibc

/// Where the writers of several processes wait for each other before they
/// ask SQLite for its lock.
///
/// SQLite's own busy handler sleeps up to 100 ms at a time, so that under
/// load the disk idles while writers sleep. This queue is a courtesy among
/// our own processes: SQLite's lock keeps the database right without it.
struct WriterQueue: ~Copyable {
  private let file: SideFile?

  /// Opens the side file; when that fails, goes on without a queue.
  init(database path: String) {
    file = SideFile(database: path, isCreating: true)
  }

  /// The first pause between tries, in microseconds: a commit takes 250 to
  /// 650 on a disk that flushes.
  private static let shortestPause: UInt32 = 100
  /// The longest pause, in microseconds: more would show in what a person
  /// waits for, less would burn the processor that the holder needs.
  private static let longestPause: UInt32 = 500

  /// Waits for the turn.
  ///
  /// fcntl(2) has no lock with a time limit, and without one a stopped
  /// process would stop every other; ending a blocking call by a signal would
  /// take a timer and a handler from the program. So this tries, and pauses.
  ///
  /// Half of `limit` at most is spent here: whom the queue passes over, or a
  /// process stopped in it holds up, still has a chance with SQLite itself.
  ///
  /// - Parameter limit: how long the whole wait may take, in milliseconds.
  /// - Returns: what is left of `limit`, for SQLite's own wait.
  borrowing func enter(limit: Int32) -> Int32 {
    guard let file else { return limit }
    if file.tryLock(byte: SideFile.queueByte) == 0 { return limit }
    let watch = Stopwatch()
    var pause = Self.shortestPause
    while true {
      let waited = Int32(clamping: watch.milliseconds)
      if waited >= limit / 2 { return max(limit - waited, 0) }
      usleep(pause)
      // EAGAIN is somebody else's turn; anything else will not pass by waiting.
      let result = file.tryLock(byte: SideFile.queueByte)
      if result != EAGAIN && result != EACCES { return limit - waited }
      pause = min(pause * 2, Self.longestPause)
    }
  }

  /// Lets the next one in. Harmless without the turn.
  borrowing func leave() {
    file?.unlock(byte: SideFile.queueByte)
  }
}
