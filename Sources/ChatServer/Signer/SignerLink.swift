import ChatCore
import ChatPosix
import ChatSecure

/// The listener's end of the signer: starts it, hands it the conversations' sockets,
/// starts it again when it died.
final class SignerLink {
  /// What it is found to be.
  enum Finding: Hashable {
    /// It has the run's key, and newcomers can be served.
    case ready
    /// It has no key, or another than the run's.
    case failed(KeyTrouble)
    /// It sent an answer to no question.
    case misbehaved
  }

  private(set) var processID: Int32 = -1
  private(set) var socket: MessageSocket?
  /// What this run is known by; `nil` when the program was asked to end before.
  private(set) var certificate: Certificate?
  /// Whether newcomers can be served.
  private(set) var isReady = false
  /// Whether the present one has been, also when its socket is at its end.
  private(set) var wasReady = false
  private let file: KeyFile
  private var watchdog = Watchdog(at: SignerLink.now)

  init(_ file: KeyFile) {
    self.file = file
  }

  // MARK: Its life

  /// Forks it.
  ///
  /// - Parameter closeOthers: closes, in the signer, what is the listener's alone.
  /// - Throws: ``SystemCallError``: `EAGAIN`, `ENOMEM`, ….
  func spawn(closing closeOthers: () -> Void) throws(SystemCallError) {
    let (file, known, parent) = (file, certificate, ProcessID.current)
    let (child, socket) = try ChildProcess.forkWithSocket { socket in
      closeOthers()
      Signals.resetInChild()
      // One that is stopped would outlive us, with the key in its memory.
      guard ProcessID.dieWithParent(parent) else { return 1 }
      return Signer.main(socket: socket) { () throws(KeyTrouble) in try file.key(known: known) }
    }
    attach(child, socket)
  }

  /// Takes a process that has just been forked for the signer.
  func attach(_ process: Int32, _ socket: MessageSocket) {
    processID = process
    self.socket = socket
    isReady = false
    wasReady = false
    watchdog = Watchdog(at: Self.now)
    // It owes its first answer.
    watchdog.ask(at: Self.now)
  }

  /// Waits for the first answer of the first one, or until a signal asks the program
  /// to end.
  ///
  /// - Throws: ``ServerError``: why there is no key.
  func identify(noting signals: inout [Signal]) throws(ServerError) {
    let finding: Finding?
    let status: ExitStatus
    do throws(SystemCallError) {
      finding = try firstFinding(noting: &signals)
      if finding == .ready || (finding == nil && signals.contains(where: \.stops)) { return }
      status = try ChildProcess.wait(for: processID)
      processID = -1
    } catch {
      throw .system(error)
    }
    if case .failed(let trouble)? = finding { throw .key(trouble, file) }
    throw .signerDied(status)
  }

  /// `nil` when it died before, or the program is asked to end.
  private func firstFinding(noting signals: inout [Signal]) throws(SystemCallError) -> Finding? {
    var poller = Poller()
    while let socket {
      _ = try poller.poll([Interest(socket.descriptor)])
      signals += Signals.take()
      if let finding = read() { return finding }
      if signals.contains(where: \.stops) { return nil }
    }
    return nil
  }

  /// Takes back one that has gone, and its end of the socket with it.
  ///
  /// - Returns: why it went, where it said so.
  func takeBack() -> Finding? {
    // Reaped: the number may be another's by now.
    processID = -1
    let finding = read()
    hangUp()
    return finding == .ready ? nil : finding
  }

  /// Has it gone when this returns, also where it was stopped: one that lives on has the
  /// key in its memory, and the run's lock.
  func end() {
    if processID > 0 {
      ChildProcess.kill(processID)
      _ = try? ChildProcess.wait(for: processID)
      processID = -1
    }
    hangUp()
  }

  private func hangUp() {
    socket?.close()
    socket = nil
    isReady = false
  }

  /// In another forked process: this socket is the listener's alone.
  func closeInChild() { socket?.close() }

  // MARK: What it is asked

  /// Hands over a conversation that is about to be forked.
  ///
  /// - Returns: the conversation's way to its one signature; `nil` when there is
  ///   nobody to sign, or no memory or descriptor for it.
  func handOver() -> MessageSocket? {
    guard isReady, let socket, let pair = try? SocketPair.open() else { return nil }
    defer { pair.one.close() }
    if (try? socket.send(SignerOrder.serve.bytes, passing: [pair.one.descriptor])) == .sent {
      ask()
      return pair.other
    }
    pair.other.close()
    return nil
  }

  /// Gives it the keeper's way to it.
  ///
  /// - Parameter end: the signer's end, which stays open here: the next signer gets it.
  /// - Returns: whether it has it.
  func handOver(keeper end: MessageSocket) -> Bool {
    guard isReady, let socket else { return false }
    return (try? socket.send(SignerOrder.seal.bytes, passing: [end.descriptor])) == .sent
  }

  /// Asks whether it is there, where it was not asked for a while.
  private func ask() {
    let now = Self.now
    guard watchdog.isDue(after: Watchdog.quietWhileOthersWait, at: now) else { return }
    watchdog.ask(at: now)
    _ = try? socket?.send(SignerOrder.answer.bytes)
  }

  /// Kills one that does not answer: its death comes as SIGCHLD, and another takes its
  /// place.
  func watch() {
    guard processID > 0, watchdog.look(at: Self.now) else { return }
    ChildProcess.kill(processID)
  }

  /// When ``watch()`` is wanted.
  var deadline: Instant? {
    guard processID > 0, watchdog.isAsked else { return nil }
    return watchdog.deadline(after: Watchdog.quietWhileOthersWait)
  }

  // MARK: What it answers

  /// What to poll for, so that ``read()`` is called.
  var interest: Interest? { socket.map { Interest($0.descriptor) } }

  /// Reads an answer, if there is one.
  func read() -> Finding? {
    guard let socket else { return nil }
    switch try? socket.receive(maximumLength: ControlLimits.messageLength) {
    case .message(let bytes): return take(try? SignerAnswer(bytes: bytes))
    case .tooLong: return misbehaved()
    // Without memory for it, it is read later.
    case .wouldBlock, nil: return nil
    case .endOfFile:
      // Its death comes as SIGCHLD, also of one that lives on without us.
      hangUp()
      if processID > 0 { ChildProcess.kill(processID) }
      return nil
    }
  }

  private func take(_ answer: SignerAnswer?) -> Finding? {
    switch answer {
    case .running(let certificate) where !isReady:
      // One that was kept nowhere went with its signer, and no client remembers it.
      if let known = self.certificate, known != certificate,
        !(known.isTemporary && certificate.isTemporary)
      {
        hangUp()
        if processID > 0 { ChildProcess.kill(processID) }
        return .failed(KeyTrouble(.changed))
      }
      self.certificate = certificate
      isReady = true
      wasReady = true
      watchdog.hear(at: Self.now)
      return .ready
    case .failed(let trouble) where !isReady: return .failed(trouble)
    case .alive where isReady && watchdog.isAsked:
      watchdog.hear(at: Self.now)
      return nil
    case .running, .failed, .alive, nil: return misbehaved()
    }
  }

  private func misbehaved() -> Finding {
    hangUp()
    if processID > 0 { ChildProcess.kill(processID) }
    return .misbehaved
  }

  private static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }
}
