import ChatCore
import ChatTerminal
import Testing

@testable import History

/// `history list` on terminals of every width.
@Suite struct ListWidthTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture.samples()
  }

  private func list(_ columns: Int?) throws -> [String] {
    let output = try fixture.history(
      "list", "-P", "-o", "text", columns: columns, environment: ["TERM": "dumb"]
    ) { $0.width = { CharacterWidth(of: $0).estimate } }.output
    return output.split(separator: "\n").map(String.init)
  }

  @Test(arguments: [
    (
      73,
      [
        "  ID  STARTED               LENGTH  CLIENT      MSGS  ENDED",
        "   2  2026-03-01 14:10:12   >=0:19  mike           1  lost, server stopp…",
        "   1  2026-03-01 14:02:03     0:38  tatyana        2  client quit",
      ]
    ),
    (
      66,
      [
        "  ID  STARTED               LENGTH  CLIENT      MSGS  ENDED",
        "   2  2026-03-01 14:10:12   >=0:19  mike           1  lost, serve…",
        "   1  2026-03-01 14:02:03     0:38  tatyana        2  client quit",
      ]
    ),
    (
      65,
      [
        "  ID  STARTED              CLIENT      MSGS  ENDED",
        "   2  2026-03-01 14:10:12  mike           1  lost, server stopped",
        "   1  2026-03-01 14:02:03  tatyana        2  client quit",
      ]
    ),
    (
      59,
      [
        "  ID  STARTED              CLIENT      MSGS  ENDED",
        "   2  2026-03-01 14:10:12  mike           1  lost, server …",
        "   1  2026-03-01 14:02:03  tatyana        2  client quit",
      ]
    ),
    (
      56,
      [
        "  ID  STARTED              CLIENT      ENDED",
        "   2  2026-03-01 14:10:12  mike        lost, server sto…",
        "   1  2026-03-01 14:02:03  tatyana     client quit",
      ]
    ),
    (
      50,
      [
        "  ID  STARTED     CLIENT      ENDED",
        "   2  2026-03-01  mike        lost, server stopped",
        "   1  2026-03-01  tatyana     client quit",
      ]
    ),
    (
      41,
      [
        "  ID  CLIENT      ENDED",
        "   2  mike        lost, server stopped",
        "   1  tatyana     client quit",
      ]
    ),
    (
      20,
      [
        "  ID  CLIENT  ENDED",
        "   2  mike    lost,…",
        "   1  tatya…  clien…",
      ]
    ),
  ])
  func `a narrow terminal has fewer columns`(_ columns: Int, _ rows: [String]) throws {
    #expect(try list(columns) == rows)
  }

  @Test func `a wide one has them all`() throws {
    let rows = try list(80)
    for columns in [74, 79, 81, 200] { #expect(try list(columns) == rows) }
  }

  @Test func `no row is wider than the terminal`() throws {
    for name in ["李小龙王小明陈大文", "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", "e\u{301}\u{301}abcdefghijk", "\u{1b}[31m"] {
      let id = try fixture.open(run: 2, at: "2026-03-04T14:00:00", port: 1)
      try fixture.handle(id, at: "2026-03-04T14:00:01", name)
      try fixture.close(
        id, at: "2026-03-04T14:00:02", by: nil, .crashed, detail: "signal 11 of a long name")
    }
    try fixture.insert(
      """
      INSERT INTO conversation (id, run_id, opened_at, peer_address, peer_port, mode, floor_at)
      VALUES (123456789012, 1, 0, '::1', 1, 'free', 0)
      """)
    let ruler = Screen(columns: nil) { CharacterWidth(of: $0).estimate }
    for columns in 20..<80 {
      let rows = try list(columns)
      #expect(rows.count == 8)
      for row in rows { #expect(ruler.width(of: row) <= columns, "\(columns): \(row)") }
    }
  }
}
