import ChatPosix
import Transcript

/// The listener's end of the keeper: starts it, asks it, starts it again when
/// it died.
final class KeeperLine {
  private(set) var processID: Int32 = -1
  private(set) var socket: MessageSocket?
  /// What the keeper has not taken yet, oldest first.
  private var backlog: [KeeperRequest] = []
  /// Ends of conversations that it has taken and not told to be recorded,
  /// oldest first: what one that is killed leaves to the next.
  private var unconfirmed: [KeeperRequest] = []
  /// The run, with its id once the first keeper has recorded it.
  private(set) var run: ServerRun

  init(run: ServerRun) {
    self.run = run
  }

  /// Starts the keeper and waits until it has opened the transcript, or until
  /// a signal asks the program to end: the run has no id then.
  ///
  /// - Parameter closeOthers: closes, in the keeper, what is the listener's
  ///   alone: a port or a line held open by two outlives its owner.
  /// - Returns: the signals that came meanwhile.
  /// - Throws: ``ServerError``: why the transcript cannot be used.
  func start(closing closeOthers: () -> Void) throws(ServerError) -> [Signal] {
    try spawn(closing: closeOthers)
    var signals: [Signal] = []
    let first: FirstAnswer
    do throws(SystemCallError) {
      first = try firstAnswer(noting: &signals)
    } catch {
      throw .system(error)
    }
    switch first {
    case .answer(.running(let id)):
      run.id = id
      return signals
    case .interrupted: return signals
    case .answer(.failed(let error)): throw .transcript(error)
    case .endOfFile: break
    }
    let status: ExitStatus
    do throws(SystemCallError) {
      status = try ChildProcess.wait(for: processID)
    } catch {
      throw .system(error)
    }
    throw .keeperDied(status)
  }

  private enum FirstAnswer {
    case answer(KeeperAnswer)
    /// It died before.
    case endOfFile
    /// The program is asked to end.
    case interrupted
  }

  private func firstAnswer(noting signals: inout [Signal]) throws(SystemCallError) -> FirstAnswer {
    guard let socket else { preconditionFailure("a keeper was started without a socket") }
    var poller = Poller()
    while true {
      _ = try poller.poll([Interest(socket.descriptor)])
      signals += Signals.take()
      switch try socket.receive(maximumLength: ControlLimits.messageLength) {
      case .wouldBlock: if signals.contains(where: \.stops) { return .interrupted }
      case .endOfFile: return .endOfFile
      case .message(let bytes): return .answer(KeeperAnswer(bytes: bytes, path: run.database))
      }
    }
  }

  private func spawn(closing closeOthers: () -> Void) throws(ServerError) {
    do throws(SystemCallError) {
      let run = run
      (processID, socket) = try ChildProcess.fork(withLine: { line in
        closeOthers()
        Signals.resetInChild()
        return Keeper.main(line: line, run: run)
      })
    } catch {
      throw .system(error)
    }
  }

  /// Asks for something; kept until the keeper takes it.
  func ask(_ request: KeeperRequest) {
    backlog.append(request)
    send()
  }

  /// Hands over what the keeper takes now.
  func send() {
    while let request = backlog.first, let socket {
      switch try? socket.send(request.bytes) {
      case .sent: backlog.removeFirst()
      case .wouldBlock, .closed, nil: return
      }
      if case .bury = request { unconfirmed.append(request) }
    }
  }

  /// What to poll for, so that ``hear()`` is called.
  var interest: Interest? { socket.map { Interest($0.descriptor) } }

  /// Hears what is recorded.
  func hear() {
    while let socket {
      switch try? socket.receive(maximumLength: ControlLimits.messageLength) {
      case .message(KeeperAnswer.buried):
        if !unconfirmed.isEmpty { unconfirmed.removeFirst() }
      // A later keeper's first word: the run's id stays.
      case .message: continue
      case .wouldBlock: return
      case .endOfFile, nil:
        // Its death is told by SIGCHLD.
        hangUp()
      }
    }
  }

  private func hangUp() {
    socket?.close()
    socket = nil
  }

  /// Whether something waits to be handed over.
  var isBehind: Bool { !backlog.isEmpty }

  /// Takes back what a keeper that has gone left undone, and its end of the
  /// line with it. What was recorded and not told is asked for again, which does
  /// nothing, unless the same peer is here once more: `isHere` says so.
  func takeBack(unless isHere: (_ address: String, _ port: Int) -> Bool) {
    hear()
    let undone = unconfirmed.filter { request in
      guard case .bury(let address, let port, _, _, _, _) = request else { return false }
      return !isHere(address, port)
    }
    backlog.insert(contentsOf: undone, at: 0)
    unconfirmed = []
    hangUp()
    processID = -1
  }

  /// Puts another keeper in the place of one that has gone.
  func restart(closing closeOthers: () -> Void) throws(ServerError) {
    try spawn(closing: closeOthers)
    send()
  }

  /// In a forked conversation: this line is the listener's alone.
  func closeInChild() { socket?.close() }

  /// Has the run's end recorded and waits for the keeper to go, for `patience`
  /// in milliseconds, and no longer than `impatience` after another signal that
  /// asks the program to end.
  func finish(within patience: Int64, afterAnotherSignal impatience: Int64) {
    ask(.stop)
    var deadline = Clock.monotonicMilliseconds() + patience
    var poller = Poller()
    while Clock.monotonicMilliseconds() < deadline {
      send()
      // End of file: the keeper has left.
      guard let socket,
        let ready = try? poller.poll(
          [Interest(socket.descriptor)], timeoutMilliseconds: isBehind ? 10 : 100)
      else { return }
      if Signals.take().contains(where: \.stops) {
        deadline = min(deadline, Clock.monotonicMilliseconds() + impatience)
      }
      if ready.isEmpty { continue }
      if case .endOfFile? = try? socket.receive(maximumLength: ControlLimits.messageLength) {
        return
      }
    }
  }
}
