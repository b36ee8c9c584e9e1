import ChatCore
import Transcript

/// What the keeper was asked to record and has not recorded yet, oldest first.
///
/// A conversation that has something in the transcript is closed there at once.
/// What nobody waits for, the open and close of those who said nothing and the
/// counts of those who were refused, is put into one commit a second: a commit
/// waits for the disk, and the talk that goes on would wait behind it.
struct RecordQueue {
  /// Milliseconds between two commits that nobody waits for.
  private static let pause: Int64 = 1_000

  private struct Item {
    var request: KeeperRequest
    /// What is left to record of a death; `nil` until it was looked for.
    var rest: TranscriptWriter.Unrecorded?

    var isUrgent: Bool {
      switch rest {
      case .close, .resumable: true
      case .nothing, .openAndClose, nil: false
      }
    }
  }

  private var items: [Item] = []
  /// What clients have not confirmed whose ends were recorded.
  private var unconfirmed: [TranscriptWriter.Unconfirmed] = []
  /// On the clock of ``record(in:run:at:isLast:)``.
  private var nextAt: Int64 = .min

  var isEmpty: Bool { items.isEmpty }

  /// Milliseconds until there is something to do; `nil` when there is not.
  func wait(at now: Int64) -> Int64? {
    if items.isEmpty { return nil }
    return nextAt == .min ? 0 : max(0, nextAt - now)
  }

  /// What the operator is to read of those whose ends were recorded since this was asked.
  mutating func takeUnconfirmed() -> [TranscriptWriter.Unconfirmed] {
    defer { unconfirmed = [] }
    return unconfirmed
  }

  mutating func append(_ request: KeeperRequest) { items.append(Item(request: request)) }

  /// The file is another one: what is left to record is to be looked for again.
  mutating func forgetTheFile() {
    for index in items.indices { items[index].rest = nil }
  }

  /// Records what is due.
  ///
  /// - Parameters:
  ///   - writer: of the transcript.
  ///   - run: the run that all of it belongs to.
  ///   - now: milliseconds of a clock that only goes forward.
  ///   - isLast: everything is due.
  /// - Returns: how many requests, the oldest first, are done with; 0 when no more
  ///   is due.
  /// - Throws: what SQLite reports; nothing is done with then.
  mutating func record(
    in writer: TranscriptWriter, run: ServerRun, at now: Int64, isLast: Bool
  ) throws(TranscriptError) -> Int {
    do throws(TranscriptError) {
      try lookForRest(in: writer, run: run)
    } catch {
      nextAt = now + Self.pause
      throw error
    }
    let done = items.prefix { $0.rest == .nothing }.count
    if done > 0 {
      items.removeFirst(done)
      return done
    }
    guard !items.isEmpty, isLast || now >= nextAt || items.contains(where: \.isUrgent) else {
      return 0
    }
    // Also after a failure.
    nextAt = now + Self.pause
    var ends: [(TranscriptWriter.End, TranscriptWriter.Unrecorded)] = []
    var refusals: [TranscriptWriter.Refusals] = []
    for item in items {
      switch item.request {
      case .recordDeath(let death), .closeResumable(let death):
        ends.append((TranscriptWriter.End(death, mode: run.mode), item.rest ?? .nothing))
      case .recordRefusals(let refused):
        refusals.append(
          TranscriptWriter.Refusals(
            source: refused.source, since: refused.since, count: refused.count))
      case .index, .floorTaken, .floorFree, .answer, .sealAs, .stop: break
      }
    }
    unconfirmed += try writer.record(ends, refusals, run: run.id)
    defer { items.removeAll() }
    return items.count
  }
}

extension RecordQueue {
  /// Finds out what is left to record of those of which that is not known.
  private mutating func lookForRest(
    in writer: TranscriptWriter, run: ServerRun
  ) throws(TranscriptError) {
    for index in items.indices where items[index].rest == nil {
      switch items[index].request {
      case .recordDeath(let death):
        items[index].rest = try writer.unrecorded(
          death.conversation, openedAt: death.openedAt, run: run.id)
      case .closeResumable(let death):
        guard let conversation = death.conversation else { break }
        items[index].rest = try writer.abandoned(
          conversation, openedAt: death.openedAt, run: run.id)
      case .recordRefusals, .index, .floorTaken, .floorFree, .answer, .sealAs, .stop: break
      }
    }
  }
}

extension TranscriptWriter.End {
  fileprivate init(_ death: ConversationDeath, mode: Mode) {
    self.init(
      openedAt: death.openedAt, peerAddress: death.peer, peerPort: Int(death.port), mode: mode,
      at: death.at, by: death.by, reason: death.reason, detail: death.detail,
      epoch: death.epoch)
  }
}
