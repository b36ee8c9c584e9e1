import Glibc
import Harness
import Testing

/// What `make install` puts where, from the programs beside the tests.
@Suite struct InstallTests {
  private static let files = [
    "bin/chatclient", "bin/chatserve",
    "lib/systemd/system/chatserve@.service", "lib/systemd/system/chatserve@.socket",
    "share/bash-completion/completions/chatclient", "share/bash-completion/completions/chatserve",
    "share/doc/chatserve/LICENSE", "share/doc/chatserve/NOTICE",
    "share/fish/vendor_completions.d/chatclient.fish",
    "share/fish/vendor_completions.d/chatserve.fish",
    "share/man/man1/chatclient.1", "share/man/man1/chatserve-history.1",
    "share/man/man1/chatserve.1",
    "share/zsh/site-functions/_chatclient", "share/zsh/site-functions/_chatserve",
  ]

  /// Runs Scripts/install for `prefix`.
  private func install(_ stage: Stage, _ what: String, _ prefix: String) throws {
    let run = try stage.bash("'\(Repository.root)/Scripts/install' \(what) '\(prefix)'")
    #expect(try run.exitStatus() == 0)
    #expect(run.outputText + run.errorText == "")
  }

  private func files(below prefix: String, _ stage: Stage) throws -> [String] {
    try stage.bash("cd '\(prefix)' && find * -type f | LC_ALL=C sort").lines
  }

  @Test("everything is installed, and nothing is left when it is removed")
  func install() throws {
    try Stage.run { stage in
      let prefix = stage.home + "/a place"
      try install(stage, "\"${0%/*}\"", prefix)
      #expect(try files(below: prefix, stage) == Self.files)
      for file in Self.files {
        #expect(stage.mode(of: "\(prefix)/\(file)") == (file.hasPrefix("bin/") ? 0o755 : 0o644))
      }
      // Without symbols, which are half of a program, it runs all the same.
      let sizes = try stage.bash("stat -c %s '\(prefix)/bin/chatserve' \"$0\"").lines.map {
        Int($0)
      }
      #expect(try #require(sizes.first ?? nil) < #require(sizes.last ?? nil))
      let version = try stage.bash("'\(prefix)/bin/chatserve' --version && \"$0\" --version").lines
      #expect(version.count == 2 && version.first == version.last)
      try install(stage, "--remove", prefix)
      #expect(try files(below: prefix, stage) == [])
    }
  }

  /// A shell that completes, and how it finds what is installed below
  /// `share` when there is no system to look there.
  enum Shell: String, CaseIterable, CustomTestStringConvertible {
    case bash = "/bin/bash"
    case zsh = "/usr/bin/zsh"
    case fish = "/usr/bin/fish"

    static let here = allCases.filter { access($0.rawValue, X_OK) == 0 }

    var testDescription: String { rawValue }

    /// Without what this machine has its shells do at their beginning.
    var arguments: [String] {
      switch self {
      case .bash: ["--norc", "--noprofile", "-i"]
      case .zsh: ["-f", "-i"]
      case .fish: ["--no-config", "-i"]
      }
    }

    func setUp(_ share: String, _ program: String) -> String {
      switch self {
      case .bash: "source \(share)/bash-completion/completions/\(program)"
      case .zsh: "fpath=(\(share)/zsh/site-functions $fpath); autoload -U compinit; compinit -u -D"
      case .fish: "source \(share)/fish/vendor_completions.d/\(program).fish"
      }
    }
  }

  @Test(
    "TAB completes in a shell on a terminal", arguments: Shell.here,
    [
      ("chatserve hi", "chatserve history"), ("chatserve history sh", "chatserve history show"),
      ("chatserve 1027 --han", "chatserve 1027 --handle"),
      ("chatserve history -n 5 --stat", "chatserve history -n 5 --state"),
      ("chatserve history show 1 -o cs", "chatserve history show 1 -o csv"),
      ("chatserve --mode=f", "chatserve --mode=free"),
      ("chatserve --mode=free 1027 --han", "chatserve --mode=free 1027 --handle"),
      ("chatserve history show --color=ne", "chatserve history show --color=never"),
      ("chatclient localhost 1027 --time", "chatclient localhost 1027 --timestamps"),
    ])
  func tab(shell: Shell, line: (typed: String, completed: String)) throws {
    try Stage.run { stage in
      try install(stage, "\"${0%/*}\"", stage.home)
      let terminal = try stage.onTerminal(path: shell.rawValue, shell.arguments)
      try terminal.waitUntil("a prompt") { !$0.cursorLine.isEmpty }
      let program = String(line.typed.prefix { $0 != " " })
      // In two pieces, so that its echo does not look like what it prints.
      try terminal.enter(shell.setUp(stage.home + "/share", program) + "; echo is''ready")
      try terminal.waitFor("isready")
      try terminal.send(line.typed + "\t")
      try terminal.waitUntil("“\(line.completed)”") {
        let shown = $0.text.split(separator: "\n").last { $0.contains("chat") } ?? ""
        // zsh goes on to the value.
        return [" ", "="].contains { (shown + " ").contains(line.completed + $0) }
      }
    }
  }
}
