import Glibc

/// Which file a name stands for: stat(2).
struct FileIdentity: Hashable {
  private let device: UInt
  private let inode: UInt

  /// `nil` when there is nothing of that name.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = status.st_dev
    inode = status.st_ino
  }
}

extension TranscriptWriter {
  /// Notices that somebody removed the write-ahead log under this connection.
  ///
  /// SQLite would go on in the file that has no name any more, and whoever
  /// opens the database anew would miss what is in it
  /// (https://www.sqlite.org/howtocorrupt.html, 4.4). So what it holds is put
  /// into the database, and another connection begins a new log. Every process
  /// does this before it writes again.
  func checkLog() throws(TranscriptError) {
    let found = FileIdentity(path: logPath)
    guard let known = log else {
      log = found
      return
    }
    if found == known { return }
    try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try reconnect()
  }
}
