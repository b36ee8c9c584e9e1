import ChatCore
import ChatPosix

/// The body of the process that runs the operator's command when somebody comes. It is not
/// contained, as little as that command; of what a peer sent it reads the name alone, which is
/// a ``Handle``.
final class ArrivalRunner {
  private let socket: MessageSocket
  private let command: String
  private var schedule = ArrivalSchedule()
  /// The command's shell, and the number of its group, until it is reaped.
  private var shell: Int32?
  /// The number of its group, of which some may live longer than it.
  private var group: Int32 = 0
  private var outcome = CommandOutcome.exited(0)
  private var poller = Poller()

  /// Runs until the listener is gone.
  ///
  /// - Returns: the process's exit status.
  static func main(socket: MessageSocket, command: String) -> Int32 {
    ProcessName.set("chatserve-ring")
    // Also what makes itself a daemon is to be ended.
    ProcessID.adoptOrphans()
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
      reap()
      if schedule.isOverdue(at: now) {
        outcome = .tookTooLong
        endAll()
      }
      if let arrival = schedule.start(at: now) { start(arrival) }
      let timeout = schedule.deadline.map { max(0, $0.duration(since: Self.now).wholeMilliseconds) }
      // ENOMEM passes; asking again is all there is to do.
      _ = try? poller.poll([Interest(socket.descriptor)], timeoutMilliseconds: timeout)
      // That a child has ended is looked for above.
      _ = Signals.take()
    }
    endAll()
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
    outcome = .exited(0)
    do throws(SystemCallError) {
      group = try ShellProcess.startApart(command)
      shell = group
    } catch {
      // Perhaps for want of a process: the next one who comes is a reason to try again.
      outcome = .notStarted(error.errno)
      settle()
    }
  }

  /// Takes those that have ended. The command is over when none is left: a program that sends
  /// mail goes on after its shell.
  private func reap() {
    for ended in ChildProcess.reap() where ended.processID == shell {
      shell = nil
      outcome = CommandOutcome(ended.status)
    }
    if schedule.isRunning, !ChildProcess.hasChildren { settle() }
  }

  /// Ends all that the command has left running.
  private func endAll() {
    // The whole group at once, so that nothing in it gets away by forking.
    if let shell { ChildProcess.killGroup(shell) }
    ChildProcess.endAll(alsoGroup: group)
    shell = nil
    if schedule.isRunning { settle() }
  }

  private func settle() {
    schedule.ended()
    // A listener that does not read it has enough to say.
    _ = try? socket.send(outcome.bytes)
  }
}
