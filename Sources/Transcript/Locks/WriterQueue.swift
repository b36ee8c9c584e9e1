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

  /// Waits for the turn, in the kernel's queue.
  ///
  /// Half of `limit` at most is spent here: whom a process stopped in the
  /// queue holds up still has a chance with SQLite itself.
  ///
  /// - Parameter limit: how long the whole wait may take, in milliseconds.
  /// - Returns: what is left of `limit`, for SQLite's own wait.
  borrowing func enter(limit: Int32) -> Int32 {
    guard let file else { return limit }
    if file.tryLock(byte: SideFile.queueByte) == 0 { return limit }
    let watch = Stopwatch()
    _ = file.lock(byte: SideFile.queueByte, within: limit / 2)
    return max(limit - Int32(clamping: watch.milliseconds), 0)
  }

  /// Takes the turn if nobody has it.
  ///
  /// - Returns: whether the caller may go on to SQLite's lock.
  borrowing func enterAtOnce() -> Bool {
    guard let file else { return true }
    return file.tryLock(byte: SideFile.queueByte) == 0
  }

  /// Lets the next one in. Harmless without the turn.
  borrowing func leave() {
    file?.unlock(byte: SideFile.queueByte)
  }
}
