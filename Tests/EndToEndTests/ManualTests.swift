import Glibc
import Harness
import Testing

/// The manual pages, docs/man, are written by hand; here is what keeps them from
/// going stale.
@Suite struct ManualTests {
  private static let pages = ["chatserve", "chatclient", "chatserve-history"]

  private static func path(_ page: String) -> String { "\(Repository.root)/docs/man/\(page).1" }

  private func lines(_ page: String) throws -> [String] {
    try #require(SmallFile.read(Self.path(page))).split(separator: "\n").map(String.init)
  }

  /// The options that begin an entry of a list: `-h` and `--help` of
  /// `.It Fl h , Fl -help`.
  private func options(_ page: String) throws -> Set<String> {
    let entries = try lines(page).filter { $0.hasPrefix(".It Fl ") }
    return Set(
      entries.flatMap { entry in
        let words = entry.split(separator: " ")
        return zip(words, words.dropFirst()).filter { $0.0 == "Fl" }.map { "-\($0.1)" }
      })
  }

  @Test(
    "the pages of the programs have the options of --help",
    arguments: [Program.chatserve, .chatclient])
  func options(of program: Program) throws {
    try Stage.run { stage in
      let help = try stage.help(program)
      #expect(try options(program.rawValue) == help.options)
    }
  }

  @Test("the page of history has the verbs, and the options of all of them")
  func history() throws {
    try Stage.run { stage in
      let history = try stage.help(.chatserve, ["history"])
      #expect(history.verbs.count == 12)
      let page = try lines("chatserve-history")
      let described = page.filter { $0.hasPrefix(".It Cm ") }.map { String($0.dropFirst(7)) }
      #expect(described == history.verbs)
      let options = try history.verbs.reduce(into: history.options) { options, verb in
        options.formUnion(try stage.help(.chatserve, ["history", verb]).options)
      }
      #expect(try self.options("chatserve-history") == options)
    }
  }

  @Test("every page has its sections", arguments: pages)
  func sections(page: String) throws {
    let wanted = [
      "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ENVIRONMENT", "FILES", "EXIT STATUS",
      "EXAMPLES", "SEE ALSO",
    ]
    #expect(
      try lines(page).filter { $0.hasPrefix(".Sh ") }.map { String($0.dropFirst(4)) } == wanted)
  }

  private static let hasFormatter = access("/usr/bin/groff", X_OK) == 0

  @Test("groff has nothing to say against them", .enabled(if: hasFormatter), arguments: pages)
  func format(page: String) throws {
    try Stage.run { stage in
      let run = try stage.bash("groff -mdoc -Tutf8 -ww -P -cbou \(Self.path(page))")
      #expect(try run.exitStatus() == 0)
      #expect(run.errorText == "")
      #expect(run.outputText.contains("EXIT STATUS"))
    }
  }
}
