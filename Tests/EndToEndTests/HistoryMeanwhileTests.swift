import Glibc
import Harness
import Testing

/// A conversation in progress is read, and goes on.
@Suite struct HistoryMeanwhileTests {
  private static let verbs = [
    ["list"], ["show", "@"], ["search", "question"], ["stats"], ["export"],
    ["export", "-o", "html"],
    ["verify"], ["path"], ["prune", "--dry-run", "--before", "now"], ["tail", "-n", "5"],
  ]
  /// How often all of them run at once.
  private static let rounds = 3

  @Test("every verb reads a conversation in progress, and no message of it is lost")
  func meanwhile() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer()
      try talkBriefly(stage, server)
      let peer = try stage.nativePeer("raw", on: server.port)
      var said = 0
      for _ in 0..<Self.rounds {
        said += 1
        try exchange(said, peer, server)
        let known = said
        let runs = try Self.verbs.map {
          (verb: $0, process: try stage.onPipes(.chatserve, ["history"] + $0))
        }
        // Talk for as long as anybody reads. A tail reads until it is told.
        try Deadline.poll("the end of every verb", within: 60) {
          said += 1
          try exchange(said, peer, server)
          for run in runs {
            run.process.readAvailable()
            if run.verb == ["tail", "-n", "5"], run.process.lines.count > 5 {
              run.process.signal(SIGINT)
            }
          }
          return runs.allSatisfy { $0.process.peekOutcome() != nil }
        }
        for run in runs { try check(run.verb, run.process, knows: known, stage) }
      }
      try peer.send("quit user\0")
      try server.process.waitFor(LeavingTests.clientLeft, times: 2)
      try checkAll(said, stage)
      #expect(!server.process.errorText.contains(DatabaseTroubleTests.refusal))
    }
  }

  /// A conversation before, which prune has something to say of.
  private func talkBriefly(_ stage: Stage, _ server: Server<PipeProcess>) throws {
    let peer = try stage.nativePeer("old", on: server.port)
    try exchange(1, peer, server)
    try peer.send("quit user\0")
    try server.process.waitFor(LeavingTests.clientLeft)
  }

  /// A message each way, both acknowledged.
  private func exchange(
    _ number: Int, _ peer: PeerSocket, _ server: Server<PipeProcess>
  ) throws {
    try peer.send("say \(number) question \(number)\0")
    try peer.waitFor("ack \(number)\0")
    try server.process.send("answer \(number)\n")
    try peer.waitFor("say \(number) answer \(number)\0")
    try peer.send("ack \(number)\0")
  }

  /// Looks whether a verb showed what was acknowledged before it began.
  private func check(
    _ verb: [String], _ run: PipeProcess, knows known: Int, _ stage: Stage
  ) throws {
    let comment = Comment(rawValue: "\(verb): \(run.evidence)")
    #expect(try run.exitStatus() == (verb.first == "tail" ? 130 : 0), comment)
    let isPrune = verb.first == "prune"
    #expect(run.errorText.contains("would delete 1 conversation with 2 messages") == isPrune)
    if !isPrune { #expect(run.errorText == "", comment) }
    switch verb {
    case ["list"]: #expect(run.rows.map(\.first) == ["2", "1"], comment)
    case ["prune", "--dry-run", "--before", "now"]:
      #expect(run.rows.map(\.first) == ["1"], comment)
    case ["verify"]: #expect(run.outputText.contains("no damage found"), comment)
    case ["path"]: #expect(run.outputText == stage.database + "\n")
    case ["stats"]: #expect(run.outputText.contains(" messages in 2 conversations"), comment)
    case ["export", "-o", "html"]: #expect(run.outputText.hasSuffix("</html>\n"), comment)
    case ["export"]:
      #expect(run.lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") }, comment)
      #expect(run.outputText.contains("\"question \(known)\""), comment)
    case ["tail", "-n", "5"]: #expect(run.outputText.contains(" answer "), comment)
    default: #expect(run.outputText.contains("question \(known)\n"), comment)
    }
  }

  /// Looks whether the transcript has every message, each once and in its turn.
  private func checkAll(_ said: Int, _ stage: Stage) throws {
    let shown = try stage.history("show", "2", "--kind", "message", "-o", "tsv")
    #expect(shown.rows.map(\.last) == (1...said).flatMap { ["question \($0)", "answer \($0)"] })
    #expect(try stage.history("verify").outputText.contains("no damage found"))
  }
}
