import Seeded
import Testing

@testable import History

/// The plain way of reading a command line and the argument parser agree.
@Suite struct CommandLineTests {
  /// Every verb, and every option in every spelling that is read plainly.
  private static let plain = [
    "", "search a", "prune --before=today -n -y -q", "prune --before -3d --dry-run --yes",
    "path --quiet", "show 1 2 @ 3..7 @~1 -n20 -r -c --tz -08:00",
    "search one two -n 5 three --with a --with b --from server --from=c -gx",
    "list -S -2h -U now --on today -g a -g b -F -i -v -A1 -B 2 -C3 --lines 3 --reverse",
    "show --since 2h --until=now --grep x --fixed-strings --ignore-case --invert-match",
    "tail --case-sensitive --after-context 1 --before-context=2 --context 3 -S2h -Unow",
    "export --state open,lost --kind message --kind open --after-event 77 --output f",
    "export -ojson -0 --color always -P --tz utc --utc -q --database d",
    "tail --lines 4 --output-format csv --null --no-pager --quiet --tz=Asia/Kathmandu",
    "stats --by hour --ascii --count --color=never", "verify --output-format json --database=x",
  ]

  @Test func `plain lines mean what the argument parser takes them for`() throws {
    for line in Self.plain {
      let arguments = line.split(separator: " ").map(String.init)
      let plain = try #require(PlainCommandLine.verb(arguments), "\(line)")
      let parsed = try #require(try HistoryCommand.parsedVerb(arguments))
      #expect("\(plain)" == "\(parsed)", "\(line)")
    }
  }

  @Test(arguments: [
    "help", "--help", "-h", "show --help", "search", "prune", "prune -n", "frobnicate", "list 1",
    "list -rc", "show -n", "show -n -5", "show -n=5", "show -n x", "show -n +5", "list --lin 5",
    "show -- 1", "show -g -x", "show -S --", "show -S -x", "show --since=-2h", "list -o xml",
    "list --color maybe", "-n 1 -n 2",
    "show --reverse=yes", "show -r -r", "path x", "verify --with a", "tail --state=", "show --utc=",
    "list --after-event 99999999999999999999", "--generate-completion-script bash", "show -", "-",
    "--", "list --tz utc --tz local",
  ])
  func `other lines go to the argument parser`(_ line: String) {
    #expect(PlainCommandLine.verb(line.split(separator: " ").map(String.init)) == nil)
  }

  @Test(arguments: ["shwo", "3", "@", "list@", "\u{1b}[31m"])
  func `a word that is no verb is named, with those there are`(_ word: String) throws {
    let result = try Fixture.samples().history(word)
    let shown = word == "\u{1b}[31m" ? "\\x1b[31m" : word
    #expect(
      result.errors
        == "chatserve: history has no verb \"\(shown)\"; it has list, show, search, tail, stats, "
        + "export, verify, prune, path\n")
    #expect(result.output.isEmpty)
    #expect(result.exit == 64)
  }

  @Test(arguments: [["list", "--bogus"], ["show", "-n"], ["help", "list"]])
  func `a usage error names the help that there is`(_ arguments: [String]) throws {
    let result = try Fixture.history(arguments)
    #expect(!(result.errors + result.output).contains("'history"))
    let isHelp = arguments.first == "help"
    #expect(
      isHelp
        ? result.output.contains("USAGE: chatserve history list")
        : result.errors.contains("See 'chatserve history \(arguments[0]) --help'"))
    #expect(result.exit == (isHelp ? 0 : 64))
  }

  @Test func `random lines are read plainly as the parser reads them, or not at all`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let words = [
      "list", "show", "search", "tail", "stats", "export", "verify", "prune", "path", "help", "1",
      "@", "x", "-n", "-n3", "-r", "-o", "-ocsv", "json", "-g", "-gi", "-S", "2h", "--since=1h",
      "--tz", "utc", "-08:00", "--utc", "-c", "-rc", "-C", "-C1", "-F", "-i", "--with",
      "--kind=open",
      "--color", "never", "--database", "-q", "--before", "-y", "--by", "hour", "--ascii", "-5", "",
      "--output", "-", "--", "-0", "--after-event", "7",
    ]
    var compared = 0
    // What is not read plainly costs nothing here: only agreement is at stake.
    while compared < 5 {
      let arguments = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        words.randomElement(using: &random) ?? ""
      }
      guard let plain = PlainCommandLine.verb(arguments) else { continue }
      compared += 1
      let parsed = try #require(try HistoryCommand.parsedVerb(arguments))
      #expect("\(plain)" == "\(parsed)", "\(arguments), seed \(seed)")
    }
  }
}
