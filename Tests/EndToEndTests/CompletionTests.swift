import Glibc
import Harness
import Testing

/// Scripts/completions in the shells themselves, of which a machine may have
/// fewer than three.
@Suite struct CompletionTests {
  typealias Shell = InstallTests.Shell

  @Test(.enabled(if: Shell.here.contains(.zsh), "there is no zsh here"))
  func `zsh is among the shells`() {}

  @Test(.enabled(if: Shell.here.contains(.fish), "there is no fish here"))
  func `fish is among the shells`() {}

  private static let verbs = [
    "list", "show", "search", "tail", "stats", "export", "backup", "verify", "seal", "prune",
    "delete", "path",
  ]

  @Test(
    arguments: Shell.here,
    ["", "history", "attach", "key", "allow", "block"] + verbs.map { "history " + $0 })
  func `the options offered are those that --help lists`(shell: Shell, words: String) throws {
    try Stage.run { stage in
      // By itself history does what list does.
      let asked = words == "history" ? "history list" : words
      let help = try stage.help(.chatserve, asked.split(separator: " ").map(String.init))
      // block has none of its own, key and allow next to none.
      let isShort = ["key", "allow", "block"].contains(words)
      #expect(help.options.count > (isShort ? 2 : 5))
      let line = "chatserve \(words)\(words.isEmpty ? "" : " ")-"
      #expect(try Set(stage.offers(shell, line)) == help.options)
    }
  }

  @Test(arguments: Shell.here, ["chatclient -", "chatclient localhost 1027 -"])
  func `chatclient's options are offered before and behind its arguments`(
    shell: Shell, line: String
  ) throws {
    try Stage.run { stage in
      let options = try stage.help(.chatclient).options
      #expect(try Set(stage.offers(shell, line)) == options)
    }
  }

  @Test(arguments: Shell.here)
  func `the verbs offered are those that --help lists, in its order`(shell: Shell) throws {
    try Stage.run { stage in
      let verbs = try stage.help(.chatserve, ["history"]).verbs
      #expect(verbs == Self.verbs)
      #expect(try stage.offers(shell, "chatserve history ") == verbs)
      #expect(try stage.offers(shell, "chatserve ").contains("history"))
      #expect(try stage.offers(shell, "chatserve 1027 hi") == [])
    }
  }

  private static let formats = [
    "text", "tsv", "csv", "json", "json-pretty", "transcript", "markdown", "html",
  ]

  @Test(
    arguments: Shell.here,
    [
      ("chatserve hi", ["history"]), ("chatserve history sh", ["show"]),
      ("chatserve 1027 --han", ["--handle"]), ("chatserve --mode ", ["turns", "free"]),
      ("chatserve --mode=", ["turns", "free"]), ("chatserve --mode=f", ["free"]),
      ("chatserve --color ", ["auto", "always", "never"]), ("chatclient --color n", ["never"]),
      ("chatserve history show 1 -o ", formats), ("chatserve history -o ", formats),
      ("chatserve history verify -o ", ["text", "json", "json-pretty"]),
      ("chatserve history stats --output-format=j", ["json", "json-pretty"]),
      ("chatserve history list --state ", ["open", "closed", "lost"]),
      ("chatserve history list --state open,cl", ["open,closed"]),
      ("chatserve history tail --kind ", ["open", "handle", "message", "close"]),
      ("chatserve history stats --by ", ["day", "hour"]),
      ("chatserve history -n 5 --stat", ["--state"]),
      ("chatserve history search --from s", ["server"]),
      ("chatserve history export --tz Europe/Ber", ["Europe/Berlin"]),
      ("chatserve history export --tz loc", ["local"]),
      ("chatserve history prune --before to", ["today"]),
      ("chatclient localhost ", ["1027"]), ("chatclient --handle me localhost ", ["1027"]),
      ("chatclient localhost 1027 ", []), ("chatclient he", []),
    ])
  func `a word is completed with what it may be`(
    shell: Shell, line: (typed: String, offered: [String])
  ) throws {
    try Stage.run { stage in
      // zsh offers options where no argument may be.
      let offered = try stage.offers(shell, line.typed).filter {
        line.offered.contains { $0.hasPrefix("-") } || !$0.hasPrefix("-")
      }
      #expect(Set(offered) == Set(line.offered))
    }
  }

  @Test(
    arguments: Shell.here, ["--database", "history list --database", "history export --output"])
  func `where a file is wanted, files are offered`(shell: Shell, option: String) throws {
    try Stage.run { stage in
      _ = try stage.bash("touch '\(stage.home)/my file.db'")
      let offered = try stage.offers(shell, "chatserve \(option) \(stage.home)/my")
      // zsh offers what comes behind the directory, quoted.
      let names = offered.map { $0.split(separator: "/").last?.replacing("\\", with: "") }
      #expect(names == ["my file.db"])
    }
  }

  @Test(arguments: Shell.here)
  func `hosts are those of ssh and of this machine, where they can be read`(shell: Shell) throws {
    try Stage.run { stage in
      _ = try stage.bash(
        """
        mkdir '\(stage.home)/.ssh'; cat > '\(stage.home)/.ssh/known_hosts' <<'END'
        # alpha.example of a comment
        alpha.example,192.0.2.7 ssh-ed25519 AAAA alpha-key
        [beta.example]:2222 ssh-ed25519 AAAA
        |1|aGFzaA==|aGFzaA== ssh-ed25519 AAAA
        @revoked alpha-revoked ssh-ed25519 AAAA
        $(>alpha) ssh-ed25519 AAAA
        END
        """)
      #expect(try stage.offers(shell, "chatclient al") == ["alpha.example"])
      #expect(try stage.offers(shell, "chatclient be") == ["beta.example"])
      #expect(try stage.offers(shell, "chatclient 192.0.2.") == ["192.0.2.7"])
      #expect(try stage.offers(shell, "chatclient localh").contains("localhost"))
    }
  }

  @Test(arguments: Shell.here)
  func `conversations and handles are asked of the program, and never run`(shell: Shell) throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free")
      for handle in ["tatyana", "$(>evil)"] {
        let peer = try stage.nativePeer(handle, on: server.port)
        try peer.send("say 1 hi\0")
        try peer.waitFor("ack 1\0")
        try peer.send("quit user\0")
        try peer.waitForEnd()
      }
      #expect(try Set(stage.offers(shell, "chatserve history show ")) == ["@", "2", "1"])
      #expect(try stage.offers(shell, "chatserve history export 1 2") == ["2"])
      #expect(try stage.offers(shell, "chatserve history list --with ta") == ["tatyana"])
      // What goes into the line is quoted; fish does it afterwards.
      let handles = try stage.offers(shell, "chatserve history tail --with ")
      #expect(
        Set(handles) == ["tatyana", shell == .fish ? "$(>evil)" : "\\$\\(\\>evil\\)"])
      let other = "chatserve history list --database \(stage.database) --from "
      #expect(try stage.offers(shell, other).contains("tatyana"))
      #expect(!stage.files(in: stage.home).contains("evil"))
    }
  }

  @Test(arguments: Shell.here)
  func `where nothing was recorded nothing is said and nothing made`(shell: Shell) throws {
    try Stage.run { stage in
      let ids = try stage.offers(shell, "chatserve history show ")
      #expect(ids == ["@"])
      let other = "chatserve history show --database /no/such.db "
      let others = try stage.offers(shell, other)
      #expect(others == ["@"])
      let handles = try stage.offers(shell, "chatserve history list --with ")
      #expect(handles == [])
      #expect(!stage.files(in: stage.home).contains("state"))
    }
  }
}

extension Stage {
  /// What a shell offers for the last word of `line`, with the program in its
  /// PATH; the option in front of a value, as in `--mode=free`, left out.
  func offers(_ shell: CompletionTests.Shell, _ line: String) throws -> [String] {
    let program = String(line.prefix { $0 != " " })
    let scripts = "\(Repository.root)/Scripts/completions"
    let quoted = "'" + line.split(separator: "'").joined(separator: "'\\''") + "'"
    let run = try bash(
      "export PATH=\"${0%/*}:$PATH\" line=\(quoted) program=\(program) scripts='\(scripts)'\n"
        + "cd '\(home)'\n" + shell.driver)
    #expect(run.errorText == "")
    return run.lines.map { line in
      let word = String(line.prefix { $0 != "\t" })
      guard word.hasPrefix("--"), let end = word.firstIndex(of: "=") else { return word }
      return String(word[word.index(after: end)...])
    }
  }
}

extension InstallTests.Shell {
  /// Prints what `$scripts` offer for `$line`, a line of `$program`.
  fileprivate var driver: String {
    switch self {
    case .bash:
      // As readline parts a line: at blanks, and at equals signs.
      """
      source "$scripts/$program.bash"
      read -ra COMP_WORDS <<<"${line//=/ = }"
      [[ $line = *[\\ =] ]] && COMP_WORDS+=("")
      [[ $line = *= ]] && unset 'COMP_WORDS[-1]'
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line}
      "_$program" "$program" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      ((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}"
      """
    case .fish:
      """
      fish --no-config -c 'source $scripts/$program.fish; complete -C $line'
      """
    case .zsh:
      // On a terminal of its own, where what is added to the list of offers is
      // written down as well.
      """
      mkdir functions; cp "$scripts/$program.zsh" "functions/_$program"
      cat > setup <<'END'
      PROMPT=
      fpath=($PWD/functions $fpath)
      autoload -U compinit
      compinit -u -D
      bindkey '^I' complete-word
      zstyle ':completion:*' insert-tab false
      gone() { kill -KILL $$; }
      comppostfuncs=(gone)
      compadd() {
        local -a hits
        if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\\ * ]]; then
          builtin compadd -A hits "$@"
          (($#hits)) && print -rl -- ${IPREFIX##*=}$^hits >> offers
        fi
        builtin compadd "$@"
      }
      print is''ready
      END
      cat > drive <<'END'
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'source ./setup'
      zpty -r shell shown '*isready*'
      zpty -w -n shell "$line"$'\\t'
      while zpty -r shell shown; do :; done
      END
      zsh -f drive; rm -rf functions setup drive
      [[ ! -e offers ]] || awk '!seen[$0]++' offers; rm -f offers
      """
    }
  }
}
