import ChatCore
import Glibc
import Harness
import Seeded
import Transcript

/// A server between pipes, which is started again on its port whenever it was killed, and
/// a relay before it.
struct CutTheatre {
  private static let lineCount = 40
  /// Seconds that a fault may take at most until both talk again, on a machine that does
  /// much else: a listener that has to be started again, and the attempts of a dialer.
  private static let patience = 120.0
  /// Milliseconds after which the operator types one more line, where it is their turn and
  /// what they had typed may have gone with a process.
  private static let typesAgainAfter: Int64 = 700

  let stage: Stage
  let mode: Mode
  let relay: CutRelay
  let server: CutServer

  init(_ stage: Stage, _ mode: Mode) throws {
    self.stage = stage
    self.mode = mode
    let first = try stage.pipedServer("--mode", mode.rawValue, unlimited: true)
    server = CutServer(first.process, port: first.port) {
      try stage.onPipes(
        .chatserve, ["\(first.port)", "--mode", mode.rawValue] + Stage.noLimits)
    }
    relay = try CutRelay(to: first.port)
    try stage.acquaint(with: first.process.errorText, port: relay.port)
  }

  func round(
    _ number: Int, _ moments: [[CutFault]], _ random: inout SeededRandom,
    _ report: inout CutRounds.Report
  ) throws {
    let (stage, relay, mode) = (stage, relay, mode)
    let handle = "c\(number)"
    server.look(at: handle)
    let client = try CutClient(handle) { options in
      try stage.onTerminal(
        .chatclient,
        ["127.0.0.1", "\(relay.port)", "--handle", handle, "--mode", mode.rawValue] + options)
    }
    var moments = moments
    var next = Int.random(in: 2..<Self.lineCount / 2, using: &random)
    try wait("the floor", for: client) { client.isReady }
    while client.entered < Self.lineCount {
      // In turns whoever types waits for theirs, else for nothing but a page that is whole.
      try wait("the turn of \(handle)", for: client) {
        mode == .turns ? client.isReady : !client.mustLook
      }
      try client.enterNext()
      let said = client.entered
      if mode == .turns || Int.random(in: 0..<2, using: &random) == 0 { try server.type() }
      // Once the server has heard a word behind the client's yes, there is something to go on with.
      let due = mode == .turns || said <= 2 ? said : 0
      try wait("word \(said) of \(handle) arrives", for: client) {
        server.shown.count >= due && (said > 1 || isKept)
      }
      guard said > next, let moment = moments.popLast() else { continue }
      next = said + Int.random(in: 1...10, using: &random)
      let at = Deadline.now
      let count = server.shown.count
      for fault in moment {
        report.faults[fault.rawValue, default: 0] += 1
        try happen(fault, to: client, &random)
      }
      try wait("a word after \(moment)", for: client) {
        server.shown.count > count || server.shown.count >= said
      }
      report.longestSilence = max(report.longestSilence, Deadline.now - at)
    }
    try wait("all of \(handle)'s words arrive", for: client) {
      server.shown.count >= Self.lineCount && client.isBack && !client.mustLook
    }
    client.wake()
    // What the operator typed is recorded once it was said; the rest waits.
    try wait("the operator's words arrive", for: client) {
      client.heard.count >= (try recorded(.server, of: handle)).count
    }
    try client.process.enter("\\quit")
    try wait("\(handle) leaves", for: client, mayLeave: true) {
      client.process.peekOutcome() != nil
    }
    client.page.close()
    try judge(client, &report)
  }

  private func judge(_ client: CutClient, _ report: inout CutRounds.Report) throws {
    server.read()
    let own = (1...Self.lineCount).map(client.text)
    try holdEqual(server.shown, own, "shown and said")
    let numbers = server.live.map(CutServer.number(of:))
    try hold(zip(numbers, numbers.dropFirst()).allSatisfy(<), "shown as \(numbers)")
    try hold(server.doubled.isEmpty, "shown behind a death, and then as new: \(server.doubled)")
    try holdEqual(try recorded(.client, of: client.handle), own, "recorded and said")
    let record = try recorded(.server, of: client.handle)
    let lines = record.map(CutServer.number(of:))
    try hold(zip(lines, lines.dropFirst()).allSatisfy(<), "the operator's are recorded as \(lines)")
    try hold((lines.last ?? 0) <= server.typed, "more is recorded than was typed")
    // What the operator said while the other left is recorded, and said to be unconfirmed.
    try holdPrefix(client.heard.map { "line \($0)" }, of: record, "heard and recorded")
    report.repeated += try client.countRepeated()
    report.starts += client.pages.count
    report.said += own.count
    report.heard += record.count
    let status = try client.process.exitStatus()
    try hold(status == 0, "chatclient left with \(status): \(client.process.evidence)")
  }

  /// Carries, reads and types until it is so.
  func wait(
    _ what: String, for client: CutClient, mayLeave: Bool = false, _ body: () throws -> Bool
  ) throws {
    try Deadline.poll(
      "\(what). Server:\n\(server.evidence)\nClient:\n\(client.evidence)",
      within: Self.patience
    ) {
      try relay.carry()
      server.read()
      try client.tick()
      if !mayLeave, let outcome = client.process.peekOutcome() {
        throw TortureFailure("chatclient \(outcome): \(client.process.evidence)")
      }
      if mode == .turns, Deadline.now - server.typedAt > Self.typesAgainAfter { try server.type() }
      return try body()
    }
  }

  /// Whether a client has written down how to go on.
  private var isKept: Bool {
    let talks = stage.home + "/state/chatclient/talks"
    return stage.files(in: talks).contains { SmallFile.read("\(talks)/\($0)")?.isEmpty == false }
  }

  /// What the transcript has of one side of a conversation; of the operator's the whole
  /// lines.
  private func recorded(_ party: Party, of handle: String) throws -> [String] {
    let archive = try Archive(path: stage.database)
    let summaries = try archive.summaries(newest: 4).filter { $0.client == handle }
    try hold(summaries.count == 1, "\(handle) has \(summaries.count) conversations")
    return try summaries.flatMap { summary in
      try archive.events(of: summary.id).compactMap(\.said).filter { $0.party == party }
        .map(\.text).filter { party == .client || !server.isTorn($0) }
    }
  }
}
