import Glibc

extension TranscriptWriter {
  /// Bytes that the log gets ahead: what it grows to until SQLite's automatic
  /// checkpoint has it written over from its beginning, 1000 pages each with 24
  /// bytes before it, after 32 (https://www.sqlite.org/fileformat2.html#the_write_ahead_log).
  private static let logRoom = 32 + 1000 * (24 + 4096)
  /// Bytes in one step, for which the commits of others wait: less than one
  /// flush takes.
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
    guard let missing = missingRoom(), missing > 0 else { return false }
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

  /// `nil` where the disk is short of space, or the log cannot be looked at.
  private func missingRoom() -> Int? {
    var file = stat()
    var disk = statvfs()
    guard stat(logPath, &file) == 0, statvfs(logPath, &disk) == 0 else { return nil }
    guard UInt(disk.f_bavail) * UInt(disk.f_frsize) / UInt(Self.spared) > UInt(Self.logRoom) else {
      return nil
    }
    return Self.logRoom - Int(file.st_size)
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
