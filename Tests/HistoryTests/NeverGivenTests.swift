import ChatSecure
import Testing
import Transcript

@testable import History

/// Rows with numbers that are never given, which no seal and no gap would tell of.
@Suite struct NeverGivenTests {
  @Test(arguments: ["server_run", "handle", "conversation", "event", "seal"], [0, -99, Int64.min])
  func `a row below the first number is named`(_ table: String, _ id: Int64) throws {
    let fixture = try Fixture.talks()
    _ = try fixture.history(["seal"], as: try KeySigner())
    try fixture.connection.execute(
      """
      PRAGMA foreign_keys = OFF;
      CREATE TEMP TABLE copied AS SELECT * FROM \(table) ORDER BY id LIMIT 1;
      UPDATE copied SET id = \(id);
      INSERT OR IGNORE INTO \(table) SELECT * FROM copied;
      UPDATE \(table) SET id = \(id) WHERE id = 1 AND NOT EXISTS (
        SELECT 1 FROM \(table) WHERE id = \(id));
      """)
    let verdict = try fixture.history("verify")
    #expect(verdict.exit == 1)
    #expect(verdict.output.contains("\(table) has a row \(id), and numbers begin with 1"))
  }
}
