import ChatCore
import Glibc
import Transcript

@testable import History

/// A transcript of its own for one test, in a directory that goes with it.
final class Fixture {
  let directory: String
  let path: String
  let connection: Connection

  init() throws {
    var template = Array("/tmp/history-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FixtureError() }
    directory = template.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
    path = directory + "/transcript.db"
    connection = try Connection.forWriting(path)
    // No test cuts the power.
    try connection.execute("PRAGMA synchronous = OFF")
  }

  deinit {
    for name in ["", "-wal", "-shm", "-lock", "-journal"] { unlink(path + name) }
    var entries: [String] = []
    if let handle = opendir(directory) {
      while let entry = readdir(handle) {
        let name = withUnsafePointer(to: entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { entries.append(name) }
      }
      closedir(handle)
    }
    for name in entries { unlink(directory + "/" + name) }
    rmdir(directory)
  }

  struct FixtureError: Error {}

  /// Milliseconds of a stamp; without a zone it is −08:00, as in the samples.
  static func time(_ stamp: String) throws -> Int64 {
    let zone = Zone.fixed(seconds: -8 * 3600)
    return try TimeForm(stamp, now: Timestamp(milliseconds: 0), zone: zone)
      .first(in: zone).milliseconds
  }

  @discardableResult
  func insert(_ sql: String, _ values: Any?...) throws -> Int64 {
    let statement = try connection.prepare(sql)
    for (index, value) in values.enumerated() {
      switch value {
      case let value as Int: statement.bind(Int64(value), at: index + 1)
      case let value as Int64: statement.bind(value, at: index + 1)
      case let value as String: statement.bind(value, at: index + 1)
      case let value as [UInt8]: statement.bind(value, at: index + 1)
      default: statement.bindNull(at: index + 1)
      }
    }
    try statement.run()
    return connection.lastInsertedID
  }

  func run(
    started: String, stopped: String? = nil, handle: String = "SERVER", port: Int = 1027
  ) throws -> Int64 {
    try insert(
      """
      INSERT INTO server_run (digest, started_at, stopped_at, pid, boot_id, version, port, handle)
      VALUES (zeroblob(32), ?1, ?2, 1, 'boot', '1', ?3, ?4)
      """, try Self.time(started), try stopped.map(Self.time), port, handle)
  }

  func open(run: Int64, at: String, port: Int, address: String = "127.0.0.1") throws -> Int64 {
    let time = try Self.time(at)
    let id = try insert(
      """
      INSERT INTO conversation (run_id, opened_at, peer_address, peer_port, mode, floor_at)
      VALUES (?1, ?2, ?3, ?4, 'turns', ?2)
      """, run, time, address, port)
    try insert(
      """
      INSERT INTO event (link, conversation_id, at, kind) VALUES (zeroblob(32), ?1, ?2, 'open')
      """, id, time)
    return id
  }

  func handle(_ conversation: Int64, at: String, _ name: String) throws {
    try insert("INSERT OR IGNORE INTO handle (name) VALUES (?1)", name)
    try insert(
      """
      UPDATE conversation SET dialect = 'native',
        handle_id = (SELECT id FROM handle WHERE name = ?2) WHERE id = ?1
      """, conversation, name)
    try insert(
      """
      INSERT INTO event (link, conversation_id, at, kind, party, text)
      VALUES (zeroblob(32), ?1, ?2, 'handle', 0, ?3)
      """, conversation, try Self.time(at), name)
  }

  @discardableResult
  func say(
    _ conversation: Int64, at: String, _ party: Party, _ text: String, raw: [UInt8]? = nil,
    held: Bool = false
  ) throws -> Int64 {
    let code = party == .client ? 0 : 1
    return try insert(
      """
      INSERT INTO event (link, conversation_id, at, kind, party, number, text, raw, held)
      VALUES (zeroblob(32), ?1, ?2, 'message', ?3,
        1 + (SELECT count(*) FROM event WHERE conversation_id = ?1 AND kind = 'message' AND party = ?3),
        ?4, ?5, ?6)
      """, conversation, try Self.time(at), code, text, raw, held ? 1 : nil)
  }

  func close(
    _ conversation: Int64, at: String, by party: Party? = .client, _ reason: CloseReason = .quit,
    detail: String? = nil
  ) throws {
    let code = party.map { $0 == .client ? 0 : 1 }
    try insert(
      """
      INSERT INTO event (link, conversation_id, at, kind, party, reason, detail, undelivered)
      VALUES (zeroblob(32), ?1, ?2, 'close', ?3, ?4, ?5, 0)
      """, conversation, try Self.time(at), code, reason.rawValue, detail)
  }

  /// The two conversations of the specification: one that was quit, and one
  /// that a power cut ended.
  static func samples() throws -> Fixture {
    let fixture = try Fixture()
    let first = try fixture.run(started: "2026-03-01T14:00:00")
    let one = try fixture.open(run: first, at: "2026-03-01T14:02:03.120", port: 50112)
    try fixture.handle(one, at: "2026-03-01T14:02:06.004", "tatyana")
    try fixture.say(one, at: "2026-03-01T14:02:09.511", .client, "hi")
    try fixture.say(one, at: "2026-03-01T14:02:15.872", .server, "hi")
    try fixture.close(one, at: "2026-03-01T14:02:41.006")
    let two = try fixture.open(run: first, at: "2026-03-01T14:10:12.207", port: 50240)
    try fixture.handle(two, at: "2026-03-01T14:10:15.001", "mike")
    try fixture.say(two, at: "2026-03-01T14:10:31.440", .client, "hi")
    _ = try fixture.run(started: "2026-03-01T15:02:00.000")
    return fixture
  }
}
