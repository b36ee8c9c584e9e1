import ChatCore
import ChatPosix

/// The terminal, for the program's loop.
extension OperatorDesk {
  /// What to poll for; `reading`: keys, too.
  package func interests(for conversation: Conversation?, reading: Bool = true) -> [Interest] {
    terminal.interests(
      readingInput: reading && (!terminal.sharesInput || takesInput(for: conversation)))
  }

  /// Whether the terminal is gone, of which the end of its input says nothing where it gives
  /// lines: Ctrl-D is one, too. Of a terminal that was attached as one.
  package var hasLostTerminal: Bool { terminal.isHungUp || !terminal.inputIsTerminal }

  /// Whether something was typed that is not read.
  package var hasKeys: Bool { terminal.isReadable }

  /// Reads what was typed, once poll(2) says that there is something.
  package func read(at now: Instant) { terminal.read(at: now) }

  /// When a key was last pressed.
  package var lastInput: Instant? { terminal.lastInput }

  package func tick(at now: Instant) {
    terminal.tick(at: now)
    if let count = peerNotices.takeLeftOut(at: now) { notify(.leftOut(count: count)) }
  }

  /// Writes what can be written now.
  package func flush() {
    if !isBacklogged { saySomeWereLeftOut() }
    for line in terminal.console.takeTypedLines() { options.typedLines?.append(line) }
    terminal.flush()
  }

  /// Whether the screen is so far behind that the peer should be left unread.
  package var isBacklogged: Bool { terminal.isBacklogged }

  /// Whether all that was shown is written.
  package var isWritten: Bool { terminal.isWritten }

  /// Whether nobody reads the output any more.
  package var outputIsGone: Bool { terminal.outputIsGone }

  /// Whether the terminal that this desk had is gone: its window was closed.
  package var isHungUp: Bool { terminal.isHungUp }

  /// Why the output takes nothing, where that is not for want of a reader.
  package var outputFailure: Errno? { terminal.outputFailure }

  /// Does what a signal means for the terminal, which is nothing for most.
  package func take(_ signal: Signal, at now: Instant) {
    switch signal {
    case .windowChange: terminal.resize(at: now)
    case .continued: terminal.resume()
    case .terminalStop: suspend()
    case .interrupt, .terminate, .hangup, .quit, .childChanged, .restart: break
    }
  }

  /// Ctrl-Z. The whole job stops, as it would without raw mode: the shell
  /// waits for all of `chatclient … | tee log`.
  package func suspend() {
    terminal.suspend()
    Signals.stopProcessGroup()
    terminal.resume()
  }

  /// Leaves the terminal as it was, for good.
  ///
  /// - Parameter limit: what the last rows may take to a slow reader.
  /// - Returns: false when it took nothing for so long that they are not on it.
  package func close(within limit: Duration? = nil) -> Bool {
    saySomeWereLeftOut()
    return terminal.finish(within: limit ?? OperatorTerminal.lastWordsWithin)
  }
}
