import CSQLite
import Glibc

/// The file `<database>-lock`, which holds no bytes, only locks: byte N is
/// held by run N for as long as it lives, and far above writers queue.
///
/// The locks belong to the open file description (fcntl(2), "Open file
/// description locks"): a forked child shares them, and they go when the last
/// process that has it open is gone, however it ended.
final class SideFile {
  private let descriptor: Int32

  /// Opens the side file of the database at `path`, making it with mode 0600
  /// when `isCreating`; `nil` when it cannot be opened, with errno set.
  init?(database path: String, isCreating: Bool) {
    let name = DatabaseFile.resolved(path) + "-lock"
    let descriptor =
      isCreating ? Self.openOrCreate(name) : open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    if descriptor < 0 { return nil }
    self.descriptor = descriptor
  }

  private static func openOrCreate(_ name: String) -> Int32 {
    // Nearly always it is there.
    let found = open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    if found >= 0 || errno != ENOENT { return found }
    let made = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    // The umask may have taken more away than it should.
    if made >= 0 { fchmod(made, 0o600) }
    return made >= 0 || errno != EEXIST ? made : open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
  }

  deinit {
    // Never an unlock: the lock is shared with forked processes, and an
    // unlock here would take it from them.
    close(descriptor)
  }

  /// Takes the lock on `bytes` if nobody else has any of them.
  ///
  /// - Returns: 0, or the errno: EAGAIN when somebody has one.
  func tryLock(_ bytes: ClosedRange<Int64>) -> Int32 {
    var request = flock(bytes, type: F_WRLCK)
    return withCall { fcntl(descriptor, Int32(chat_f_ofd_setlk), &request) }
  }

  /// Waits for the lock on all of `bytes` for at most about `milliseconds`.
  ///
  /// - Returns: 0, or why there is no lock; `EINTR` when the time was over.
  func lock(_ bytes: ClosedRange<Int64>, within milliseconds: Int32) -> Int32 {
    let watch = Stopwatch()
    let alarm = Alarm(milliseconds: milliseconds)
    defer { alarm.stop() }
    guard alarm.isSet else { return tryLock(bytes) }
    while true {
      var request = flock(bytes, type: F_WRLCK)
      if fcntl(descriptor, Int32(chat_f_ofd_setlkw), &request) == 0 { return 0 }
      // A signal before its time is another's.
      if errno != EINTR || watch.milliseconds >= milliseconds { return errno }
    }
  }

  func unlock(_ bytes: ClosedRange<Int64>) {
    var request = flock(bytes, type: F_UNLCK)
    _ = withCall { fcntl(descriptor, Int32(chat_f_ofd_setlk), &request) }
  }

  /// Bytes of `bytes` that somebody else has locked, in one piece; `nil` when
  /// there is none. Nothing is taken, and reading the file is enough to ask.
  func lockedElsewhere(_ bytes: ClosedRange<Int64>) -> ClosedRange<Int64>? {
    var request = flock(bytes, type: F_WRLCK)
    guard withCall({ fcntl(descriptor, Int32(chat_f_ofd_getlk), &request) }) == 0,
      Int32(request.l_type) != F_UNLCK
    else { return nil }
    let first = Int64(request.l_start)
    let last = request.l_len > 0 ? first + Int64(request.l_len) - 1 : .max
    return first...max(first, last)
  }

  private func flock(_ bytes: ClosedRange<Int64>, type: Int32) -> Glibc.flock {
    // A length of 0 is all there is; l_pid must be 0 for these commands.
    Glibc.flock(
      l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: Int(bytes.lowerBound),
      l_len: bytes.upperBound == .max ? 0 : bytes.count, l_pid: 0)
  }

  /// The errno of `call`, 0 for success; once more after a signal.
  private func withCall(_ call: () -> Int32) -> Int32 {
    while call() < 0 {
      if errno != EINTR { return errno }
    }
    return 0
  }
}

@available(*, unavailable, message: "the lock is given back when the last reference goes")
extension SideFile: Sendable {}
