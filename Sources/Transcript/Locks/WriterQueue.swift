import Glibc

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
/// who just came, and they queue up anew in any order. Who dies in the queue
/// loses its bytes, and the others close up.
struct WriterQueue: ~Copyable {
  /// The first byte of the queue: far above the number of any run.
  static let firstPlace: Int64 = 1 << 62
  /// What is locked from here on is no place, but another program's lock on all
  /// of the file.
  private static let endOfPlaces = firstPlace + (1 << 61)
  /// Milliseconds for which the queue is passed by after a wait in it was in
  /// vain: whoever was stopped in it will hardly go on at once.
  private static let distrust: Int64 = 60_000

  private let file: SideFile?
  /// The place, from when it is taken until it is left.
  private var place: Int64?
  /// Runs from the last wait in vain.
  private var waitedInVain: Stopwatch?

  /// Opens the side file; when that fails, goes on without a queue.
  init(database path: String) {
    file = SideFile(database: path, isCreating: true)
  }

  /// Waits for the turn, in the order of arrival.
  ///
  /// Half of `limit` at most is spent here: whom a process stopped in the
  /// queue holds up still has a chance with SQLite itself.
  ///
  /// - Parameter limit: how long the whole wait may take, in milliseconds.
  /// - Returns: what is left of `limit`, for SQLite's own wait.
  mutating func enter(limit: Int32) -> Int32 {
    guard let file, isTrusted, let place = Self.takePlace(in: file) else { return limit }
    self.place = place
    if place == Self.firstPlace { return limit }
    let watch = Stopwatch()
    if !Self.wait(at: place, in: file, within: limit / 2) { waitedInVain = Stopwatch() }
    return max(limit - Int32(clamping: watch.milliseconds), 0)
  }

  /// Takes the turn if nobody has it or waits for it.
  ///
  /// - Returns: whether the caller may go on to SQLite's lock.
  mutating func enterAtOnce() -> Bool {
    guard let file else { return true }
    guard Self.last(in: file) == nil, file.tryLock(Self.firstPlace...Self.firstPlace) == 0
    else { return false }
    place = Self.firstPlace
    return true
  }

  /// Lets the next one in. Harmless without the turn.
  mutating func leave() {
    guard let place else { return }
    file?.unlock(Self.firstPlace...place)
    self.place = nil
  }

  private var isTrusted: Bool {
    waitedInVain.map { $0.milliseconds >= Self.distrust } ?? true
  }

  /// Locks the byte after the last that is locked; `nil` where there is no
  /// place to be had.
  private static func takePlace(in file: SideFile) -> Int64? {
    while true {
      let last = last(in: file)
      if let last, last >= endOfPlaces { return nil }
      let place = last.map { $0 + 1 } ?? firstPlace
      switch file.tryLock(place...place) {
      case 0: return place
      // Somebody else has come between.
      case EAGAIN, EACCES: continue
      default: return nil
      }
    }
  }

  /// The last byte that somebody has locked. The kernel tells of one lock at or
  /// after a byte, mostly the first one: steps double until there is none.
  private static func last(in file: SideFile) -> Int64? {
    guard var found = file.lockedElsewhere(firstPlace...(.max))?.upperBound else { return nil }
    var step: Int64 = 1
    while true {
      if found >= endOfPlaces { return found }
      if let next = file.lockedElsewhere((found + step)...(.max))?.upperBound {
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
  private static func wait(at place: Int64, in file: SideFile, within limit: Int32) -> Bool {
    let watch = Stopwatch()
    // The next before alone, since a lock that is waited for by many wakes all.
    guard file.lock((place - 1)...(place - 1), within: limit) == 0 else { return false }
    // Who was there may have died or given up with others still before it.
    let rest = firstPlace...(place - 1)
    if file.tryLock(rest) == 0 { return true }
    return file.lock(rest, within: max(limit - Int32(clamping: watch.milliseconds), 0)) == 0
  }
}
