import ChatProgram
import Testing

@testable import History

/// How a command line finds its verb, and what is said of one that finds none.
@Suite struct CommandLineTests {
  @Test(arguments: [
    ("shwo", "show"), ("lst", "list"), ("SHOW", "show"), ("exp", "export"), ("serach", "search"),
    ("tial", "tail"), ("3", nil), ("@", nil), ("list@", "list"), ("frobnicate", nil),
    ("\u{1b}[31m", nil), ("", nil),
  ])
  func `a word that is no verb is named, with those there are`(
    _ word: String, _ meant: String?
  ) throws {
    let result = try Fixture.samples().history(word)
    let shown = word == "\u{1b}[31m" ? "\\x1b[31m" : word
    let hint = meant.map { " (did you mean \($0)?)" } ?? ""
    #expect(
      result.errors
        == "chatserve: history has no verb \"\(shown)\"\(hint); it has list, show, search, tail, "
        + "stats, export, backup, verify, seal, prune, delete, path\n")
    #expect(result.output.isEmpty)
    #expect(result.exit == 64)
  }

  @Test(arguments: [
    ("history", "histroy", 1), ("history", "hstory", 1), ("history", "hisstory", 1), ("", "abc", 3),
    ("history", "history", 0), ("abcd", "dcba", 3), ("tail", "", 4),
  ])
  func `spellings are as far apart as there are mistakes`(
    _ one: String, _ other: String, _ distance: Int
  ) {
    #expect(SpellingHint.distance(one, other) == distance)
    #expect(SpellingHint.distance(other, one) == distance)
  }

  @Test(arguments: [
    ("histroy", "history"), ("hisotry", "history"), ("hist", "history"), ("show", "history show"),
    ("1027", nil), ("12ab", nil), ("", nil), ("port", nil), ("--handle", nil), ("mystery", nil),
    (String(repeating: "history", count: 100_000), nil),
  ])
  func `a first word that was meant for history is known`(_ word: String, _ meant: String?) {
    #expect(
      HistoryCommand.hint(forFirstWord: word)
        == meant.map { "there is no command \"\(word)\"; did you mean \"chatserve \($0)\"?" })
  }

  @Test(arguments: [
    ["list", "--bogus"], ["show", "-n"], ["--bogus"], ["prune", "-n"], ["tail", "x"],
    ["list", "-o", "xml"],
    ["list", "-o", "csv", "--json"], ["verify", "--json", "-o", "text"],
  ])
  func `a usage error names the help that there is`(_ arguments: [String]) throws {
    let result = try Fixture.history(arguments)
    let verb = arguments[0].hasPrefix("-") ? "list" : arguments[0]
    #expect(result.errors.contains("Usage: chatserve history \(verb) "))
    #expect(result.errors.contains("See 'chatserve history \(verb) --help'"))
    #expect(result.output.isEmpty)
    #expect(result.exit == 64)
  }

  @Test(arguments: ["prune", "search", "delete"])
  func `a verb without what it needs shows its help`(_ verb: String) throws {
    let result = try Fixture.history([verb])
    #expect(result.errors.contains("Error: Missing expected argument"))
    #expect(result.errors.contains("USAGE: chatserve history \(verb) "))
    #expect(result.exit == 64)
  }

  @Test(arguments: HistoryCommand.verbNames)
  func `every verb has its help, in either order`(_ verb: String) throws {
    let result = try Fixture.history([verb, "--help"])
    #expect(result.output.contains("USAGE: chatserve history \(verb) "))
    #expect(result.errors.isEmpty)
    #expect(result.exit == 0)
    #expect(try Fixture.history(["help", verb]).output == result.output)
    #expect(try Fixture.history(["help", verb, "and", "more"]).output == result.output)
  }

  @Test(arguments: [["--help"], ["-h"], ["help"]])
  func `history's own help lists the verbs`(_ arguments: [String]) throws {
    let result = try Fixture.history(arguments)
    #expect(result.output.contains("USAGE: chatserve history <subcommand>"))
    for verb in HistoryCommand.verbNames { #expect(result.output.contains("  \(verb) ")) }
    #expect(result.exit == 0)
  }

  @Test(arguments: [
    ("-n 1", "list -n1"), ("", "list"), ("list --json", "list -o json"), ("--json", "-o json"),
    ("show 1 --json -o json-pretty", "show 1 -o json-pretty"), ("show @~1", "show 1"),
    ("verify --json", "verify -ojson"), ("stats --json", "stats -o json"),
    ("show -S -30d", "show --since 30d"), ("show -S-30d", "show --since=30d"),
    ("search hi -rc", "search -c --reverse hi"), ("show -- 1", "show 1"),
    ("show --kind open,close", "show --kind open --kind close"),
  ])
  func `two spellings of the same`(_ one: String, _ other: String) throws {
    let fixture = try Fixture.samples()
    func result(_ line: String) throws -> Captured {
      let words = line.split(separator: " ").map(String.init)
      // In front, where nothing can hide it.
      let verb = words.prefix { !$0.hasPrefix("-") }.prefix(1)
      return try Fixture.history(
        verb + ["--database", fixture.path, "--tz", "-08:00"] + words.dropFirst(verb.count))
    }
    let first = try result(one)
    let second = try result(other)
    #expect(first.output == second.output)
    #expect(first.errors == "" && second.errors == "")
    #expect(!first.output.isEmpty)
  }

  @Test(arguments: [
    ["show", "1"], ["list"], ["stats"], ["search", "hi", "-c"], ["path"],
    ["show", "1", "-o", "json"],
  ])
  func `options may come before the verb`(_ line: [String]) throws {
    let fixture = try Fixture.samples()
    let usual = try Fixture.history(line + ["--database", fixture.path])
    #expect(usual.exit == 0 && !usual.output.isEmpty)
    for before in [["--database", fixture.path], ["--database=\(fixture.path)"]] {
      let result = try Fixture.history(before + line)
      #expect(result.output == usual.output && result.errors == usual.errors)
      #expect(result.exit == 0)
    }
  }

  @Test func `what is not understood before a verb is the verb's to say`() throws {
    let fixture = try Fixture.samples()
    let result = try Fixture.history(["--database", fixture.path, "show", "1", "--bogus"])
    #expect(result.errors.contains("See 'chatserve history show --help'"))
    #expect(result.exit == 64)
    let help = try Fixture.history(["--database", fixture.path, "show", "--help"])
    #expect(help.output.contains("USAGE: chatserve history show ") && help.exit == 0)
  }

  @Test func `a value that is called as a verb is a value`() throws {
    let result = try Fixture.history(["--database", "stats", "--with", "show"])
    #expect(result.errors.contains("stats"), "\(result.errors)")
    #expect(result.exit == 66)
  }

  @Test(arguments: ["-f", "--follow"])
  func `tail takes what tail(1) needs`(_ option: String) throws {
    let result = try Fixture.samples().history("tail", option, "-n", "1")
    #expect(result.output.hasSuffix("mike> hi\n"))
    // Ended by the test's Ctrl-C.
    #expect(result.exit == 130)
  }

  @Test(arguments: [
    ("x.html", FormatName.html), ("x.HTM", .html), ("/a.b/x.csv", .csv), ("x.md", .markdown),
    ("x.markdown", .markdown), ("x.jsonl", .json), ("x.json", .json), ("x.tar.txt", .text),
    ("x.tsv", .tsv), (".csv", .csv), ("x", nil), ("x.db", nil), ("a.csv/x", nil), ("x.", nil),
    ("-", nil), ("", nil), ("/", nil),
  ])
  func `a file's ending says its format`(_ path: String, _ format: FormatName?) {
    #expect(FormatName(endingOf: path) == format)
  }

  @Test func `export writes what the ending says, and -o counts before it`() throws {
    let fixture = try Fixture.samples()
    let file = fixture.directory + "/out.html"
    #expect(try fixture.history("export", "--output", file).exit == 0)
    #expect(try contents(of: file).hasPrefix("<!DOCTYPE html>"))
    #expect(try fixture.history("export", "--output", file, "-o", "csv").exit == 0)
    #expect(try !contents(of: file).contains("<"))
  }

  private func contents(of path: String) throws -> String {
    String(decoding: try #require(SystemFile.bytes(at: path)), as: UTF8.self)
  }
}
