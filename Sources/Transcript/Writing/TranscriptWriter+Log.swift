import CSQLite

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

  /// What another process needs to open this transcript without a flush of
  /// its own for the log's name: to be asked after a commit.
  ///
  /// Whoever opens a log syncs its directory with the first commit, lest a
  /// power cut take the log's name. Once is enough, and this writer's commit
  /// did it. The file is not taken for another as long as this writer has it
  /// open, since its number is not given away.
  public var namedLog: FileIdentity? { FileIdentity(path: logPath) }

  /// Spares this process's first commit the directory if the log of the
  /// database at `path` is `durable`; called before the log is opened, or made.
  static func trustName(ofLogOf path: String, durable: FileIdentity?) {
    // A log without its database is begun anew.
    let isKnown =
      durable != nil && FileIdentity(path: path) != nil
      && FileIdentity(path: DatabaseFile.resolved(path) + "-wal") == durable
    Connection.library
    chat_sync_directories(isKnown ? 0 : 1)
  }
}
