import Glibc
import Harness
import Testing

/// Options from a file and from the environment.
@Suite struct ConfigTests {
  @Test("the file gives options, and what is typed wins")
  func precedence() throws {
    try Stage.run { stage in
      try stage.configure(.chatserve, "# mine\nhandle = OLGA\nmode = free\nplain = yes\n")
      let server = try stage.server("--handle", "ANNA")
      try stage.configure(.chatclient, "handle = tatyana\n")
      let client = try stage.client(server.port)
      try client.waitForInput("tatyana> ")
      try client.enter("hi")
      // Out of turn, were it not free.
      try client.enter("there")
      try server.process.waitFor("tatyana> there")
      try server.process.enter("yes")
      try client.waitFor("ANNA> yes")
    }
  }

  @Test("a name is the option's, else the environment's, else the file's")
  func handle() throws {
    try Stage.run { stage in
      try stage.configure(.chatclient, "handle = file\n")
      #expect(try stage.settings(.chatclient)["handle"] == "file # \(stage.file(.chatclient)):1")
      stage.variables["CHATCLIENT_HANDLE"] = "variable"
      #expect(try stage.settings(.chatclient)["handle"] == "variable # $CHATCLIENT_HANDLE")
      for words in [["--handle", "typed"], ["-l", "typed"], ["--handle=typed", "h", "1"]] {
        #expect(try stage.settings(.chatclient, words)["handle"] == "typed # option", "\(words)")
      }
      stage.variables["CHATCLIENT_HANDLE"] = "two words"
      let refused = try stage.onPipes(.chatclient, ["localhost", "1027"])
      #expect(try refused.exitStatus() == 78)
      #expect(
        refused.errorText
          == "chatclient: $CHATCLIENT_HANDLE: --handle takes one word, without spaces.\n")
      // Whose name is before the @ is no question.
      stage.variables["CHATCLIENT_HANDLE"] = "variable"
      let server = try stage.server()
      let client = try stage.onTerminal(
        .chatclient, ["amy@127.0.0.1", "\(server.port)"])
      try client.waitForInput("amy> ")
    }
  }

  @Test("--print-config lists every option of --help", arguments: [Program.chatserve, .chatclient])
  func everyOption(program: Program) throws {
    try Stage.run { stage in
      let acts = ["--help", "--version", "--no-config", "--print-config"]
      let own = program == .chatclient ? ["--forget", "--new", "--take-over"] : []
      let help = try stage.help(program).options.filter { $0.hasPrefix("--") }
      let listed = try stage.settings(program).keys.map { "--\($0)" }
      #expect(Set(listed) == help.subtracting(acts + own))
    }
  }

  @Test("what --print-config writes is a file that says the same")
  func printed() throws {
    try Stage.run { stage in
      stage.variables["CHATSERVE_DATABASE"] = "/tmp/a b.db"
      let words = ["--mode", "free", "--no-bell", "--rate=2M", "--plain=no", "--handle", "O'NEIL"]
      let first = try stage.printed(.chatserve, ["--print-config"] + words)
      #expect(first.hasPrefix("# without \(stage.file(.chatserve))\n"))
      let settings = try stage.settings(.chatserve, words)
      #expect(settings["mode"] == "free # option")
      #expect(settings["no-bell"] == "yes # option")
      #expect(settings["database"] == "/tmp/a b.db # $CHATSERVE_DATABASE")
      #expect(settings["max-waiting"] == "8 # default")
      #expect(settings["key-file"] == "\(stage.keyFile) # default")
      #expect(settings["bind"] == "# default")
      stage.variables = [:]
      try stage.configure(.chatserve, first)
      let second = try stage.settings(.chatserve)
      #expect(second.keys.sorted() == settings.keys.sorted())
      for (name, setting) in settings {
        #expect(second[name]?.split(separator: "#").first == setting.split(separator: "#").first)
      }
      #expect(second["no-bell"]?.contains("# \(stage.file(.chatserve)):") == true)
    }
  }

  @Test("a flag of the file is taken back by =no, and by --no-config with all the others")
  func undone() throws {
    try Stage.run { stage in
      try stage.configure(.chatserve, "no-bell = yes\nplain = no\nmode = free\n")
      let file = stage.file(.chatserve)
      #expect(try stage.settings(.chatserve)["no-bell"] == "yes # \(file):1")
      #expect(try stage.settings(.chatserve)["plain"] == "no # \(file):2")
      #expect(try stage.settings(.chatserve, ["--no-bell=no"])["no-bell"] == "no # option")
      #expect(try stage.settings(.chatserve, ["--plain=yes"])["plain"] == "yes # option")
      #expect(try stage.settings(.chatserve, ["--plain"])["plain"] == "yes # option")
      let without = try stage.settings(.chatserve, ["--no-config"])
      #expect(without["no-bell"] == "no # default")
      #expect(without["mode"] == "turns # default")
      let with = try stage.settings(.chatserve, ["--no-config", "--no-config=no"])
      #expect(with["mode"] == "free # \(file):3")
      let bad = try stage.onPipes(.chatserve, ["1027", "--plain=maybe"])
      #expect(try bad.exitStatus() == 78)
      #expect(bad.errorText == "chatserve: --plain is yes or no, not \"maybe\"\n")
    }
  }

  @Test("what contradicts an option that was typed is left out")
  func contradictions() throws {
    try Stage.run { stage in
      stage.variables["CHATSERVE_DATABASE"] = stage.home + "/v.db"
      try stage.configure(.chatserve, "no-log = yes\n")
      var server = try stage.pipedServer("--no-log")
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      let place = stage.home + "/typed.db"
      server = try stage.pipedServer("--database", place)
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(stage.mode(of: place) == 0o600)
      stage.variables = [:]
      try stage.configure(.chatserve, "database = \(stage.home)/f.db\n")
      _ = try stage.pipedServer("--no-log")
      #expect(stage.files(in: stage.home) == ["typed.db", "typed.db-lock"])
      try stage.configure(.chatclient, "require-encryption = yes\nask-key = yes\nno-state = yes\n")
      let settings = try stage.settings(.chatclient, ["--clear"])
      #expect(settings["require-encryption"] == "no # option")
      #expect(settings["ask-key"] == "no # option")
      #expect(settings["no-state"] == "yes # \(stage.file(.chatclient)):3")
    }
  }

  @Test("history, key and allow go where the server goes")
  func otherCommands() throws {
    try Stage.run { stage in
      let place = stage.home + "/elsewhere"
      #expect(mkdir(place, 0o700) == 0 && mkdir(place + "/keys", 0o700) == 0)
      stage.variables["HOME"] = place
      try stage.configure(
        .chatserve,
        "database = ~/talks.db\nkey-file = ~/keys/key\nallow = ~/keys/allow\ncolor = always\n")
      let print = "SHA256:" + String(repeating: "A", count: 42) + "E="
      for words in [
        ["key", "--new"], ["allow", String(print.dropLast()), "amy"],
      ] {
        let run = try stage.onPipes(.chatserve, words)
        #expect(try run.exitStatus() == 0, "\(run.errorText)")
      }
      #expect(Set(stage.files(in: place + "/keys")) == ["key", "allow", "allow.lock"])
      let shown = try stage.printed(.chatserve, ["history", "path"])
      #expect(shown == place + "/talks.db\n")
      #expect(
        try stage.printed(.chatserve, ["1027", "history", "path"]) == place
          + "/talks.db\n")
      #expect(
        try stage.printed(.chatserve, ["history", "path", "--database", "/x"]) == "/x\n")
      stage.variables["CHATSERVE_DATABASE"] = "/y"
      #expect(try stage.printed(.chatserve, ["history", "path"]) == "/y\n")
    }
  }

  @Test("a file with a mistake is refused with its line, and help is given all the same")
  func mistakes() throws {
    let rows: [(String, String)] = [
      ("mode = free\nhandel = bob", ":2: there is no option \"handel\"; did you mean \"handle\"?"),
      ("prot = 1", ":1: there is no option \"prot\""),
      ("mode = both", ":1: The value 'both' is invalid for '--mode <mode>'"),
      ("handle = two words", ":1: --handle takes one word, without spaces."),
      ("max-waiting = many", ":1: The value 'many' is invalid for '--max-waiting <max-waiting>'"),
      ("max-waiting = -1", ":1: --max-waiting takes 0 to 1000 peers, not -1."),
      ("plain", ":1: \"plain\" has no value"), ("plain = on", ":1: plain is yes or no, not \"on\""),
      ("help = yes", ":1: there is no option \"help\""),
      ("version = yes", ":1: version does something once; type --version instead"),
      ("no-config = yes", ":1: no-config does something once"),
      ("mode = free\nmode = turns", ":2: mode was given already, in line 1"),
      ("handle = \"bob\"", ":1: the value of handle begins with a quote"),
      (String(repeating: "# long\n", count: 10_000), ": it has more than 64 KiB"),
    ]
    try Stage.run { stage in
      for (text, sentence) in rows {
        try stage.configure(.chatserve, text)
        for words in [["1027"], ["history"], ["key"], ["1027", "--print-config"]] {
          let run = try stage.onPipes(.chatserve, words)
          #expect(try run.exitStatus() == 78)
          #expect(run.outputText == "")
          #expect(
            run.errorText.hasPrefix("chatserve: \(stage.file(.chatserve))\(sentence)"),
            "\(run.errorText)")
          #expect(run.errorText.occurrences(of: "\n") == 1)
        }
        for words in [["--help"], ["-V"], ["history", "--help"], ["key", "-h"], ["help"]] {
          #expect(try stage.onPipes(.chatserve, words).exitStatus() == 0)
        }
      }
      for words in [
        ["history", "--no-config", "path"], ["--no-config", "history", "path"],
        ["history", "path", "--no-config"], ["--no-config", "1027", "history", "path"],
      ] {
        #expect(try stage.printed(.chatserve, words).hasSuffix("/transcript.db\n"), "\(words)")
      }
      for words in [["key", "--no-config"], ["--no-config", "key"]] {
        let run = try stage.onPipes(.chatserve, words)
        #expect(try run.exitStatus() == 66, "\(run.errorText)")
      }
      let with = try stage.onPipes(.chatserve, ["key", "--no-config", "--no-config=no"])
      #expect(try with.exitStatus() == 78)
      try stage.configure(.chatclient, "forget = yes\n")
      let run = try stage.onPipes(.chatclient, ["localhost", "1"])
      #expect(try run.exitStatus() == 78)
      #expect(run.errorText.hasSuffix(":1: forget does something once; type --forget instead\n"))
    }
  }

  enum Trouble: CaseIterable {
    case group, everybody, directory, otherUser, otherLink, folder, pipe, loop
    case ownLink, empty, roots
  }

  @Test(
    "a file that others may change is refused, whatever leads to it", arguments: Trouble.allCases)
  func place(_ trouble: Trouble) throws {
    let needsRoot: Set<Trouble> = [.otherUser, .otherLink, .roots]
    if needsRoot.contains(trouble), geteuid() != 0 { return }
    try Stage.run { stage in
      try stage.configure(.chatserve, "mode = free\n")
      let file = stage.file(.chatserve)
      let other = stage.home + "/other"
      var expected: String? = "is no file; --no-config goes on without it."
      switch trouble {
      case .group, .everybody:
        chmod(file, trouble == .group ? 0o660 : 0o606)
        expected = "may be changed by other users; type: chmod go-w \(file)"
      case .directory:
        chmod(stage.config + "/chatserve", 0o777)
        expected = "is in a directory that other users may change; type: chmod go-w"
      case .otherUser:
        chown(file, 12345, 12345)
        expected = "is another user's, and is not followed; --no-config goes on without it."
      case .otherLink, .ownLink:
        #expect(rename(file, other) == 0 && symlink(other, file) == 0)
        if trouble == .otherLink { lchown(file, 12345, 12345) }
        expected =
          trouble == .ownLink
          ? nil : "is another user's, and is not followed; --no-config goes on without it."
      case .folder: #expect(unlink(file) == 0 && mkdir(file, 0o700) == 0)
      case .pipe: #expect(unlink(file) == 0 && mkfifo(file, 0o600) == 0)
      case .loop:
        #expect(unlink(file) == 0 && symlink("config", file) == 0)
        expected = "cannot be read: Too many levels of symbolic links; --no-config"
      case .empty:
        truncate(file, 0)
        expected = nil
      case .roots: expected = nil
      }
      let run = try stage.onPipes(.chatserve, ["--print-config"])
      guard let expected else {
        #expect(try run.exitStatus() == 0)
        #expect(run.outputText.contains(trouble == .empty ? "mode = turns" : "mode = free"))
        return
      }
      #expect(try run.exitStatus() == 78)
      #expect(run.errorText.hasPrefix("chatserve: \(file) \(expected)"), "\(run.errorText)")
      #expect(try stage.printed(.chatserve, ["--print-config", "--no-config"]) != "")
    }
  }
}

extension Stage {
  /// Where a program's configuration is.
  func file(_ program: Program) -> String { "\(config)/\(program.rawValue)/config" }

  func configure(_ program: Program, _ text: String) throws {
    for directory in [config, "\(config)/\(program.rawValue)"] { mkdir(directory, 0o700) }
    try SmallFile.write(text, to: file(program))
  }

  /// What a program writes, which ends with 0.
  func printed(_ program: Program, _ words: [String]) throws -> String {
    let run = try onPipes(program, words)
    #expect(try run.exitStatus() == 0, "\(run.errorText)")
    return run.outputText
  }

  /// The rows of --print-config: `value # source` by name.
  func settings(_ program: Program, _ words: [String] = []) throws -> [String: String] {
    var settings: [String: String] = [:]
    for row in try printed(program, ["--print-config"] + words).split(separator: "\n").dropFirst() {
      if row.hasPrefix("# ") {
        let words = row.split(separator: " ")
        settings[String(words[1])] = words.dropFirst(2).joined(separator: " ")
      } else {
        let sign = try #require(row.firstRange(of: " = "))
        let parts = row[sign.upperBound...].split(separator: "#")
        let value = String(parts[0]).reversed().drop { $0 == " " }.reversed()
        settings[String(row[..<sign.lowerBound])] = String(value) + " #" + String(parts[1])
      }
    }
    return settings
  }
}
