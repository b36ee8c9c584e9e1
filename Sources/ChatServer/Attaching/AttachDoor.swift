import ChatCore
import ChatPosix

/// Where terminals come to a server that has none: the socket in the directory of the user's,
/// those who have connected and said nothing, and the one that is attached. Waits for nobody.
final class AttachDoor {
  /// Who connects says what it wants at once; one that does not is in the way of others.
  static let requestWithin = Duration.seconds(2)
  /// As many are asked at once. Others wait until one of them has spoken or had its time.
  static let callerLimit = 8
  /// For which nobody is accepted after the system ran short of something.
  private static let acceptPause = Duration.milliseconds(100)
  /// Messages that are read of one in a turn of the loop.
  private static let messagesAtOnce = 16
  /// Bytes of one message: a view with the longest values of its variables that anybody has.
  static let messageLength = 4096

  /// One that has connected and is not attached.
  struct Caller {
    let socket: MessageSocket
    let process: Int32
    let deadline: Instant
  }

  /// What came of somebody.
  enum Finding {
    case attached
    /// The attached terminal's program says this, or is gone.
    case resized
    case continued
    case leaves(AttachEnd)
  }

  /// Where terminals come in; `nil` once none is to come any more.
  private var entrance: (socket: LocalSocket, directory: OwnDirectory)?
  private let name: String
  private var callers: [Caller] = []
  private var acceptAgainAt: Instant?
  private(set) var attached: AttachedTerminal?
  /// One that came while the one before it was on its way out.
  private var next: AttachedTerminal?
  /// Whether the attached terminal's program is gone.
  private var isOver = false
  /// Sentences for the operator at it, from while it was on its way between two processes.
  var heldSentences: [String] = []
  /// Whether the operator at it has yet to read that it is attached.
  var isToGreet = false

  init(_ socket: LocalSocket, in directory: OwnDirectory, as name: String) {
    entrance = (socket, directory)
    self.name = name
  }

  /// When ``read(at:isLeaving:isStopping:)`` is wanted whatever happens.
  var deadline: Instant? { (callers.map(\.deadline) + [acceptAgainAt].compactMap { $0 }).min() }

  var interests: [Interest] {
    var interests = callers.map { Interest($0.socket.descriptor) }
    if let entrance, callers.count < Self.callerLimit, acceptAgainAt == nil {
      interests.append(Interest(entrance.socket.descriptor))
    }
    // One that is gone and still on its way back is no news.
    if let attached, !isOver { interests.append(Interest(attached.socket.descriptor)) }
    return interests
  }

  /// Takes who has come, and what was said. While the attached terminal is on its way back
  /// (`isLeaving`) the next one waits for that; a server that stops takes none.
  func read(at now: Instant, isLeaving: Bool, isStopping: Bool) -> [Finding] {
    var findings = readAttached()
    acceptSome(at: now)
    let waiting = callers
    callers = []
    for caller in waiting {
      if let terminal = hear(caller, at: now, isStopping: isStopping) {
        if take(terminal, isLeaving: isLeaving || isOver) { findings.append(.attached) }
      }
    }
    return findings
  }

  private func acceptSome(at now: Instant) {
    guard let entrance else { return }
    if let again = acceptAgainAt, now < again { return }
    acceptAgainAt = nil
    do throws(SystemCallError) {
      while callers.count < Self.callerLimit, let caller = try entrance.socket.accept() {
        admit(caller, at: now)
      }
    } catch {
      acceptAgainAt = now.advanced(by: Self.acceptPause)
    }
  }

  private func admit(_ caller: MessageSocket, at now: Instant) {
    // The mode of the socket keeps others out; root may pass, and is another user.
    guard let peer = try? caller.peerCredentials(), peer.isOwn else { return caller.close() }
    callers.append(
      Caller(
        socket: caller, process: peer.process,
        deadline: now.advanced(by: Self.requestWithin)))
  }

  /// What one wants; `nil` where it said nothing yet, or goes.
  private func hear(
    _ caller: Caller, at now: Instant, isStopping: Bool
  ) -> AttachedTerminal? {
    var passed: [FileDescriptor] = []
    switch try? caller.socket.receive(maximumLength: Self.messageLength, passed: &passed) {
    case .wouldBlock, nil:
      if now < caller.deadline { callers.append(caller) } else { caller.socket.close() }
      return nil
    case .message(let bytes):
      if isStopping {
        refuse(caller.socket, .stopping)
      } else if case .attach(let view)? = try? AttachRequest(bytes: bytes),
        let terminal = AttachedTerminal(
          caller.socket, caller.process, passed, view)
      {
        return terminal
      } else {
        refuse(caller.socket, .unusable)
      }
    case .tooLong: refuse(caller.socket, .unusable)
    case .endOfFile: caller.socket.close()
    }
    for descriptor in passed { descriptor.closeOnce() }
    return nil
  }

  private func refuse(_ caller: MessageSocket, _ refusal: AttachRefusal) {
    // What it does not take it need not know.
    _ = try? caller.send(AttachAnswer.refused(refusal).bytes)
    caller.close()
  }

  /// - Returns: whether it is the one that is attached now.
  private func take(_ terminal: AttachedTerminal, isLeaving: Bool) -> Bool {
    guard let before = next ?? (isLeaving ? nil : attached) else {
      if isLeaving {
        next = terminal
        return false
      }
      begin(terminal)
      return true
    }
    refuse(terminal.socket, .taken(by: before.process, since: before.since))
    terminal.closeTerminal()
    return false
  }

  private func begin(_ terminal: AttachedTerminal) {
    attached = terminal
    isOver = false
    isToGreet = true
    heldSentences = []
    _ = try? terminal.socket.send(AttachAnswer.attached.bytes)
  }

  private func readAttached() -> [Finding] {
    var findings: [Finding] = []
    guard let attached, !isOver else { return findings }
    for _ in 0..<Self.messagesAtOnce {
      // Descriptors that come with it are closed.
      switch try? attached.socket.receive(maximumLength: Self.messageLength) {
      case .wouldBlock, nil: return findings
      case .message(let bytes):
        switch try? AttachRequest(bytes: bytes) {
        case .resized: findings.append(.resized)
        case .continued: findings.append(.continued)
        case .leave(let suspends): findings.append(.leaves(suspends ? .suspended : .wanted))
        case .attach, nil: return findings + [lose()]
        }
      case .tooLong, .endOfFile: return findings + [lose()]
      }
    }
    return findings
  }

  /// It is gone, or is not what it was.
  private func lose() -> Finding {
    isOver = true
    return .leaves(.lost)
  }

  /// Nobody has the attached terminal any more.
  ///
  /// - Returns: whether another is attached now.
  func giveBack(_ end: AttachEnd) -> Bool {
    if let attached {
      _ = try? attached.socket.send(AttachAnswer.detached(end).bytes)
      attached.close()
    }
    attached = nil
    isOver = false
    guard let next else { return false }
    self.next = nil
    begin(next)
    return true
  }

  /// The place is another server's from now on, as the port is. Who is here stays.
  func closeEntrance(at now: Instant) {
    // They learn why they are not served.
    acceptSome(at: now)
    acceptAgainAt = nil
    guard let entrance else { return }
    self.entrance = nil
    entrance.socket.remove(name, from: entrance.directory)
    entrance.socket.close()
    entrance.directory.close()
  }

  /// The end of the server.
  func close(at now: Instant) {
    closeEntrance(at: now)
    if let next {
      refuse(next.socket, .stopping)
      next.closeTerminal()
    }
    next = nil
    for caller in callers { refuse(caller.socket, .stopping) }
    callers = []
    _ = giveBack(.stopped)
  }

  func closeInChild() {
    for caller in callers { caller.socket.close() }
    attached?.close()
    next?.close()
    entrance?.socket.close()
    entrance?.directory.close()
  }
}

/// A terminal that its program has handed over.
struct AttachedTerminal {
  /// To its program.
  let socket: MessageSocket
  /// That program.
  let process: Int32
  let input: FileDescriptor
  let output: FileDescriptor
  let view: TerminalView
  /// As it was, to be put back after a process that could not.
  let mode: TerminalMode
  let since: Timestamp

  /// `nil` where it is no terminal.
  init?(
    _ socket: MessageSocket, _ process: Int32, _ passed: [FileDescriptor], _ view: TerminalView
  ) {
    guard passed.count == AttachRequest.passed, passed[0].isTerminal, passed[1].isTerminal,
      let mode = try? TerminalMode.current(of: passed[0])
    else { return nil }
    self.socket = socket
    self.process = process
    (input, output) = (passed[0], passed[1])
    self.view = view
    self.mode = mode
    since = Timestamp(milliseconds: Clock.realtimeMilliseconds())
  }

  /// Standard input, output and error of who gets it.
  var terminal: [FileDescriptor] { [input, output, output] }

  /// Whether more than text is written to it.
  var drawsEditor: Bool { !view.isPlain && !view.isDumb }

  func closeTerminal() {
    input.closeOnce()
    output.closeOnce()
  }

  func close() {
    closeTerminal()
    socket.close()
  }
}
