import Testing
import TortureKit

@Suite struct ForgeryTests {
  @Test("nothing that a peer says touches the server's terminal: every row is as expected")
  func server() throws {
    try ForgeryStage.server(Forgery.characters)
    try ForgeryStage.server(Forgery.attacks)
    try ForgeryStage.server([Forgery.pile])
  }

  @Test("nothing that a server says touches the client's terminal")
  func client() throws {
    try ForgeryStage.client(Forgery.characters)
    try ForgeryStage.client(Forgery.attacks)
    try ForgeryStage.client([Forgery.pile])
  }

  @Test("nothing that was said touches a terminal or a page through the built history")
  func history() throws {
    #expect(try HistoryStage.run() > 150)
  }

  @Test("on no path and at no width does a row begin with a peer's words")
  func rows() throws {
    _ = try ForgedRows.run(widths: [20, 47, 80])
  }

  @Test("what is no handle is refused")
  func refused() throws {
    try Impostors.areRefused()
  }

  @Test("a peer that looks like the server is marked")
  func marked() throws {
    #expect(try Impostors.unmarked() == [])
  }
}
