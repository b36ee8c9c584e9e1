import ChatCore
import ChatPosix

/// The listener's end of the process that runs the operator's command.
final class ArrivalLink {
  /// How long a stop waits for what the command has left running to be ended; it may wait
  /// for the kernel.
  private static let endWithin = Duration.seconds(1)

  private(set) var processID: Int32 = -1
  private var socket: MessageSocket?
  private let command: String
  /// Said once, until the command does something else.
  private var lastOutcome = CommandOutcome.exited(0)

  init(_ command: String) {
    self.command = command
  }

  /// Forks it; where that cannot be, the next who comes is a reason to try again.
  func spawn(closing closeOthers: () -> Void) {
    guard processID == -1 else { return }
    let command = command
    let forked = try? ChildProcess.forkWithSocket { socket in
      closeOthers()
      Signals.resetInChild()
      return ArrivalRunner.main(socket: socket, command: command)
    }
    guard let (child, socket) = forked else { return }
    processID = child
    self.socket = socket
  }

  func ring(_ arrival: Arrival) {
    // One that reads nothing any more has enough to say.
    _ = try? socket?.send(arrival.bytes)
  }

  /// What to poll for, so that ``read()`` is called.
  var interest: Interest? { socket.map { Interest($0.descriptor) } }

  /// Reads what became of the command.
  ///
  /// - Returns: what the operator does not know yet and may want to mend.
  func read() -> CommandOutcome? {
    switch try? socket?.receive() {
    case .message(let bytes):
      guard let outcome = try? CommandOutcome(bytes: bytes) else { break }
      defer { lastOutcome = outcome }
      return outcome == lastOutcome || outcome == .exited(0) ? nil : outcome
    case .wouldBlock: return nil
    case .endOfFile, .tooLong, nil: break
    }
    // It goes, or is not what it was; by the end of its socket it goes too.
    hangUp()
    return nil
  }

  /// It is reaped.
  func takeBack() {
    processID = -1
    hangUp()
  }

  /// By the end of what it reads it ends what it runs, and itself. One that does not, since
  /// somebody has stopped it, is killed: it would outlive the server.
  func end() {
    guard processID > 0, let socket else { return }
    try? socket.descriptor.shutdownWrite()
    let deadline = Self.now.advanced(by: Self.endWithin)
    var poller = Poller(ignoringSignals: true)
    while self.socket != nil, Self.now < deadline {
      let left = deadline.duration(since: Self.now).wholeMilliseconds
      _ = try? poller.poll([Interest(socket.descriptor)], timeoutMilliseconds: max(0, left))
      _ = read()
    }
    if self.socket == nil {
      // Its socket is at an end: there is nothing left for it to wait for.
      _ = try? ChildProcess.wait(for: processID)
    } else {
      // Not waited for: it may be the kernel that keeps it.
      ChildProcess.kill(processID)
    }
    takeBack()
  }

  private func hangUp() {
    socket?.close()
    socket = nil
  }

  private static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }

  func closeInChild() { socket?.close() }
}
