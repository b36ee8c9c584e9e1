import ChatDigest

/// The digest of a run's row: as a link, with no other before it. A run has two writes,
/// its start and its stop, and the row changes with the second; so it is in no chain.
package struct RunDigest: ~Copyable {
  private let connection: Connection
  private var builder = LinkBuilder()

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// What it is over, in this order.
  private static let columns = [
    "id", "started_at", "stopped_at", "pid", "boot_id", "version", "port", "handle", "address",
  ]

  /// Every run, for ``check(_:)``.
  static let select =
    "SELECT \((columns + ["digest"]).joined(separator: ", ")) FROM server_run ORDER BY id"

  /// Whether the run in the row of ``select`` that `run` is at is as it was written.
  mutating func check(_ run: Statement) -> Bool {
    digest(of: run) == Digest(run.blob(at: Self.columns.count))
  }

  /// Gives run `id` the digest of what is in its row now; in the transaction that changed
  /// it.
  ///
  /// - Throws: what SQLite reports; the transaction is to be undone then.
  package mutating func set(_ id: Int64) throws(TranscriptError) {
    let select = try connection.cached(
      "SELECT \(Self.columns.joined(separator: ", ")) FROM server_run WHERE id = ?1")
    select.bind(id, at: 1)
    defer { select.reset() }
    guard try select.step() else { return }
    let digest = digest(of: select)
    select.reset()
    let update = try connection.cached("UPDATE server_run SET digest = ?2 WHERE id = ?1")
    update.bind(id, at: 1)
    update.bind(digest.bytes, at: 2)
    try update.run()
  }

  private mutating func digest(of run: Statement) -> Digest {
    builder.begin(after: .zero)
    builder.add(run, Self.columns.indices)
    return builder.finish()
  }
}
