import Harness
import Testing

/// Somebody between a client that knows the server and the server: each is refused
/// with its sentence, nothing is said, and the next is served.
@Suite struct BetweenTests {
  struct Manner: CustomTestStringConvertible, Sendable {
    var words: [String]
    var status: Int32
    var sentence: String
    var testDescription: String { words.joined(separator: " ") }
  }

  private static let clear =
    "answered without encryption, though it was encrypted before. Nothing was said."
  private static let cut = "was lost before it was encrypted. Nothing was said."

  static let manners = [
    Manner(words: ["strip"], status: 76, sentence: clear),
    // A greeting that nothing follows, until the handshake's time is over: it is what a
    // server says that is slow, and is no answer.
    Manner(
      words: ["greet"], status: 75,
      sentence: "did not get as far as encryption in time. Nothing was said."),
    Manner(
      words: ["refuse", "The queue is full."], status: 69,
      sentence: "refused, without encryption, so that anybody may have said it: The queue is full."),
    Manner(words: ["swap"], status: 76, sentence: "is not the one known since 2026-01-01."),
    Manner(words: ["echo"], status: 76, sentence: "could not encrypt: a message out of turn."),
    Manner(words: ["cut", "0"], status: 74, sentence: cut),
    Manner(words: ["cut", "5"], status: 74, sentence: cut),
    Manner(words: ["cut", "200"], status: 74, sentence: cut),
    Manner(words: ["cutup", "1"], status: 74, sentence: cut),
    Manner(words: ["cutup", "100"], status: 74, sentence: cut),
    Manner(words: ["flip", "20"], status: 76, sentence: "could not encrypt: "),
    Manner(words: ["flip", "300"], status: 76, sentence: "could not encrypt: "),
    Manner(words: ["flipup", "60"], status: 76, sentence: "could not encrypt: "),
  ]

  @Test("a known server, with somebody between", arguments: manners)
  func known(_ manner: Manner) throws {
    try Stage.run { stage in
      stage.link = .tls
      let server = try stage.server(unlimited: true)
      var words = manner.words
      if words == ["swap"] {
        let foreign = try stage.foreignKey()
        words += [foreign.key, foreign.certificate]
      }
      let between = try stage.between(server.port, words)
      try stage.acquaint(with: "\(stage.fingerprint())", port: between.port)
      let file = stage.servers + "/[127.0.0.1]:\(between.port)"
      let known = SmallFile.read(file)
      let client = try stage.says("the password", to: between.port)
      #expect(try client.exitStatus() == manner.status, "\(client.evidence)")
      #expect(client.errorText.contains(manner.sentence), "\(client.errorText)")
      #expect(client.errorText.contains("127.0.0.1 port \(between.port)"))
      // But for the line that was not sent.
      let rows = client.errorText.split(separator: "\n").filter { !$0.hasPrefix("Not sent") }
      #expect(rows.count == 1, "\(client.errorText)")
      #expect(client.outputText == "")
      #expect(SmallFile.read(file) == known)
      // Neither the name nor the word, whoever heard it.
      for heard in between.heard { #expect(!heard.contains("626f62"), "\(heard)") }
      #expect(!server.process.screen.text.contains("password"))

      let next = try stage.says(to: server.port)
      #expect(try next.exitStatus() == 0, "\(next.errorText)")
    }
  }

  @Test("what a server said to one client is nothing to the next")
  func replay() throws {
    try Stage.run { stage in
      stage.link = .tls
      let server = try stage.server(unlimited: true)
      let between = try stage.between(server.port, "replay")
      try stage.acquaint(with: "\(stage.fingerprint())", port: between.port)
      let first = try stage.says("first", to: between.port)
      #expect(try first.exitStatus() == 0, "\(first.evidence)")
      let second = try stage.says("second", to: between.port)
      #expect(try second.exitStatus() == 76)
      #expect(second.errorText.contains("could not encrypt: "))
      for heard in between.heard { #expect(!heard.contains("626f62"), "\(heard)") }
      #expect(second.outputText == "")
    }
  }

  @Test("whoever only passes bytes on is not noticed, and learns nothing")
  func pass() throws {
    try Stage.run { stage in
      stage.link = .tls
      let server = try stage.server()
      let between = try stage.between(server.port, "pass")
      try stage.acquaint(with: "\(stage.fingerprint())", port: between.port)
      let client = try stage.talker("bob", on: between.port)
      try client.enter("hi")
      try server.process.waitFor("bob> hi")
      try server.process.enter("hello")
      try client.waitFor("SERVER> hello")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
    }
  }

  /// Longer than a server of lines is waited for: it is none of those, since both have
  /// said what they speak. Whether it is cut then or not, nothing was said.
  @Test("the greeting held back", arguments: ["3", "30"])
  func held(seconds: String) throws {
    try Stage.run { stage in
      stage.link = .tls
      let server = try stage.server("--mode", "free", "--resume-within", "0", unlimited: true)
      let between = try stage.between(server.port, "hold", seconds)
      try stage.acquaint(with: "\(stage.fingerprint())", port: between.port)
      let client = try stage.says("the password", to: between.port)
      #expect(try client.exitStatus() == 74, "\(client.evidence)")
      #expect(client.errorText.contains("Not sent"), "\(client.evidence)")
      _ = between.heard
      #expect(between.process.outputText.contains("held "), "\(between.process.outputText)")
      #expect(!server.process.screen.text.contains("password"))
      let next = try stage.says(to: server.port)
      #expect(try next.exitStatus() == 0, "\(next.errorText)")
    }
  }

  /// Through the handshake and the talk. Wherever the stream ends, it was lost, and
  /// a word that was not confirmed is named.
  @Test("the stream cut at many places, each way", arguments: ["cut", "cutup"])
  func cuts(manner: String) throws {
    try Stage.run { stage in
      stage.link = .tls
      let server = try stage.server("--mode", "free", "--resume-within", "0", unlimited: true)
      let key = "\(try stage.fingerprint())"
      var ends: [Int32] = []
      for place in stride(from: 1, to: 2600, by: 173) {
        let between = try stage.between(server.port, manner, "\(place)")
        try stage.acquaint(with: key, port: between.port)
        let client = try stage.onPipes(
          .chatclient, ["127.0.0.1", "\(between.port)", "--handle", "bob"])
        for number in 0..<10 { try? client.send("\(number)\n") }
        client.closeInput()
        let status = try client.exitStatus()
        ends.append(status)
        #expect([0, 74].contains(status), "\(place): \(status) \(client.evidence)")
        if status == 74 {
          #expect(client.errorText.contains("lost"), "\(place): \(client.errorText)")
        }
        between.process.signal(9)
      }
      // A talk that was not cut is at the end of the places, if anywhere.
      #expect(ends.first == 74 && ends.firstIndex(of: 0) ?? 4 > 3, "\(ends)")
      let next = try stage.says(to: server.port)
      #expect(try next.exitStatus() == 0, "\(next.errorText)")
    }
  }

  /// One bit of it, wherever it is in what was sent: in the handshake it is refused, later
  /// it is the end; nobody reads anything that was not said.
  @Test("a bit changed at many places, each way", arguments: ["flip", "flipup"])
  func flips(manner: String) throws {
    try Stage.run { stage in
      stage.link = .tls
      let server = try stage.server("--mode", "free", "--resume-within", "0", unlimited: true)
      let key = "\(try stage.fingerprint())"
      var ends: [Int32] = []
      for place in stride(from: 9, to: 2200, by: 211) {
        let between = try stage.between(server.port, manner, "\(place)")
        try stage.acquaint(with: key, port: between.port)
        let client = try stage.onPipes(
          .chatclient, ["127.0.0.1", "\(between.port)", "--handle", "bob"])
        for number in 0..<10 { try? client.send("word \(number)\n") }
        client.closeInput()
        let status = try client.exitStatus()
        ends.append(status)
        #expect([0, 74, 76].contains(status), "\(place): \(status) \(client.evidence)")
        if status == 74 {
          #expect(client.errorText.contains("lost"), "\(place): \(client.errorText)")
        }
        #expect(!client.outputText.contains("\u{fffd}"), "\(place)")
        between.process.signal(9)
      }
      // A place that nothing came to is behind the talk, if anywhere.
      let last = ends.lastIndex { $0 != 0 } ?? -1
      #expect(last >= 3 && ends[...last].allSatisfy { $0 != 0 }, "\(ends)")
      let said = server.process.screen.lines.filter { $0.hasPrefix("bob> ") }
      #expect(said.allSatisfy { $0.hasPrefix("bob> word ") }, "\(said)")
      let next = try stage.says(to: server.port)
      #expect(try next.exitStatus() == 0, "\(next.errorText)")
    }
  }
}
