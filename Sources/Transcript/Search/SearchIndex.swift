/// The full-text index over messages. It is never on the message path: it
/// catches up after a conversation closes and before a search.
///
/// It was made in one ``SearchForm``. When a later version has another, the
/// second table is filled in that one, in the same small steps, while the first
/// is still searched; then they change places, and the first is emptied.
package enum SearchIndex {
  /// Every message up to this event number is found by the index.
  ///
  /// - Parameters:
  ///   - connection: to the transcript.
  ///   - forms: that it can be asked in.
  /// - Returns: the number; 0 when nothing is indexed, or in another form.
  /// - Throws: what SQLite reports.
  package static func watermark(
    _ connection: Connection, _ forms: [SearchForm] = SearchForm.known
  ) throws(TranscriptError) -> Int64 {
    let used = try SearchSlot.both(connection).used
    return used.form(of: forms) == nil ? 0 : used.through
  }

  /// Whether there are messages that the index does not hold yet, or holds in a
  /// form of an earlier version.
  ///
  /// - Parameters:
  ///   - connection: to the transcript.
  ///   - forms: that an index may have, the one to be had last.
  /// - Returns: whether ``catchUp(_:limit:_:)`` has something to put in.
  /// - Throws: what SQLite reports.
  package static func isBehind(
    _ connection: Connection, _ forms: [SearchForm] = SearchForm.known
  ) throws(TranscriptError) -> Bool {
    let used = try SearchSlot.both(connection).used
    if !used.isEmpty, used.form < newest(forms).version { return true }
    return try hasMessages(past: used.through, connection)
  }

  private static func hasMessages(
    past through: Int64, _ connection: Connection
  ) throws(TranscriptError) -> Bool {
    let select = try connection.cached(
      "SELECT 1 FROM event WHERE id > ?1 AND kind = 'message' LIMIT 1")
    select.bind(through, at: 1)
    defer { select.reset() }
    return try select.step()
  }

  private static func newest(_ forms: [SearchForm]) -> SearchForm {
    guard let newest = forms.last else { preconditionFailure("there is no form to index in") }
    return newest
  }

  /// Brings the index a step forward, in one transaction of its own.
  ///
  /// - Parameters:
  ///   - connection: that may write.
  ///   - limit: how many messages at most: 100 keep other writers waiting for
  ///     some 2 ms, even in a large index.
  ///   - forms: that an index may have, the one to be had last.
  /// - Returns: how many messages were indexed, or what else there was to do; 0
  ///   when it is up to date. An index of a later version is left as it is.
  /// - Throws: what SQLite reports; the index is then as it was.
  package static func catchUp(
    _ connection: Connection, limit: Int = 100, _ forms: [SearchForm] = SearchForm.known
  ) throws(TranscriptError) -> Int {
    let isClean = try SearchSlot.both(connection).other.isEmpty
    let isBehind = try isBehind(connection, forms)
    if isClean, !isBehind { return 0 }
    return try connection.write { () throws(TranscriptError) in
      try step(connection, limit: limit, newest(forms))
    }
  }

  private static func step(
    _ connection: Connection, limit: Int, _ form: SearchForm
  ) throws(TranscriptError) -> Int {
    var (used, other) = try SearchSlot.both(connection)
    if !used.isEmpty, used.form > form.version { return 0 }
    if used.isEmpty || used.form == form.version {
      let count = try used.fill(form, limit: limit, connection)
      if count > 0 || other.isEmpty { return count }
      _ = try other.emptyPart(connection)
      return 1
    }
    if !other.isEmpty, other.form != form.version {
      _ = try other.emptyPart(connection)
      return 1
    }
    let count = try other.fill(form, limit: limit, connection)
    if count < limit {
      (used.isUsed, other.isUsed) = (false, true)
      try used.save(connection)
      try other.save(connection)
    }
    return max(1, count)
  }

  /// Merges a little of what catching up has left in many parts, in one
  /// transaction of its own: a search looks through every part.
  ///
  /// FTS5 would do it by itself in the midst of an insertion, and a few messages
  /// can set off the merging of the whole index; that is switched off in the
  /// schema.
  ///
  /// - Parameters:
  ///   - connection: that may write.
  ///   - pages: how many are written at most: 64 of 4 KB take a few
  ///     milliseconds.
  /// - Returns: whether there may be more to merge.
  /// - Throws: what SQLite reports; the index is then as it was.
  package static func merge(
    _ connection: Connection, pages: Int = 64
  ) throws(TranscriptError) -> Bool {
    try merge(try SearchSlot.both(connection).used.table, pages: pages, connection)
  }

  /// The same of one of the two; with less than no pages, of all its parts into one.
  private static func merge(
    _ table: String, pages: Int, _ connection: Connection
  ) throws(TranscriptError) -> Bool {
    let before = connection.totalChanges
    try connection.write { () throws(TranscriptError) in
      try connection.execute(
        "INSERT INTO \(table) (\(table), rank) VALUES ('merge', \(pages))")
    }
    // https://www.sqlite.org/fts5.html#the_merge_command
    return connection.totalChanges - before >= 2
  }

  /// Takes a conversation's messages out of the index. To be called in the
  /// transaction that deletes them, and before they are deleted: the index
  /// keeps no text and has to be given what it indexed. One whose form is not
  /// among `forms` is emptied: it is filled again, and holds nothing that was to
  /// be deleted.
  ///
  /// - Parameters:
  ///   - conversation: its id.
  ///   - connection: in a write transaction.
  ///   - forms: that words can be taken out in.
  /// - Throws: what SQLite reports.
  package static func remove(
    conversation: Int64, _ connection: Connection, _ forms: [SearchForm] = SearchForm.known
  ) throws(TranscriptError) {
    precondition(connection.isInTransaction, "a prune is one transaction")
    let slots = try SearchSlot.both(connection)
    for var slot in [slots.used, slots.other] where !slot.isEmpty {
      if let form = slot.form(of: forms) {
        try slot.remove(conversation: conversation, form, connection)
      } else {
        try slot.empty(connection)
      }
    }
  }

  /// Merges all there is, so that no word of what was deleted is left: until
  /// then FTS5 only marks it. In transactions as small as those of
  /// ``merge(_:pages:)``, so that whoever talks does not wait for the whole.
  ///
  /// - Parameters:
  ///   - connection: that may write.
  ///   - progress: is given how many pages of the index have been written.
  /// - Throws: what SQLite reports.
  static func scrub(
    _ connection: Connection, _ progress: (Int) -> Void = { _ in }
  ) throws(TranscriptError) {
    let slots = try SearchSlot.both(connection)
    var written = 0
    for slot in [slots.used, slots.other] {
      var isMore = try merge(slot.table, pages: -scrubPages, connection)
      while isMore {
        written += scrubPages
        progress(written)
        isMore = try merge(slot.table, pages: scrubPages, connection)
      }
    }
  }

  /// A megabyte: some ten milliseconds with the flush of it.
  private static let scrubPages = 256
}
