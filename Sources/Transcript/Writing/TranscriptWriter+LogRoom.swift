import Glibc

extension TranscriptWriter {
  /// Bytes that the log gets ahead: what it grows to until SQLite's automatic
  /// checkpoint has it written over from its beginning, 1000 pages each with 24
  /// bytes before it, after 32 (https://www.sqlite.org/fileformat2.html#the_write_ahead_log).
  private static let logRoom = 32 + 1000 * (24 + 4096)
  /// Bytes in one step. Commits of others wait while they are written, for a
  /// quarter of a millisecond, and not while they are flushed.
  private static let step = 1 << 20
  /// Parts of the disk's free space of which the room may take one.
  private static let spared = 64

  /// Makes the log as long as it is going to be, a step at a time, where the
  /// disk has plenty: a commit that makes the log longer has the file system
  /// write down the new length too, and takes twice as long as one that does not
  /// (ext4).
  ///
  /// What is added is zeros after the end, which no reader takes for a page:
  /// a page's checksum begins with the log's own numbers.
  ///
  /// Waits for nobody: where somebody else is writing, it is for another time.
  ///
  /// - Returns: whether there is more to be done at once.
  /// - Throws: what SQLite reports. That there is no room is no failure.
  public func makeRoomInLog() throws(TranscriptError) -> Bool {
    let missing = Self.logRoom - Int(DatabaseFile.size(logPath))
    guard missing > 0, diskHasPlenty else { return false }
    let log = open(logPath, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
    guard log >= 0 else { return false }
    defer { close(log) }
    guard try extendAlone(log) else { return false }
    return fdatasync(log) == 0 && missing > Self.step
  }

  /// With the lock, so that nobody writes after the end meanwhile.
  private func extendAlone(_ log: Int32) throws(TranscriptError) -> Bool {
    guard queue.enterAtOnce() else { return false }
    defer { queue.leave() }
    connection.setBusyTimeout(milliseconds: 0)
    defer { connection.setBusyTimeout(milliseconds: busyTimeout) }
    do throws(TranscriptError) {
      return try connection.write { () throws(TranscriptError) in Self.extend(log) }
    } catch {
      if error.kind == .locked { return false }
      throw error
    }
  }

  private var diskHasPlenty: Bool {
    var disk = statvfs()
    guard statvfs(logPath, &disk) == 0 else { return false }
    return UInt(disk.f_bavail) * UInt(disk.f_frsize) / UInt(Self.spared) > UInt(Self.logRoom)
  }

  /// Whether zeros were added to what there is.
  private static func extend(_ log: Int32) -> Bool {
    let zeros = [UInt8](repeating: 0, count: step)
    let end = lseek(log, 0, SEEK_END)
    guard end >= 0, end < logRoom else { return false }
    let count = min(step, logRoom - Int(end))
    return zeros.withUnsafeBytes { pwrite(log, $0.baseAddress, count, end) } > 0
  }
}
