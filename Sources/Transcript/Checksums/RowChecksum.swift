import CSQLite
import ChatCore

/// The checksum of a row: a CRC-32 over its values, each with what it is and
/// how long before it, so that no two lists of values are the same bytes.
///
/// | value | bytes |
/// |---|---|
/// | NULL | 0 |
/// | integer | 1, then 8, the lowest first |
/// | text | 2, the number of its bytes as 8, then its UTF-8 |
/// | blob | 3, the number of its bytes as 8, then they |
struct RowChecksum: Equatable, Sendable {
  private var crc = CRC32()

  /// As it is in a column `checksum`, 0 to 4294967295.
  var stored: Int64 { Int64(crc.value) }

  mutating func add(_ value: SQLValue) {
    switch value {
    case .null: crc.add(0)
    case .integer(let integer): add(integer)
    case .text(var text): text.withUTF8 { add(2, UnsafeRawBufferPointer($0)) }
    case .blob(let blob): blob.withUnsafeBytes { add(3, $0) }
    }
  }

  mutating func add(_ values: [SQLValue]) {
    for value in values { add(value) }
  }

  /// Adds what is in `columns` of the row that `row` is at, as it is stored:
  /// bytes that are not UTF-8 are not repaired before.
  mutating func add(_ row: Statement, _ columns: Range<Int>) {
    for column in columns {
      let index = Int32(column)
      switch sqlite3_column_type(row.handle, index) {
      case SQLITE_NULL: crc.add(0)
      case SQLITE_INTEGER: add(sqlite3_column_int64(row.handle, index))
      // A text as a blob is its own bytes
      // (https://www.sqlite.org/c3ref/column_blob.html).
      case SQLITE_TEXT: add(2, Self.bytes(row, index))
      // A real cannot be in these tables; it makes another checksum.
      default: add(3, Self.bytes(row, index))
      }
    }
  }

  private mutating func add(_ integer: Int64) {
    crc.add(1)
    crc.add(word: UInt64(bitPattern: integer))
  }

  private mutating func add(_ type: UInt8, _ bytes: UnsafeRawBufferPointer) {
    crc.add(type)
    crc.add(word: UInt64(bytes.count))
    crc.add(bytes)
  }

  private static func bytes(_ row: Statement, _ column: Int32) -> UnsafeRawBufferPointer {
    // The bytes first, then their number.
    let start = sqlite3_column_blob(row.handle, column)
    let count = sqlite3_column_bytes(row.handle, column)
    return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(count))
  }
}

/// What checksums are over beside the values of an event's own row.
extension RowChecksum {
  /// Of an open: what never changes in the conversation's row, in this order.
  static let conversationColumns = [
    "run_id", "opened_at", "peer_address", "peer_port", "mode", "encrypted", "peer_key",
  ]

  /// Of a run: its whole row, in this order.
  static let runColumns = [
    "id", "started_at", "stopped_at", "pid", "boot_id", "version", "port", "handle", "address",
  ]

  /// Of a resume: its row in the table `resume` but for the event's id, in this order.
  static let resumeColumns = [
    "run_id", "epoch", "attempt", "address", "port", "encrypted", "peer_key", "away", "moved",
  ]

  /// Of how a conversation can go on: its whole row, in this order.
  static let resumptionColumns = [
    "conversation_id", "token_hash", "within", "state", "run_id", "epoch", "attempt",
    "epoch_before", "client_before", "server_before", "speaker_before",
  ]

  /// Gives run `id` the checksum of what is in its row now; in the transaction
  /// that changed it. The row is read as it was written, which costs a query: a
  /// run has two such writes, its start and its stop.
  ///
  /// - Throws: what SQLite reports; the transaction is to be undone then.
  static func seal(run id: Int64, _ connection: Connection) throws(TranscriptError) {
    try seal("server_run", runColumns, key: "id", id, connection)
  }

  /// The same of how a conversation can go on.
  static func seal(
    resumptionOf conversation: Int64, _ connection: Connection
  ) throws(TranscriptError) {
    try seal("resumption", resumptionColumns, key: "conversation_id", conversation, connection)
  }

  private static func seal(
    _ table: String, _ columns: [String], key: String, _ id: Int64, _ connection: Connection
  ) throws(TranscriptError) {
    let select = try connection.cached(
      "SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE \(key) = ?1")
    select.bind(id, at: 1)
    defer { select.reset() }
    guard try select.step() else { return }
    var checksum = RowChecksum()
    checksum.add(select, columns.indices)
    select.reset()
    let update = try connection.cached("UPDATE \(table) SET checksum = ?2 WHERE \(key) = ?1")
    update.bind(id, at: 1)
    update.bind(checksum.stored, at: 2)
    try update.run()
  }
}
