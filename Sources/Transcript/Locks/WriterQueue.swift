import ChatPosix

/// Where the writers of several processes wait for each other before they
/// ask SQLite for its lock, first come, first served.
///
/// SQLite's own busy handler sleeps up to 100 ms at a time, so that under
/// load the disk idles while writers sleep. This queue is a courtesy among
/// our own processes: SQLite's lock keeps the database right without it.
///
/// A place in it is a byte of the side file that nobody else has locked, after
/// all that are. Whoever has its place waits for the byte before it, and has the
/// turn with all bytes up to its own. So a turn that ends wakes the next one
/// alone; a lock on one byte for all wakes everybody when somebody takes it
/// who just came, and they queue up again in any order. Who dies in the queue
/// loses its bytes, and the others close up.
final class WriterQueue {
  /// The first byte of the queue: far above the number of any run.
  static let firstPlace: Int64 = 1 << 62
  /// What is locked from here on is not a place, but another program's lock on
  /// all of the file.
  private static let endOfPlaces = firstPlace + (1 << 61)
  /// How long the queue is passed by after a wait in it was in vain: whoever was
  /// stopped in it will hardly go on at once.
  private static let distrust = Duration.seconds(60)

  private let file: LockFile?
  /// The place, from when it is taken until it is left.
  private var place: Int64?
  /// When the last wait in vain ended.
  private var waitedInVain: Duration?

  /// Opens the side file; when that fails, goes on without a queue.
  init(database path: String) {
    file = try? LockFile(DatabaseFile.lockFile(of: path), isCreating: true)
  }

  /// Waits for the turn, in the order of arrival, and runs `body` with it.
  ///
  /// Half of `limit` at most is spent here: whom a process stopped in the
  /// queue holds up still has a chance with SQLite itself. Who has the turn
  /// already keeps it.
  ///
  /// - Parameters:
  ///   - limit: how long the whole wait may take.
  ///   - body: is given what is left of `limit`, for SQLite's own wait.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws.
  func inTurn<Result>(
    within limit: Duration, _ body: (_ left: Duration) throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    if place != nil { return try body(limit) }
    let left = enter(limit: limit)
    defer { leave() }
    return try body(left)
  }

  private func enter(limit: Duration) -> Duration {
    guard let file, isTrusted, let place = Self.takePlace(in: file) else { return limit }
    self.place = place
    if place == Self.firstPlace { return limit }
    let start = Clock.monotonic()
    if !Self.wait(at: place, in: file, within: limit / 2) { waitedInVain = Clock.monotonic() }
    return max(limit - (Clock.monotonic() - start), .zero)
  }

  /// Lets the next one in. Harmless without the turn.
  private func leave() {
    guard let place else { return }
    file?.unlock(Self.firstPlace...place)
    self.place = nil
  }

  private var isTrusted: Bool {
    waitedInVain.map { Clock.monotonic() - $0 >= Self.distrust } ?? true
  }

  /// Locks the byte after the last that is locked; `nil` where there is no
  /// place to be had.
  private static func takePlace(in file: LockFile) -> Int64? {
    do throws(SystemCallError) {
      while true {
        let last = try last(in: file)
        if let last, last >= endOfPlaces { return nil }
        let place = last.map { $0 + 1 } ?? firstPlace
        // Else somebody has come between.
        if try file.tryLock(place...place) { return place }
      }
    } catch {
      return nil
    }
  }

  /// The last byte that somebody has locked. The kernel names one lock at or
  /// after a byte, mostly the first one: steps double until there is none.
  private static func last(in file: LockFile) throws(SystemCallError) -> Int64? {
    guard var found = try file.lockedElsewhere(firstPlace...(.max))?.upperBound else { return nil }
    var step: Int64 = 1
    while true {
      if found >= endOfPlaces { return found }
      if let next = try file.lockedElsewhere((found + step)...(.max))?.upperBound {
        found = next
        step *= 2
      } else if step == 1 {
        return found
      } else {
        step = 1
      }
    }
  }

  /// Waits until nobody has a byte before `place`, and takes those bytes.
  private static func wait(at place: Int64, in file: LockFile, within limit: Duration) -> Bool {
    let start = Clock.monotonic()
    let rest = firstPlace...(place - 1)
    do throws(SystemCallError) {
      // The next before alone, since a lock that is waited for by many wakes all.
      guard try file.lock((place - 1)...(place - 1), within: limit) else { return false }
      // Who was there may have died or given up with others still before it.
      if try file.tryLock(rest) { return true }
      return try file.lock(rest, within: max(limit - (Clock.monotonic() - start), .zero))
    } catch {
      return false
    }
  }
}
