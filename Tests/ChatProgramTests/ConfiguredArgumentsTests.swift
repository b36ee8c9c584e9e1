import ArgumentParser
import Testing

@testable import ChatProgram

/// What a program's file says to its other commands.
@Suite struct ConfiguredArgumentsTests {
  private struct Other: ParsableCommand {
    @Argument var port: String
    @Option var color = "auto"
    @Flag var plain = false
    @Flag var noBell = false
  }

  private static let rows: [([String], [String: String], [String])] = [
    (["1"], [:], ["1"]),
    (["1"], ["color": "never", "database": "/x"], ["--color=never", "1"]),
    (["1", "--color", "always"], ["color": "never"], ["1", "--color", "always"]),
    (["1"], ["plain": "yes", "no-bell": "yes"], ["--no-bell", "--plain", "1"]),
    (["1"], ["plain": "no", "no-bell": "yes"], ["--no-bell", "1"]),
    (["1", "--plain"], ["plain": "yes"], ["1", "--plain"]),
    (["1", "--plain=no"], ["plain": "yes"], ["1"]),
    (["1", "--plain=no"], [:], ["1"]),
    (["--plain", "1", "--plain=no", "--no-bell=yes"], [:], ["--no-bell", "1"]),
    (["1", "--plain=no", "--plain"], [:], ["--plain", "1"]),
    (["1", "--plain=maybe"], ["plain": "yes"], ["1", "--plain=maybe"]),
    (["--", "--plain=no"], ["plain": "yes"], ["--plain", "--", "--plain=no"]),
  ]

  @Test(arguments: 0..<12)
  func `what was typed counts before the file`(index: Int) {
    let (typed, values, expected) = Self.rows[index]
    #expect(Other.arguments(typed, or: values) == expected)
  }

  @Test func `without the words about the file`() {
    let typed = ["--no-config", "path", "--no-config=no", "--", "--no-config"]
    #expect(typed.withoutConfigWords() == ["path", "--", "--no-config"])
    #expect(["path"].withoutConfigWords() == ["path"])
    #expect([String]().withoutConfigWords().isEmpty)
  }
}
