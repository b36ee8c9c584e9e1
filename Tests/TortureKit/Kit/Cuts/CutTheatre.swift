import ChatCore
import Glibc
import Harness
import Seeded
import Transcript

/// A server between pipes, which is started again on its port whenever it was killed, and
/// a relay before it.
struct CutTheatre {
  private static let lineCount = 40
  /// What a fault may take at most until both talk again: a listener that has to be
  /// started again, and the attempts of a dialer.
  private static let patience = 30.0

  let stage: Stage
  let mode: Mode
  private let port: UInt16
  private let relay: CutRelay
  private var server: PipeProcess
  /// What the servers before printed.
  private var formerOutput = ""
  private var formerErrors = ""
  /// Lines that the operator has typed.
  private var typed = 0

  init(_ stage: Stage, _ mode: Mode) throws {
    self.stage = stage
    self.mode = mode
    let server = try stage.pipedServer("--mode", mode.rawValue, unlimited: true)
    port = server.port
    self.server = server.process
    relay = try CutRelay(to: port)
    try stage.acquaint(with: server.process.errorText, port: relay.port)
  }

  mutating func round(
    _ number: Int, _ faults: [CutRounds.Fault], _ random: inout SeededRandom,
    _ report: inout CutRounds.Report
  ) throws {
    let handle = "c\(number)"
    let client = try stage.onPipes(
      .chatclient, ["127.0.0.1", "\(relay.port)", "--handle", handle, "--mode", mode.rawValue])
    var said = 0
    var faults = faults
    let lines = Self.lineCount
    var next = Int.random(in: 1..<lines / 2, using: &random)
    let before = try recordedLines(server: true, of: nil)
    while said < lines {
      said += 1
      try client.send("\(Self.text(said, of: handle))\n", reading: server)
      if mode == .turns || Int.random(in: 0..<2, using: &random) == 0 { try type() }
      // From the first on there is something to go on with.
      let due = mode == .turns || said == 1 ? said : 0
      try wait("word \(said) of \(handle)'s arrives", reading: client) { _ in
        shown(of: handle).count >= due
      }
      guard said > next, let fault = faults.popLast() else { continue }
      next = said + Int.random(in: 1...10, using: &random)
      report.faults[fault.rawValue, default: 0] += 1
      let at = Deadline.now
      let count = shown(of: handle).count
      try happen(fault, &random)
      try wait("a word after \(fault)", reading: client) { _ in
        shown(of: handle).count > count || shown(of: handle).count >= said
      }
      report.longestSilence = max(report.longestSilence, Deadline.now - at)
    }
    let own = (1...lines).map { Self.text($0, of: handle) }
    try wait("all of \(handle)'s words arrive", reading: client) { _ in
      shown(of: handle).count >= lines
    }
    try holdEqual(shown(of: handle), own, "shown and said")
    // What the operator typed is recorded once it was said; the rest waits.
    try wait("the operator's words arrive", reading: client) { _ in
      heard(by: client).count >= (try recordedLines(server: true, of: handle)).count
    }
    client.closeInput()
    try wait("\(handle) leaves", reading: client) { _ in client.peekOutcome() != nil }
    let numbers = Self.words(in: formerOutput + server.outputText, after: "\(handle)> ")
      .map(Self.number(of:))
    try hold(zip(numbers, numbers.dropFirst()).allSatisfy(<), "shown as \(numbers)")
    let record = try recordedLines(server: true, of: handle)
    // What the operator said while the other left is recorded, and said to be unconfirmed.
    try holdPrefix(heard(by: client), of: record, "heard and recorded")
    try holdEqual(try recordedLines(server: false, of: handle), own, "recorded and said")
    try hold(before.count <= typed, "more is recorded than was typed")
    report.said += lines
    report.heard += record.count
    let status = try client.exitStatus()
    try hold(status == 0, "chatclient left with \(status): \(client.errorText)")
  }

  private static func text(_ number: Int, of handle: String) -> String {
    "\(handle) says \(number)"
  }

  private mutating func type() throws {
    typed += 1
    try server.send("line \(typed)\n")
  }

  private mutating func happen(
    _ fault: CutRounds.Fault, _ random: inout SeededRandom
  ) throws {
    switch fault {
    case .reset: relay.reset()
    case .cutInRecord: relay.cut(after: Int.random(in: 1...60, using: &random))
    case .halfCloseToServer: relay.halfClose(toServer: true)
    case .halfCloseToClient: relay.halfClose(toServer: false)
    case .stall: relay.stall(milliseconds: Int64.random(in: 10...1_500, using: &random))
    case .killConversation: for process in conversations { kill(process, SIGKILL) }
    case .stopConversation:
      let stopped = conversations
      for process in stopped { kill(process, SIGSTOP) }
      relay.reset()
      // The one that takes over has the old one killed; one that had claimed nothing yet
      // wakes, and has nothing to say.
      try wait("another process") { theatre in
        !theatre.conversations.allSatisfy { stopped.contains($0) }
      }
      for process in stopped { kill(process, SIGCONT) }
    case .killListener:
      server.signal(SIGKILL)
      _ = try server.exitOutcome()
      server.readAvailable()
      formerOutput += server.outputText
      formerErrors += server.errorText
      server = try stage.onPipes(.chatserve, ["\(port)", "--mode", mode.rawValue] + Self.noLimits)
      try server.waitFor("Ctrl-C stops.")
    case .killKeeper:
      for process in server.children(named: "chatserve-keep") { kill(process, SIGKILL) }
    }
  }

  private static let noLimits = [
    "--max-start", "0", "--per-source", "0", "--max-penalty", "0", "--rate", "0",
  ]

  private var conversations: [pid_t] { server.children(named: "chatserve-talk") }

  /// Carries and reads until it is so.
  private func wait(
    _ what: String, reading client: PipeProcess? = nil, _ body: (CutTheatre) throws -> Bool
  ) throws {
    try Deadline.poll(
      "\(what). Server:\n\(tail(server.evidence))\nClient:\n\(tail(client?.evidence ?? ""))",
      within: Self.patience
    ) {
      try relay.carry()
      server.readAvailable()
      client?.readAvailable()
      return try body(self)
    }
  }

  private func tail(_ text: String) -> String { String(text.suffix(3_000)) }

  /// What the servers showed of a peer, in order. Behind a death the last messages are
  /// shown once more, apart, as some may not have been: of those, what is new.
  private func shown(of handle: String) -> [String] {
    server.readAvailable()
    let said = Self.words(in: formerOutput + server.outputText, after: "\(handle)> ")
    let again = Set(Self.words(in: formerErrors + server.errorText, after: "\(handle)> "))
    let unseen = again.subtracting(said)
    if unseen.isEmpty { return said }
    return (said + unseen).sorted { Self.number(of: $0) < Self.number(of: $1) }
  }

  private func heard(by client: PipeProcess) -> [String] {
    client.readAvailable()
    return Self.words(in: client.outputText, after: "SERVER> ")
  }

  /// That of ``text(_:of:)``.
  private static func number(of text: String) -> Int {
    text.split(separator: " ").last.flatMap { Int($0) } ?? 0
  }

  private static func words(in text: String, after prefix: String) -> [String] {
    text.split(separator: "\n").filter { $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(prefix.count)) }
  }

  /// What the transcript has, of one conversation or of all.
  private func recordedLines(server: Bool, of handle: String?) throws -> [String] {
    let archive = try Archive(path: stage.database)
    let summaries = try archive.summaries(newest: handle == nil ? 100 : 4)
      .filter { handle == nil || $0.client == handle }
    if let handle, summaries.count > 1 {
      throw TortureFailure("\(handle) has \(summaries.count) conversations")
    }
    return try summaries.flatMap { summary in
      try archive.events(of: summary.id).compactMap(\.said)
        .filter { $0.party == (server ? .server : .client) }.map(\.text)
    }
  }
}
