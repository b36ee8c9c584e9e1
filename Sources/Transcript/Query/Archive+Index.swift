import Schema

extension Archive {
  /// Whether there are messages that the full-text index does not hold yet.
  public func isIndexBehind() throws(TranscriptError) -> Bool {
    try SearchIndex.isBehind(connection)
  }

  /// Brings the full-text index up to date, through a connection of its own
  /// that may write. Never creates or migrates: a transcript of another
  /// version is left as it is.
  ///
  /// - Parameter progress: told, after each step, how many messages have been
  ///   indexed in this call.
  /// - Throws: what keeps it from writing. The index is then behind, and
  ///   ``unindexed(_:_:newestFirst:)`` finds the rest.
  public func updateIndex(_ progress: (Int) -> Void) throws(TranscriptError) {
    let version = try connection.integer("PRAGMA user_version") ?? 0
    guard version == Schema.migrations.count, DatabaseFile.mayWrite(connection.path) else { return }
    // A search does not wait long for somebody else's lock.
    let writer = try Connection.forWriting(connection.path, busyTimeout: 500)
    var total = 0
    while true {
      let count = try SearchIndex.catchUp(writer)
      if count == 0 { return }
      total += count
      progress(total)
    }
  }
}
