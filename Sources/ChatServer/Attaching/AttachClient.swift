import ChatCore
import ChatPosix
import ChatTerminal

/// The program of a terminal that attaches: hands it to the server, says what only the
/// terminal's own processes learn (its size, signals), and puts it back as it was, whoever
/// of the server's processes died with it.
package final class AttachClient {
  package enum Outcome {
    /// No server of this user's listens there for terminals: where it was looked.
    case noServer([String])
    /// One of these directories is not one to meet in.
    case directory(String, OwnDirectory.Fault)
    /// Too many wait there to be heard.
    case busy
    /// Another user's process listens there.
    case stranger
    case refused(AttachRefusal)
    case detached(AttachEnd)
    /// The server's process died, or is not what it was.
    case serverDied
    /// The terminal is not this program's now: it runs in the background.
    case background
    case system(SystemCallError)
  }

  /// More than what the server gives the process that has the terminal.
  private static let giveBackWithin = Duration.seconds(12)
  /// What the processes of a server that died take to leave the terminal: they read the end
  /// of their sockets, and write what was typed.
  private static let leftWithin = Duration.seconds(2)
  private static let lookInterval = Duration.milliseconds(20)

  private let port: UInt16
  private let directories: [String]
  private let view: TerminalView
  private let mode: TerminalMode
  private let input = FileDescriptor.standardInput
  private let wasNonBlocking = FileDescriptor.standardInput.isNonBlocking
  /// Opened once more, so that no process of the server's waits for the terminal.
  private let output = OutputDescriptor(.standardOutput)
  private var poller = Poller()

  /// - Throws: ``SystemCallError``: standard input is no terminal.
  package init(
    port: UInt16, view: TerminalView, environment: (String) -> String? = Environment.value
  ) throws(SystemCallError) {
    self.port = port
    self.view = view
    directories = AttachPlace.ofClient(environment, user: Environment.userName)
    mode = try TerminalMode.current(of: input)
    try Signals.install([
      .interrupt, .terminate, .hangup, .quit, .windowChange, .continued, .terminalStop,
    ])
  }

  /// Serves the terminal until it is given back.
  package func run() -> Outcome {
    // The shell has the same open file, and a process that a peer has taken over may have left
    // this on. What fails is a terminal that is gone.
    defer { if input.isNonBlocking != wasNonBlocking { try? input.setNonBlocking(wasNonBlocking) } }
    while true {
      guard input.isInForeground else { return .background }
      let outcome = attach()
      guard case .detached(.suspended) = outcome else { return outcome }
      // As a shell's other jobs: stopped, and attached again when it is continued.
      Signals.stopProcessGroup()
      _ = Signals.take()
    }
  }

  private func attach() -> Outcome {
    let socket: MessageSocket
    switch connect() {
    case .failure(let outcome): return outcome
    case .success(let connected): socket = connected
    }
    defer { socket.close() }
    do throws(SystemCallError) {
      // The server may be anybody's who was there first.
      guard try socket.peerCredentials().isOwn else { return .stranger }
      let request = AttachRequest.attach(view)
      guard
        try socket.send(request.bytes, passing: [input, output.descriptor]) == .sent
      else { return .serverDied }
    } catch {
      return .system(error)
    }
    return serve(socket)
  }

  private enum Connected {
    case success(MessageSocket)
    case failure(Outcome)
  }

  private func connect() -> Connected {
    var fault: Outcome?
    for path in directories {
      do throws(OwnDirectory.Fault) {
        let directory = try OwnDirectory.open(path)
        defer { directory.close() }
        switch try? LocalSocket.connect(in: directory, to: AttachPlace.name(port: port)) {
        case .connected(let socket): return .success(socket)
        case .busy: fault = fault ?? .busy
        case nil: break
        }
      } catch {
        if error != .missing { fault = fault ?? .directory(path, error) }
      }
    }
    return .failure(fault ?? .noServer(directories))
  }

  private func serve(_ socket: MessageSocket) -> Outcome {
    var leavesBy: Instant?
    while true {
      let timeout = leavesBy.map { max(0, $0.duration(since: Self.now).wholeMilliseconds) }
      _ = try? poller.poll([Interest(socket.descriptor)], timeoutMilliseconds: timeout)
      for signal in Signals.take() {
        switch signal {
        case .windowChange: _ = try? socket.send(AttachRequest.resized.bytes)
        case .interrupt, .terminate, .quit, .terminalStop:
          let request = AttachRequest.leave(suspends: signal == .terminalStop)
          _ = try? socket.send(request.bytes)
          leavesBy = leavesBy ?? Self.now.advanced(by: Self.giveBackWithin)
        // The terminal is gone, and nothing on it to be put back.
        case .hangup: return .detached(.lost)
        case .continued: _ = try? socket.send(AttachRequest.continued.bytes)
        case .childChanged, .restart: break
        }
      }
      switch try? socket.receive(maximumLength: AttachDoor.messageLength) {
      case .message(let bytes):
        switch try? AttachAnswer(bytes: bytes) {
        case .attached: continue
        case .refused(let refusal): return .refused(refusal)
        case .detached(let end):
          try? mode.apply(to: input)
          return .detached(end)
        case nil: return restored(.serverDied)
        }
      case .endOfFile, .tooLong: return restored(.serverDied)
      case .wouldBlock, nil: break
      }
      if let leavesBy, Self.now >= leavesBy { return restored(.detached(.wanted)) }
    }
  }

  /// Puts the terminal back where no process of the server's has done so soon.
  private func restored(_ outcome: Outcome) -> Outcome {
    let deadline = Self.now.advanced(by: Self.leftWithin)
    while Self.now < deadline {
      if let current = try? TerminalMode.current(of: input), current.isSame(as: mode) {
        return outcome
      }
      _ = try? poller.poll([], timeoutMilliseconds: Self.lookInterval.wholeMilliseconds)
      if Signals.take().contains(.hangup) { return outcome }
    }
    let drawsEditor = !view.isPlain && !view.isDumb
    mode.restore(
      input: input, output: output.descriptor,
      sequence: drawsEditor ? TerminalMode.resetSequence + "\r\u{1b}[J" : "")
    return outcome
  }

  private static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }
}
