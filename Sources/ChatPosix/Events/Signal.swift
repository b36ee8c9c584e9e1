import Glibc

/// The signals this program acts on. signal(7).
public enum Signal: Hashable, Sendable, CaseIterable {
  /// SIGINT
  case interrupt
  /// SIGTERM
  case terminate
  /// SIGHUP: the terminal is gone.
  case hangup
  /// SIGQUIT
  case quit
  /// SIGWINCH: the terminal has another size.
  case windowChange
  /// SIGCHLD: see ``ChildProcess/reap()``.
  case childChanged
  /// SIGCONT: running again after a stop.
  case continued
  /// SIGTSTP: asked to stop; see ``Signals/stopProcessGroup()``.
  case terminalStop
  /// SIGUSR2: end for a restart.
  case restart

  /// Whether it asks the program to end.
  public var stops: Bool {
    switch self {
    case .interrupt, .terminate, .hangup: true
    case .quit, .windowChange, .childChanged, .continued, .terminalStop, .restart: false
    }
  }

  public var number: Int32 {
    switch self {
    case .interrupt: SIGINT
    case .terminate: SIGTERM
    case .hangup: SIGHUP
    case .quit: SIGQUIT
    case .windowChange: SIGWINCH
    case .childChanged: SIGCHLD
    case .continued: SIGCONT
    case .terminalStop: SIGTSTP
    case .restart: SIGUSR2
    }
  }
}
