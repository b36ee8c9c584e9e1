import ChatCore
import ChatSecure
import Testing
import Transcript

@testable import History

/// A text or bytes longer than any that chatserve writes, as whoever can write the file can
/// put anywhere: no verb reads it, and `verify` names the row.
@Suite struct LongValueTests {
  private let fixture: Fixture
  private let owner: KeySigner

  init() throws {
    fixture = try Fixture.talks()
    owner = try KeySigner()
    _ = try fixture.history(["seal"], as: owner)
    try fixture.connection.execute(
      "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
  }

  private func put(_ table: String, _ column: String, _ value: String) throws {
    try fixture.connection.execute(
      """
      UPDATE \(table) SET \(column) = \(value)
      WHERE rowid = (SELECT max(rowid) FROM \(table) WHERE \(column) IS NOT NULL)
      """)
    try fixture.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  @Test(arguments: [
    ("event", "text", "text"), ("event", "raw", "blob"), ("event", "link", "blob"),
    ("event", "kind", "text"), ("event", "detail", "text"), ("handle", "name", "text"),
    ("conversation", "peer_address", "text"), ("server_run", "handle", "text"),
    ("server_run", "digest", "blob"), ("seal", "note", "text"), ("seal", "link", "blob"),
    ("seal", "signature", "blob"),
  ])
  func `a long value is named, and not read`(
    _ table: String, _ column: String, _ type: String
  ) throws {
    if ["raw", "detail", "note"].contains(column) {
      try fixture.connection.execute(
        "UPDATE \(table) SET \(column) = \(type == "text" ? "''" : "x''") WHERE rowid = (SELECT max(rowid) FROM \(table))"
      )
    }
    let count = 3_000_000
    try put(
      table, column,
      type == "text" ? "CAST(zeroblob(\(count)) AS TEXT)" : "zeroblob(\(count))")
    let row = try #require(try fixture.integer("SELECT max(rowid) FROM \(table)"))
    let result = try fixture.history(["verify"], as: owner)
    #expect(result.exit == 1, "\(result)")
    #expect(
      result.output.contains(
        "damage: row \(row) of \(table) holds a value longer than any that chatserve writes\n"),
      "\(result)")
    #expect(result.output.hasSuffix("nothing else was looked at\n"))
    for arguments in [
      ["export"], ["export", "--proof"], ["list", "--all"], ["show"], ["stats"], ["search", "hi"],
      ["show", "-g", "hi"], ["seal"], ["delete", "3", "-y"], ["prune", "--before", "now", "-y"],
    ] {
      let other = try fixture.history(arguments, as: owner)
      #expect(other.exit < 128, "\(arguments): \(other.exit)")
      if other.exit == 74 {
        #expect(other.errors.contains("holds a value longer than any"), "\(arguments): \(other)")
      }
    }
  }
}
