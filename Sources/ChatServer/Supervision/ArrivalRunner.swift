import ChatCore
import ChatPosix

/// The body of the process that runs the operator's command when somebody comes. It is not
/// contained, as little as that command; of what a peer sent it reads the name alone, which is
/// a ``Handle``.
final class ArrivalRunner {
  private let socket: MessageSocket
  private let command: String
  private var schedule = ArrivalSchedule()
  /// The shell of the command, and the number of its group.
  private var shell: Int32?
  private var poller = Poller()

  /// Runs until the listener is gone.
  ///
  /// - Returns: the process's exit status.
  static func main(socket: MessageSocket, command: String) -> Int32 {
    ProcessName.set("chatserve-ring")
    ArrivalRunner(socket, command).serve()
    return 0
  }

  private init(_ socket: MessageSocket, _ command: String) {
    self.socket = socket
    self.command = command
  }

  private static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }

  private func serve() {
    while read() {
      let now = Self.now
      if let shell, schedule.isOverdue(at: now) || ChildProcess.hasEnded(shell) { end(shell) }
      if let arrival = schedule.start(at: now) { start(arrival) }
      let timeout = schedule.deadline.map { max(0, $0.duration(since: Self.now).wholeMilliseconds) }
      // ENOMEM passes; asking again is all there is to do.
      _ = try? poller.poll([Interest(socket.descriptor)], timeoutMilliseconds: timeout)
      // That a child has ended is looked for above.
      _ = Signals.take()
    }
    if let shell { end(shell) }
  }

  /// Takes what the listener has sent; false once that is gone, or is not what it was.
  private func read() -> Bool {
    while true {
      switch try? socket.receive(maximumLength: ControlLimits.messageLength) {
      case .message(let bytes):
        guard let arrival = try? Arrival(bytes: bytes) else { return false }
        schedule.add(arrival)
      case .wouldBlock: return true
      case .endOfFile, .tooLong, nil: return false
      }
    }
  }

  private func start(_ arrival: Arrival) {
    Environment.set("CHAT_EVENT", arrival.kind.word)
    Environment.set("CHAT_HANDLE", TextSanitizer.escapedOnOneLine(arrival.handle.text))
    Environment.set("CHAT_ADDRESS", arrival.address)
    do throws(SystemCallError) {
      shell = try ShellProcess.startApart(command)
    } catch {
      // No process to be had: the next one who comes is a reason to try again.
      schedule.ended()
    }
  }

  /// Ends all that the command has left running. Before its shell is reaped, so that the
  /// group's number is nobody else's.
  private func end(_ shell: Int32) {
    ChildProcess.killGroup(shell)
    _ = try? ChildProcess.wait(for: shell)
    self.shell = nil
    schedule.ended()
  }
}

/// The listener's end of it.
final class ArrivalLink {
  private(set) var processID: Int32 = -1
  private var socket: MessageSocket?
  private let command: String

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

  /// It is reaped.
  func takeBack() {
    processID = -1
    closeInChild()
    socket = nil
  }

  /// By the end of its socket it ends what it runs, and itself.
  func end() {
    closeInChild()
    socket = nil
    guard processID > 0 else { return }
    _ = try? ChildProcess.wait(for: processID)
    processID = -1
  }

  func closeInChild() { socket?.close() }
}
