/// The checksum of a row of `server_run`. The row is read as it was written,
/// which costs a query: a run has two such writes, its start and its stop.
enum RunChecksum {
  /// What it is over, in this order.
  static let columns = [
    "id", "started_at", "stopped_at", "pid", "boot_id", "version", "port", "handle",
  ]

  /// Of the row that `statement` stands on, whose first columns are
  /// ``columns``.
  static func of(_ statement: Statement) -> RowChecksum {
    var checksum = RowChecksum()
    checksum.add(statement, columns.indices)
    return checksum
  }

  /// Gives run `id` the checksum of what stands in its row now; in the
  /// transaction that changed it.
  ///
  /// - Throws: what SQLite reports; the transaction is to be undone then.
  static func seal(_ id: Int64, _ connection: Connection) throws(TranscriptError) {
    let select = try connection.cached(
      "SELECT \(columns.joined(separator: ", ")) FROM server_run WHERE id = ?1")
    select.bind(id, at: 1)
    defer { select.reset() }
    guard try select.step() else { return }
    let checksum = of(select)
    select.reset()
    let update = try connection.cached("UPDATE server_run SET checksum = ?2 WHERE id = ?1")
    update.bind(id, at: 1)
    update.bind(checksum.stored, at: 2)
    try update.run()
  }
}
