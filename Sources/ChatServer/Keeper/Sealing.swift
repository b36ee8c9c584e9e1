import ChatCore
import ChatPosix
import ChatSecure
import Transcript

/// The keeper's part in seals: it says what is to be sealed, has the signer sign it, and
/// records it. It never waits for the signer but at the end of the run: it asks, and
/// goes on with what it has to do until there is an answer.
struct Sealing {
  /// Milliseconds after a close: who comes next in the queue comes first, and those who
  /// leave together are sealed together.
  private static let afterClose: Int64 = 250
  /// Milliseconds between two seals: each is a commit that the talk which goes on may
  /// wait behind.
  private static let pause: Int64 = 1_000
  /// Milliseconds between two looks at whether anything changed, for talks that go on for
  /// long.
  private static let interval: Int64 = 600_000
  /// Milliseconds for which an answer is waited for: signing takes a ten-thousandth of it,
  /// and a signer that died has its successor after a second.
  private static let patience: Int64 = 5_000
  /// Milliseconds after which it is asked again.
  private static let retryAfter: Int64 = 60_000
  /// Milliseconds that all seals of a stop may take: the operator waits.
  private static let lastWithin: Int64 = 500

  private let signer: MessageSocket
  /// Whose signatures come; `nil` until the listener has said so.
  private var key: PublicKey?
  /// What the signer was asked to sign, and until when that counts.
  private var asked: (draft: SealDraft, until: Int64)?
  /// When to look for what is to be sealed.
  private(set) var dueAt: Int64?
  private var sealedAt: Int64 = .min
  /// The newest seal that is known of. Before another is made, it is looked for: what is
  /// sealed without it would look like all there ever was.
  private var kept: KeptSeal
  /// Of the one that is not there, the operator reads once.
  private var missing: SealMark?
  /// What the operator is to read, the oldest first.
  private var news: [KeeperAnswer]

  init(_ signer: MessageSocket, keeping kept: KeptSeal = KeptSeal(nil)) {
    self.signer = signer
    self.kept = kept
    news = kept.trouble.map { [.sealNotKept($0)] } ?? []
  }

  /// What there is to say, once.
  mutating func takeNews() -> [KeeperAnswer] {
    defer { news = [] }
    return news
  }

  // MARK: When

  /// A signer is there, or another one.
  mutating func begin(as key: PublicKey, at now: Int64) {
    self.key = key
    forgetTheFile(at: now)
  }

  /// What was asked is of no use: the signer, or the file, is another one.
  mutating func forgetTheFile(at now: Int64) {
    asked = nil
    dueAt = now
  }

  /// A conversation has its close, or will have it in a moment.
  mutating func noteClose(at now: Int64) {
    let soon = max(now + Self.afterClose, sealedAt == .min ? now : sealedAt + Self.pause)
    dueAt = min(dueAt ?? soon, soon)
  }

  /// Milliseconds until there is something to do; `nil` when there is not.
  func wait(at now: Int64) -> Int64? {
    guard key != nil, let next = asked?.until ?? dueAt else { return nil }
    return max(0, next - now)
  }

  /// What to poll for besides.
  var interest: Interest? { asked.map { _ in Interest(signer.descriptor) } }

  // MARK: What

  /// Does what is due: records what was signed, and asks for the next signature.
  ///
  /// - Parameters:
  ///   - writer: of the transcript.
  ///   - now: milliseconds of a clock that only goes forward.
  ///   - time: for the seal.
  /// - Returns: whether it has waited for the transcript's lock.
  /// - Throws: what SQLite reports; it is tried again later.
  mutating func step(
    in writer: TranscriptWriter, at now: Int64, time: Timestamp
  ) throws(TranscriptError) -> Bool {
    do throws(TranscriptError) {
      var hasWaited = false
      if asked != nil { hasWaited = try record(in: writer, at: now) != .open }
      if asked == nil, let dueAt, dueAt <= now { try ask(in: writer, at: now, time: time) }
      return hasWaited
    } catch {
      asked = nil
      dueAt = now + Self.retryAfter
      throw error
    }
  }

  private mutating func ask(
    in writer: TranscriptWriter, at now: Int64, time: Timestamp, stopOf run: Int64? = nil
  ) throws(TranscriptError) {
    guard let key else { return }
    dueAt = now + Self.interval
    if kept.mark == nil, let newest = try writer.connection.newestMark() { kept.keep(newest) }
    guard
      let draft = try SealDraft.make(
        writer.connection, at: time, key: key.bytes, stopOf: run, keeping: kept.mark)
    else { return }
    if let loss = draft.loss, loss != missing {
      missing = loss
      news.append(.sealMissing(loss.seal))
    }
    if (try? signer.send(draft.statement)) == .sent {
      asked = (draft, now + Self.patience)
    } else {
      dueAt = now + Self.retryAfter
    }
  }

  private enum Outcome: Equatable {
    /// There is no answer.
    case open
    case recorded(isLast: Bool)
    /// Another seal came before it.
    case overtaken
  }

  /// Waits for the lock no longer than `limit`; `nil`: as long as ever.
  private mutating func record(
    in writer: TranscriptWriter, at now: Int64, within limit: Duration? = nil
  ) throws(TranscriptError) -> Outcome {
    guard let (draft, until) = asked else { return .open }
    guard let signature = signature(of: draft) else {
      if now >= until {
        asked = nil
        dueAt = now + Self.retryAfter
      }
      return .open
    }
    asked = nil
    guard try writer.record(draft, signature: signature, within: limit) else {
      dueAt = now
      return .overtaken
    }
    sealedAt = now
    // After the commit: what is kept is never newer than what is there.
    kept.keep(draft.mark)
    if !draft.isLast { dueAt = now + Self.pause }
    return .recorded(isLast: draft.isLast)
  }

  /// The answer that was waited for, where it is there. One to an earlier question is
  /// passed over.
  private func signature(of draft: SealDraft) -> [UInt8]? {
    while case .message(let bytes)? = try? signer.receive() {
      if let answer = try? SealAnswer(bytes: bytes), answer.request == draft.statement {
        return answer.signature
      }
    }
    return nil
  }

  // MARK: The end

  /// Seals all there is with the stop of the run, as far as that takes no time worth
  /// speaking of.
  ///
  /// - Throws: what SQLite reports.
  mutating func finish(
    in writer: TranscriptWriter, stopOf run: Int64, at time: Timestamp
  ) throws(TranscriptError) {
    var now = Clock.monotonicMilliseconds()
    let end = now + Self.lastWithin
    var poller = Poller(ignoringSignals: true)
    asked = nil
    while now < end {
      try ask(in: writer, at: now, time: time, stopOf: run)
      if asked == nil { return }
      while asked != nil, now < end {
        _ = try? poller.poll([Interest(signer.descriptor)], timeoutMilliseconds: end - now)
        now = Clock.monotonicMilliseconds()
        let left = Duration.milliseconds(max(0, end - now))
        if try record(in: writer, at: now, within: left) == .recorded(isLast: true) { return }
      }
      now = Clock.monotonicMilliseconds()
    }
  }
}
