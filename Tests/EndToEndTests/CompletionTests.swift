import Harness
import Testing

/// What Scripts/completions writes, in bash and without keys.
@Suite struct CompletionTests {
  private static let script = """
    source <("\(Repository.root)/Scripts/completions" "${0%/*}/$1" bash)
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
    "_$1" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\\n' "${COMPREPLY[@]}"
    """

  /// Behind some words: the options that are offered.
  private func options(_ stage: Stage, _ words: [String]) throws -> Set<String> {
    Set(try offers(stage, words + ["-"]))
  }

  /// What is offered for the last of some words.
  private func offers(_ stage: Stage, _ words: [String]) throws -> [String] {
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    let run = try stage.bash("set -- \(quoted)\n" + Self.script)
    #expect(run.errorText == "")
    return run.lines
  }

  @Test(
    "the options offered are those that --help lists",
    arguments: [
      [], ["history", "list"], ["history", "show"], ["history", "search"], ["history", "tail"],
      ["history", "stats"], ["history", "export"], ["history", "verify"], ["history", "prune"],
      ["history", "path"],
    ])
  func options(words: [String]) throws {
    try Stage.run { stage in
      let options = try stage.help(.chatserve, words).options
      #expect(options.count > 5)
      #expect(try self.options(stage, ["chatserve"] + words) == options)
    }
  }

  @Test("history offers its verbs, and the options of list, which it is by itself")
  func history() throws {
    try Stage.run { stage in
      let help = try stage.help(.chatserve, ["history"])
      let offered = try offers(stage, ["chatserve", "history", ""])
      #expect(offered.filter { !$0.hasPrefix("-") } == help.verbs)
      let list = try stage.help(.chatserve, ["history", "list"]).options
      #expect(try options(stage, ["chatserve", "history"]) == list)
      #expect(try offers(stage, ["chatserve", "history", "-n", "5", "--stat"]) == ["--state"])
    }
  }

  @Test("chatclient's options are offered behind its arguments too")
  func client() throws {
    try Stage.run { stage in
      let options = try stage.help(.chatclient).options
      #expect(try self.options(stage, ["chatclient"]) == options)
      #expect(try self.options(stage, ["chatclient", "localhost", "1027"]) == options)
    }
  }

  private static let formats = [
    "text", "tsv", "csv", "json", "json-pretty", "transcript", "markdown", "html",
  ]

  @Test(
    "a word is completed with what may stand there",
    arguments: [
      ("chatserve hi", ["history"]), ("chatserve history sh", ["show"]),
      ("chatserve 1027 --han", ["--handle"]), ("chatserve 1027 hi", []),
      ("chatserve --mode ", ["turns", "free"]),
      ("chatserve --color ", ["auto", "always", "never"]),
      ("chatclient --color n", ["never"]),
      ("chatserve history show 1 -o ", formats), ("chatserve history -o ", formats),
      ("chatserve history verify -o ", ["text", "json", "json-pretty"]),
      ("chatserve history list --state ", ["open", "closed", "lost"]),
      ("chatserve history tail --kind ", ["open", "handle", "message", "close"]),
      ("chatserve history stats --by ", ["day", "hour"]),
      ("chatserve history search --from ", ["server", "client"]),
      ("chatserve history export --tz ", ["local", "utc"]),
    ])
  func values(line: String, offered: [String]) throws {
    try Stage.run { stage in
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      let found = try offers(stage, words)
      #expect(found == offered)
    }
  }

  @Test(
    "where a file is wanted, files are offered",
    arguments: ["--database", "history list --database", "history export --output"])
  func files(option: String) throws {
    try Stage.run { stage in
      let words = ["chatserve"] + option.split(separator: " ").map(String.init)
      _ = try stage.bash("touch '\(stage.home)/transcript.db'")
      let offered = try offers(stage, words + [stage.home + "/tr"])
      #expect(offered == [stage.home + "/transcript.db"])
    }
  }
}
