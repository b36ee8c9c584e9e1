import ChatCore
import FaultVFS
import Transcript

/// Writes one conversation again and again; each time another call to the file
/// system fails. What `append` returned for is on disk and read by others; what
/// it threw for is not there, and is written by trying again.
public enum FaultSweep {
  private static func batches() throws -> [[Entry]] {
    var batches: [[Entry]] = [[.open], [.handle(try Handle("tatyana"), .native)], [.floor]]
    for number in 1...3 {
      batches.append([
        .message(from: .client, number: number, try Message("question \(number)"))
      ])
      batches.append([.message(from: .server, number: number, try Message("answer \(number)"))])
    }
    // Several pages, so that a commit is cut in the middle.
    batches.append(
      try (4...12).map {
        .message(
          from: .client, number: $0, try Message("\($0) " + String(repeating: "x", count: 490)))
      })
    batches.append([
      .acknowledged(through: 3), .close(by: .client, .quit, detail: nil, undelivered: 0),
    ])
    return batches
  }

  private static func words(_ entry: Entry) -> String? {
    switch entry {
    case .open: "open"
    case .handle(let handle, _): "handle \(handle)"
    case .message(let party, let number, let message): "\(party) \(number) \(message.text)"
    case .close(let party, let reason, _, _):
      "close \(party.map { "\($0)" } ?? "nobody") \(reason)"
    default: nil
    }
  }

  /// - Parameters:
  ///   - kind: which calls fail, and how.
  ///   - lasting: whether the calls after it fail too, until mended.
  ///   - dying: whether the process dies at the first error.
  ///   - start: the first call to fail, from 1.
  ///   - step: 1 makes every call after it fail, in a run of its own; more
  ///     leaves some out.
  /// - Returns: how many runs that took.
  /// - Throws: ``TortureFailure``, with the plan that shows it again.
  public static func run(
    _ kind: FaultPlan.Kind, lasting: Bool, dying: Bool, from start: Int = 1, step: Int = 1
  ) throws -> Int {
    var first = start
    var runs = 0
    while true {
      let plan = FaultPlan(kind: kind, first: first, lasts: lasting)
      defer { FaultPlan.lift() }
      do {
        guard try run(plan, dying: dying) else { return runs }
      } catch {
        throw TortureFailure("\(plan)\(dying ? ", dying" : ""): \(error)")
      }
      first += step
      runs += 1
    }
  }

  /// One run; false when the conversation needs fewer calls than that.
  private static func run(_ plan: FaultPlan, dying: Bool) throws -> Bool {
    let directory = try FaultDirectory()
    plan.begin()
    var attempt = Attempt(path: directory.database)
    let all = try batches()
    var recorded: [String] = []
    for batch in all {
      let more = batch.compactMap(words)
      while true {
        do throws(TranscriptError) {
          try attempt.append(batch)
        } catch {
          try hold(FaultPlan.hasHappened, "threw without a fault: \(error)")
          // A file that is not there yet holds nothing.
          let there = FaultPlan.pausing { (try? TranscriptCheck.newest(directory.database)) ?? [] }
          try hold(there == recorded, "after \(error.kind) there is \(there), not \(recorded)")
          if dying {
            attempt.die()
            FaultPlan.lift()
            try checkRemains(directory.database, recorded, recorded + more)
            return true
          }
          FaultPlan.end()
          continue
        }
        break
      }
      recorded += more
      try hold(chat_fault_unsynced() == 0, "\(chat_fault_unsynced()) bytes of the log not synced")
      let there = try FaultPlan.pausing { try TranscriptCheck.newest(directory.database) }
      try hold(there == recorded, "after a commit there is \(there), not \(recorded)")
    }
    let happened = FaultPlan.hasHappened
    attempt.die()
    FaultPlan.lift()
    try TranscriptCheck.integrity(directory.database)
    try hold(try TranscriptCheck.newest(directory.database) == recorded, "after the end")
    return happened
  }

  /// After the death of the process in the middle of a commit all of it may be
  /// there, or nothing.
  private static func checkRemains(
    _ path: String, _ before: [String], _ after: [String]
  ) throws {
    if before.isEmpty, (try? TranscriptCheck.newest(path)) == nil { return }
    try TranscriptCheck.integrity(path)
    let there = try TranscriptCheck.newest(path)
    try hold(there == before || there == after, "after the death there is \(there)")
  }
}

/// A conversation's process as far as the transcript goes: it opens the
/// database with the first entry and tries again.
private struct Attempt {
  let path: String
  private var writer: TranscriptWriter?
  private var conversation: ConversationWriter?

  init(path: String) { self.path = path }

  mutating func append(_ batch: [Entry]) throws(TranscriptError) {
    if conversation == nil {
      let writer = try openWriter()
      self.writer = writer
      let run = try writer.startRun(
        RunDescription(pid: 1, bootID: "", version: "1", port: 1027, handle: Self.server),
        at: Timestamp(milliseconds: 1))
      conversation = ConversationWriter(
        writer, run: run, peerAddress: "127.0.0.1", peerPort: 50112, mode: .turns)
    }
    try conversation?.append(batch.map { ($0, Timestamp(milliseconds: 2)) })
  }

  private func openWriter() throws(TranscriptError) -> TranscriptWriter {
    if let writer { return writer }
    // No other process is here, so nothing is worth waiting for.
    return try TranscriptWriter(path: path, busyTimeout: .milliseconds(10))
  }

  mutating func die() {
    conversation = nil
    writer = nil
  }

  private static let server: Handle = {
    guard let handle = try? Handle("SERVER") else { fatalError("SERVER is a handle") }
    return handle
  }()
}
