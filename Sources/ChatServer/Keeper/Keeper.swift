import ChatCore
import ChatPosix
import Transcript

/// The process that holds the transcript open for as long as the server runs.
///
/// The listener may hold no database connection, since it forks; the keeper
/// records for it: the run's start and stop, and the ends of conversations
/// that could not record their own. Between conversations it keeps SQLite's
/// log from being torn down (3 ms each time), and the search index and the totals
/// up to date.
package struct Keeper {
  /// Milliseconds between two looks at whether the transcript's files are still
  /// there, while nothing is asked: each request has one too, and whoever comes is
  /// one. A machine that is left alone is woken once a minute.
  private static let lookAfter: Int64 = 60_000
  /// Milliseconds that the answers at the stop may take to a socket that is full.
  private static let lastAnswerWithin: Int64 = 1_000
  /// Messages indexed in one step: a few milliseconds for which a commit of
  /// who gets the floor meanwhile would wait.
  private static let indexStep = 100
  /// Milliseconds between two steps, longer than one takes, so that who waits in
  /// the queue finds the lock free most of the time.
  private static let indexPause: Int64 = 5
  /// Steps after which their parts are merged: a search looks through each.
  private static let stepsToMerge = 64
  /// Milliseconds of quiet after a conversation before the index catches up:
  /// the next peer in the queue comes first.
  private static let indexAfter: Int64 = 2_000
  /// Milliseconds until what failed is tried again, unless something is asked: a disk
  /// that is full stays so for a while, and so does a file that cannot be made.
  private static let retryAfter: Int64 = 1_000

  private let socket: MessageSocket
  private let writer: TranscriptWriter
  private var run: ServerRun
  private var records = RecordQueue()
  /// `nil`: nothing is sealed.
  private var sealing: Sealing?
  /// Answers that are yet to be sent, the oldest first: the socket takes some 278
  /// that are not read, and one that is lost is asked for again only when this
  /// process is gone.
  private var owedAnswers: [KeeperAnswer] = []
  /// When to bring the index a step forward; `nil` when it is up to date.
  var indexAt: Int64? = Clock.monotonicMilliseconds() + indexAfter
  /// Steps since the index was last merged.
  private var indexSteps = 0
  private var isFloorTaken = false
  /// Whether the last turn came to nothing: the file is gone, or cannot be written.
  private var isHeldUp = false
  private var isStopping = false
  private var poller = Poller()
  /// The transcript's directory went too, and the containment holds this
  /// process to it: only another keeper can begin again.
  private var isBeyondMending = false

  /// The body of the keeper's process. Answers on `socket` first: the run's id,
  /// or why there is none. `run` has an id when an earlier keeper of it is
  /// gone. `signer` is its way to the signer; `nil`: nothing is sealed. `place` is where the
  /// newest seal is kept. The value is the process's exit status.
  package static func main(
    socket: MessageSocket, signer: MessageSocket?, keeping place: KeptSealFile? = nil,
    run: ServerRun
  ) -> Int32 {
    ProcessName.set("chatserve-keep")
    do throws(TranscriptError) {
      // Made first, or the containment would be around what is above it.
      try TranscriptWriter.makeDirectory(of: run.database)
      // So is its file, where a contained process has no way.
      let kept = KeptSeal(signer == nil ? nil : place)
      // Before a byte of what peers wrote is read. What fails here, the
      // listener has said at the start.
      Containment.around(transcript: run.database, .keeper).apply()
      let writer = try TranscriptWriter(path: run.database)
      var run = run
      let isFirst = run.id == 0
      run.id =
        isFirst
        ? try writer.startRun(run.description, at: run.startedAt)
        : try writer.continueRun(run.id, run.description, startedAt: run.startedAt)
      // Another keeper of the run has named them before.
      if isFirst {
        for talk in try Self.resumable(in: writer, run) {
          _ = try? socket.send(KeeperAnswer.resumable(talk).bytes)
        }
      }
      _ = try? socket.send(KeeperAnswer.running(run.id).bytes)
      var keeper = Keeper(
        socket: socket, writer: writer, run: run, sealing: signer.map { Sealing($0, keeping: kept) }
      )
      keeper.serve()
      return 0
    } catch {
      _ = try? socket.send(KeeperAnswer.failed(TranscriptTrouble(error)).bytes)
      return 1
    }
  }

  init(
    socket: MessageSocket, writer: TranscriptWriter, run: ServerRun, sealing: Sealing? = nil
  ) {
    self.socket = socket
    self.writer = writer
    self.run = run
    self.sealing = sealing
  }

  /// What clients may come back to, of earlier runs in the place of this one.
  static func resumable(
    in writer: TranscriptWriter, _ run: ServerRun
  ) throws(TranscriptError) -> [ResumableConversation] {
    try writer.resumable(
      port: run.description.port, address: run.description.address, besides: run.id,
      at: run.startedAt, limit: ControlLimits.resumableLimit)
  }

  private mutating func serve() {
    while turn() {}
  }

  /// One turn of the loop, in which it waits for the transcript's lock once: to record,
  /// or else to seal, or else to index. That may take half of what the listener waits for
  /// an answer, and who asked meanwhile is answered before the next time.
  ///
  /// - Returns: false at the end.
  mutating func turn() -> Bool {
    let interests = [
      Interest(socket.descriptor, write: !owedAnswers.isEmpty),
      // An answer that is not looked at would end every wait.
      isHeldUp ? nil : sealing?.interest,
    ].compactMap { $0 }
    let wait = wait(at: Clock.monotonicMilliseconds())
    let ready = (try? poller.poll(interests, timeoutMilliseconds: wait)) ?? []
    // The listener ignores no signal on our behalf: our life is its socket.
    _ = Signals.take()
    let isAsked = ready.contains {
      $0.descriptor == socket.descriptor && ($0.canRead || $0.hungUp || $0.failed)
    }
    if isAsked, !receive() { return false }
    answer()
    isHeldUp = false
    let isAtRest = (look() || isStopping) && record()
    answer()
    if isBeyondMending { return false }
    if isStopping {
      if records.isEmpty { stop() }
      answerAll()
      return false
    }
    if isAtRest, !seal(), indexWait == 0 { index() }
    return true
  }

  /// Milliseconds until there is something to do of its own accord.
  func wait(at now: Int64) -> Int64 {
    if isHeldUp { return Self.retryAfter }
    return [indexWait, records.wait(at: now), sealing?.wait(at: now)].compactMap { $0 }
      .reduce(Self.lookAfter, min)
  }

  /// No step while somebody talks: the slowest message would wait for it.
  private var indexWait: Int64? {
    isFloorTaken ? nil : indexAt.map { max(0, $0 - Clock.monotonicMilliseconds()) }
  }

  /// Takes all requests there are; false when the listener is gone, or sends
  /// what no listener sends.
  private mutating func receive() -> Bool {
    while true {
      switch try? socket.receive(maximumLength: ControlLimits.messageLength) {
      case .message(let bytes):
        guard let request = try? KeeperRequest(bytes: bytes) else { return false }
        take(request)
      case .wouldBlock: return true
      case .tooLong: return false
      // A listener that died did not stop its run: the run stays unended.
      case .endOfFile, nil: return false
      }
    }
  }

  private mutating func take(_ request: KeeperRequest) {
    switch request {
    case .recordDeath, .closeResumable, .recordRefusals: records.append(request)
    case .index:
      indexAt = Clock.monotonicMilliseconds() + Self.indexAfter
      sealing?.noteClose(at: Clock.monotonicMilliseconds())
    case .floorTaken: isFloorTaken = true
    case .floorFree:
      isFloorTaken = false
      indexAt = Clock.monotonicMilliseconds() + Self.indexAfter
    case .answer: owedAnswers.append(.alive)
    case .sealAs(let key): sealing?.begin(as: key, at: Clock.monotonicMilliseconds())
    case .stop: isStopping = true
    }
  }

  /// Sends what the socket takes.
  private mutating func answer() {
    var sent = 0
    while sent < owedAnswers.count, (try? socket.send(owedAnswers[sent].bytes)) == .sent {
      sent += 1
    }
    owedAnswers.removeFirst(sent)
  }

  /// Whether the transcript's files are where they were.
  private mutating func look() -> Bool {
    do throws(TranscriptError) {
      try writer.checkFiles()
      return true
    } catch {
      isHeldUp = !reopen(after: error)
      return false
    }
  }

  /// Records what is due; whether there was nothing.
  private mutating func record() -> Bool {
    var isAtRest = true
    do throws(TranscriptError) {
      var done: Int
      repeat {
        done = try records.record(
          in: writer, run: run, at: Clock.monotonicMilliseconds(), isLast: isStopping)
        owedAnswers += records.takeUnconfirmed().map { .unconfirmed($0) }
        owedAnswers += Array(repeating: .recorded, count: done)
        if done > 0 {
          isAtRest = false
          sealing?.noteClose(at: Clock.monotonicMilliseconds())
        }
      } while done > 0
      return isAtRest
    } catch {
      isHeldUp = !reopen(after: error)
      return false
    }
  }

  /// Seals what is due, as far as the signer has come. Also while somebody talks: it is
  /// one commit, and no more than one a second.
  ///
  /// - Returns: whether it has waited for the transcript's lock.
  private mutating func seal() -> Bool {
    defer { owedAnswers += sealing?.takeNews() ?? [] }
    do throws(TranscriptError) {
      return try sealing?.step(
        in: writer, at: Clock.monotonicMilliseconds(),
        time: Timestamp(milliseconds: Clock.realtimeMilliseconds())) ?? false
    } catch {
      reopen(after: error)
      return true
    }
  }

  private mutating func index() {
    do {
      // What a power cut takes from the index is caught up with again, so no
      // step waits for the disk with the lock in its hand.
      try writer.connection.execute("PRAGMA synchronous = NORMAL")
      let isMore = try catchUp()
      try writer.connection.execute("PRAGMA synchronous = FULL")
      indexAt = isMore ? Clock.monotonicMilliseconds() + Self.indexPause : nil
    } catch {
      // It is tried again after the next conversation, and by every search.
      indexAt = nil
      try? writer.connection.execute("PRAGMA synchronous = FULL")
      reopen(after: error)
    }
  }

  /// One step of the totals, of the index, or of merging what its steps have left;
  /// whether there may be more to do.
  private mutating func catchUp() throws(TranscriptError) -> Bool {
    if try Totals.count(writer.connection) { return true }
    let isDueToMerge = indexSteps >= Self.stepsToMerge
    if !isDueToMerge, try SearchIndex.catchUp(writer.connection, limit: Self.indexStep) > 0 {
      indexSteps += 1
      return true
    }
    if try SearchIndex.merge(writer.connection) { return true }
    indexSteps = 0
    return isDueToMerge
  }

  private mutating func stop() {
    do throws(TranscriptError) {
      let time = Timestamp(milliseconds: Clock.realtimeMilliseconds())
      try writer.stopRun(run.id, at: time)
      // What is not sealed now, the next server seals.
      try? sealing?.finish(in: writer, stopOf: run.id, at: time)
      owedAnswers += sealing?.takeNews() ?? []
    } catch {
      // The run stays unended, which is what `history verify` then says.
      owedAnswers.append(.failed(TranscriptTrouble(error)))
    }
  }

  /// Sends all that is owed, as fast as the listener reads it: it reads until this process is
  /// gone, and a message that nobody confirmed is named by nobody else.
  private mutating func answerAll() {
    let deadline = Clock.monotonicMilliseconds() + Self.lastAnswerWithin
    // A signal is no reason to look again and again.
    var poller = Poller(ignoringSignals: true)
    while true {
      answer()
      let left = deadline - Clock.monotonicMilliseconds()
      if owedAnswers.isEmpty || left <= 0 { return }
      let ready = try? poller.poll(
        [Interest(socket.descriptor, read: false, write: true)], timeoutMilliseconds: left)
      guard let found = ready?.first, !found.hungUp, !found.failed else { return }
    }
  }

  /// A file that is gone cannot come back: another is begun. Whether that is so.
  @discardableResult
  private mutating func reopen(after error: TranscriptError) -> Bool {
    guard error.isOfLostFile else { return false }
    do throws(TranscriptError) {
      try writer.reopen()
      records.forgetTheFile()
      sealing?.forgetTheFile(at: Clock.monotonicMilliseconds())
      run.id = try writer.continueRun(run.id, run.description, startedAt: run.startedAt)
      return true
    } catch {
      isBeyondMending = error.kind == .notPermitted
      // Else, whatever is asked next finds the file gone again, and comes here.
      return false
    }
  }
}
