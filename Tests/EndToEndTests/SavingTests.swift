import Foundation
import Glibc
import Harness
import Testing

/// `chatclient --save`, `--history-file` and how a place is named.
@Suite struct SavingTests {
  private func objects(_ path: String) throws -> [[String: Any]] {
    let text = try #require(SmallFile.read(path))
    #expect(text.isEmpty || text.hasSuffix("\n"))
    return try text.split(separator: "\n").map {
      try #require(
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
    }
  }

  private func summary(_ path: String) throws -> [String] {
    try objects(path).map { object in
      let kind = object["kind"] as? String ?? "?"
      let text = object["text"] as? String ?? object["reason"] as? String ?? ""
      return
        "\(kind) \(object["from"] as? String ?? "-") \(object["handle"] as? String ?? "-") \(text)"
    }
  }

  @Test("what both said is in the file, in a mode for nobody else")
  func save() throws {
    try Stage.run { stage in
      let path = stage.home + "/said.jsonl"
      let server = try stage.server()
      let client = try stage.client(server.port, "--handle", "tatyana", "--save", path)
      try client.waitForInput("tatyana> ")
      try client.enter("hi \"there\"")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("hello")
      try client.waitFor("SERVER> hello")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      #expect(stage.mode(of: path) == 0o600)
      #expect(
        try summary(path) == [
          "open - - ", "handle - tatyana ", "message client tatyana hi \"there\"",
          "message server SERVER hello", "close client tatyana quit",
        ])
      for (number, object) in try objects(path).enumerated() {
        #expect(object["v"] as? Int == 1 && object["type"] as? String == "event")
        #expect(object["seq"] as? Int == number + 1)
        #expect((object["time"] as? String)?.hasSuffix("Z") == true)
      }
      let export = try stage.history("export", "--json", "-q")
      let exported = try export.lines.map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }.filter { $0["type"] as? String == "event" }
      #expect(
        exported.map { Set($0.keys) } == (try objects(path)).map { Set($0.keys) },
        "the keys of an export")
    }
  }

  @Test(
    "a chatclient that goes on does so in the file, too, unless it does not end with it",
    arguments: ["same", "other", "added", "over"])
  func goingOn(file: String) throws {
    try Stage.run { stage in
      let (path, other) = (stage.home + "/said.jsonl", stage.home + "/other.jsonl")
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server, "--save", path)
      try client.enter("one")
      try peer.waitFor("say 1 one\0")
      try peer.send("ack 1\0say 1 two\0")
      try client.waitFor("SERVER> two")
      try peer.waitFor("ack 1\0")
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      try peer.waitForEnd()
      if file == "added" || file == "over" {
        let last = try #require(SmallFile.read(path)?.split(separator: "\n").last)
        let line =
          file == "over"
          ? last.replacing("\"kind\":\"message\"", with: "\"kind\":\"close\"")
          : last.replacing("\"conversation\":", with: "\"conversation\":4")
        _ = try stage.bash("echo '\(line)' >> \(path)")
      }
      let written = file == "other" ? other : path
      let before = file == "other" ? 0 : try objects(written).count
      let (next, again) = try stage.startedAgain(server, shown: 1, "--save", written)
      try again.goOn(after: 1, past: "past client 1 one\0past server 1 two\0")
      try next.waitForInput("bob> ")
      try next.enter("three")
      try again.waitFor("say 2 three\0")
      try again.send("ack 2\0quit user\0")
      #expect(try next.exitStatus() == 0)
      let added = try objects(written).dropFirst(before)
      let kinds = added.map { $0["kind"] as? String ?? "" }
      if file == "same" {
        #expect(kinds == ["message", "close"])
        let all = try objects(written)
        #expect(Set(all.map { $0["conversation"] as? Int }).count == 1)
        #expect(all.map { $0["seq"] as? Int } == (1...all.count).map { $0 })
      } else {
        #expect(kinds == ["open", "handle", "message", "close"])
        #expect(added.map { $0["seq"] as? Int } == [1, 2, 3, 4])
      }
    }
  }

  @Test("one that turns out to be over ends in the file, and the next is another there")
  func goingOnInVain() throws {
    try Stage.run { stage in
      let path = stage.home + "/said.jsonl"
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server, "--save", path)
      try client.enter("one")
      try peer.waitFor("say 1 one\0")
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      try peer.waitForEnd()
      let (next, again) = try stage.startedAgain(server, "--save", path)
      try again.send("resumed 0\0quit expired\0")
      again.leave()
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> ")
      try fresh.send("quit user\0")
      #expect(try next.exitStatus() == 0)
      #expect(
        try objects(path).map { $0["kind"] as? String } == [
          "open", "handle", "message", "close", "open", "handle", "close",
        ])
      let conversations = try objects(path).map { $0["conversation"] as? Int }
      #expect(Set(conversations.prefix(4)).count == 1 && Set(conversations.suffix(3)).count == 1)
      #expect(Set(conversations).count == 2)
    }
  }

  @Test("a second conversation is added, and half a line that a kill left is cut off")
  func append() throws {
    try Stage.run { stage in
      let path = stage.home + "/said.jsonl"
      let server = try stage.server("--resume-within", "0")
      for text in ["one", "two"] {
        let client = try stage.client(server.port, "--handle", "tatyana", "--save", path)
        try client.waitForInput("tatyana> ")
        try client.enter(text)
        try server.process.waitFor("tatyana> " + text)
        kill(client.processID, SIGKILL)
        _ = try client.exitOutcome()
        try server.process.waitFor("Waiting for new connection...", times: text == "one" ? 1 : 2)
        let half = try #require(fopen(path, "a"))
        fputs("{\"v\":1,\"type\":\"ev", half)
        fclose(half)
      }
      let client = try stage.client(server.port, "--handle", "tatyana", "--save", path)
      try client.waitForInput("tatyana> ")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      #expect(
        try summary(path).filter { $0.hasPrefix("message") } == [
          "message client tatyana one", "message client tatyana two",
        ])
    }
  }

  @Test("a full disk is reported, and the talk goes on", .enabled(if: SmallDisk.isAvailable))
  func fullDisk() throws {
    try Stage.run { stage in
      let disk = try SmallDisk()
      let path = disk.directory + "/said.jsonl"
      let server = try stage.server()
      let client = try stage.client(server.port, "--handle", "tatyana", "--save", path)
      try client.waitForInput("tatyana> ")
      try disk.fill()
      // What is left of the file's last page has room for some lines.
      for number in 1...12 {
        try client.enter("hi \(number) " + String(repeating: "x", count: 400))
        try server.process.waitFor("tatyana> hi \(number) ")
        try server.process.waitForInput("SERVER> ")
        try server.process.enter("\(number)")
        try client.waitFor("SERVER> \(number)")
        try client.waitForInput("tatyana> ")
      }
      try client.waitFor("What is said is not saved (No space left on device).")
      #expect(try objects(path).count < 26)
      disk.free()
      try client.enter("more")
      try client.waitFor("What is said is saved again.")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      #expect(try objects(path).count == 28)
    }
  }

  @Test("a file that holds something else is left alone", arguments: ["--save", "--history-file"])
  func foreign(option: String) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
      let text = stage.home + "/notes.json"
      try "{\"a\": 1}".write(toFile: text, atomically: true, encoding: .utf8)
      for path in [stage.database, text] {
        let before = FileManager.default.contents(atPath: path)
        let mode = stage.mode(of: path)
        let other = try stage.onPipes(
          .chatclient, ["localhost", "\(server.port)", "--handle", "bob", option, path])
        #expect(try other.exitStatus() == 73)
        #expect(other.errorText.contains("holds something else"))
        #expect(FileManager.default.contents(atPath: path) == before)
        #expect(stage.mode(of: path) == mode)
      }
    }
  }

  @Test(
    "what cannot be written ends it with a sentence before anything is said",
    arguments: [
      ("/no/such/directory/file", Int32(73), "No such file"), ("/dev/null", 73, "no file to keep"),
      ("/tmp", 73, "directory"),
    ])
  func unwritable(path: String, status: Int32, words: String) throws {
    try Stage.run { stage in
      for option in ["--save", "--history-file"] {
        let client = try stage.onPipes(
          .chatclient, ["localhost", "1", "--handle", "bob", option, path])
        #expect(try client.exitStatus() == status)
        #expect(client.errorText.contains(words))
        #expect(client.errorText.occurrences(of: "\n") == 1)
      }
    }
  }

  @Test(
    "a file that others can read is refused with what to type",
    arguments: ["--save", "--history-file"])
  func exposed(option: String) throws {
    try Stage.run { stage in
      let path = stage.home + "/said.jsonl"
      let text = option == "--save" ? "" : "# lines typed in chatserve and chatclient\n"
      try text.write(toFile: path, atomically: false, encoding: .utf8)
      for mode in [mode_t(0o644), 0o600] {
        try #require(chmod(path, mode) == 0)
        if mode == 0o600 { try #require(link(path, path + ".other") == 0) }
        let client = try stage.onPipes(
          .chatclient, ["localhost", "1", "--handle", "bob", option, path])
        #expect(try client.exitStatus() == 77)
        #expect(client.errorText.contains(mode == 0o600 ? "type: cp -p " : "type: chmod 600 "))
        #expect(stage.mode(of: path) == mode)
        #expect(SmallFile.read(path) == text)
      }
    }
  }

  @Test("one file is one chatclient's")
  func inUse() throws {
    try Stage.run { stage in
      let path = stage.home + "/said.jsonl"
      let server = try stage.server()
      let client = try stage.client(server.port, "--handle", "tatyana", "--save", path)
      try client.waitForInput("tatyana> ")
      let other = try stage.onPipes(
        .chatclient, ["localhost", "\(server.port)", "--handle", "bob", "--save", path])
      #expect(try other.exitStatus() == 75)
      #expect(other.errorText.contains("is in use by another chatclient"))
    }
  }

  @Test("typed lines are there in the next run, in a file for nobody else")
  func typedLines() throws {
    try Stage.run { stage in
      let path = stage.home + "/typed"
      let server = try stage.server("--history-file", path)
      let first = try stage.client(server.port, "--handle", "tatyana", "--history-file", path)
      try first.waitForInput("tatyana> ")
      try first.enter("one \\two")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("from the server")
      try first.waitFor("SERVER> from the server")
      // It is in the file before it is on the screen.
      try server.process.waitFor("SERVER> from the server")
      try first.enter("\\quit")
      #expect(try first.exitStatus() == 0)
      #expect(stage.mode(of: path) == 0o600)
      let second = try stage.client(server.port, "--handle", "mike", "--history-file", path)
      try second.waitForInput("mike> ")
      for line in ["\\quit", "from the server", "one \\two"] {
        try second.send("\u{1b}[A")
        try second.waitForInput("mike> " + line)
      }
      try second.send(Keys.killLine + "\u{12}from")
      try second.waitUntil("a match") { $0.cursorLine.hasSuffix("from the server") }
    }
  }

  @Test(
    "a place is named as users of ssh and browsers name it",
    arguments: [
      ["127.0.0.1:PORT"], ["[127.0.0.1]:PORT"], ["tatyana@127.0.0.1:PORT"],
      ["tatyana@127.0.0.1", "PORT"], ["-p", "PORT", "127.0.0.1"],
      ["-p", "PORT", "tatyana@localhost"],
      ["-l", "tatyana", "localhost", "PORT"],
      ["-4", "localhost", "PORT"], ["-6", "[::1]:PORT"], ["::1", "PORT"], ["[::1]:PORT"],
    ])
  func places(words: [String]) throws {
    try Stage.run { stage in
      let server = try stage.server()
      var words = words.map { $0.replacing("PORT", with: "\(server.port)") }
      if !words.joined().contains("tatyana") { words += ["--handle", "tatyana"] }
      let client = try stage.onTerminal(.chatclient, words)
      try client.waitForInput("tatyana> ")
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
    }
  }

  @Test(
    "a place that is none is a sentence and 64",
    arguments: [
      (["localhost:1027", "1028"], "the port is given twice"),
      (["localhost", "1027", "-p", "1028"], "the port is given twice"),
      (["bob@localhost:1027", "--handle", "ann"], "your name is given twice"),
      (["localhost:"], "Invalid port : must be 1 to 65535"),
      (["localhost:99999"], "Invalid port 99999"), (["[::1]"], "No port given"),
      (["::1"], "No port given"), ([":1027"], "No host given"),
      (["localhost", "+5"], "Invalid port +5"),
    ])
  func badPlaces(words: [String], sentence: String) throws {
    try Stage.run { stage in
      let client = try stage.onPipes(.chatclient, words)
      #expect(try client.exitStatus() == 64)
      #expect(client.errorText.contains(sentence))
    }
  }
}
