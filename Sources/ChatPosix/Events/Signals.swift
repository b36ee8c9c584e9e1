import CPosix
import Glibc
import SystemPackage

/// Signals as values: a handler sets a flag, ``Poller`` is woken, the loop takes
/// the flags.
public enum Signals {
  /// Blocks `signals` on this thread, catches them, and ignores SIGPIPE (a
  /// write to a peer that is gone throws `EPIPE`). From now on they are seen by
  /// ``take()`` only, and wake nothing but ``Poller``. Call it before the first
  /// fork; children inherit it.
  ///
  /// SIGHUP and SIGTSTP stay ignored when this program was started so, by
  /// nohup(1) or by a shell without job control.
  public static func install(_ signals: [Signal]) throws(SystemCallError) {
    try ignoreBrokenPipe()
    // A write past the file size limit is an error like any other (EFBIG), and
    // no reason to die. setrlimit(2).
    _ = try SystemCall.perform("sigaction") { Result(errnoFrom: cposix_ignore_sigxfsz()) }
    let numbers = signals.map(\.number)
    _ = try SystemCall.perform("sigaction") {
      Result(errnoFrom: cposix_signals_install(numbers, Int32(numbers.count)))
    }
  }

  /// The signals that came since the last call, each once however often it
  /// came, in the order of ``Signal``'s cases.
  public static func take() -> [Signal] {
    Signal.allCases.filter { cposix_signals_take($0.number) }
  }

  /// Forgets the signals that the parent had not taken yet; handlers and mask
  /// stay. First thing in a forked child.
  public static func resetInChild() {
    cposix_signals_clear()
  }

  /// Makes a write to a closed pipe or socket throw `EPIPE` rather than kill.
  /// ``install(_:)`` does this too.
  public static func ignoreBrokenPipe() throws(SystemCallError) {
    _ = try SystemCall.perform("sigaction") { Result(errnoFrom: cposix_ignore_sigpipe()) }
  }

  /// Sends `signal` to a process; false when there is none of that number any
  /// more. kill(2).
  @discardableResult
  public static func send(_ signal: Signal, to process: Int32) throws(SystemCallError) -> Bool {
    precondition(process > 0, "kill(2) would reach more than one process")
    do {
      _ = try SystemCall.perform("kill") {
        Result(errnoFrom: Glibc.kill(process, signal.number))
      }
      return true
    } catch {
      if error.errno == .noSuchProcess { return false }
      throw error
    }
  }

  /// Stops every process of this process group as Ctrl-Z would, this one
  /// included, and returns once it is continued; ``take()`` does not report that
  /// again. A conversation that reads Ctrl-Z as a key must stop the listener
  /// too, or the shell does not get its terminal back. Restore the terminal
  /// before, enter raw mode again after. In an orphaned process group, where
  /// nobody could continue it, returns at once. kill(2).
  public static func stopProcessGroup() {
    cposix_stop_group()
  }
}

extension Signals {
  /// Has this process go on whichever of these comes. sigaction(2) SIG_IGN.
  public static func ignore(_ signals: [Signal]) throws(SystemCallError) {
    for signal in signals {
      _ = try SystemCall.perform("sigaction") { Result(errnoFrom: cposix_ignore(signal.number)) }
    }
  }

  /// Leaves Ctrl-C to a program that this one waits for, such as a pager,
  /// which is in the same process group and gets it too. signal(2)
  /// SIG_IGN.
  public static func leaveInterruptToChild() {
    signal(SIGINT, SIG_IGN)
  }
}

/// Signals that mean a bug: SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE.
public enum FatalSignals {
  /// From now on such a signal first puts the terminal back (if a
  /// ``RawTerminal`` is raw), then kills this process as it would have done.
  /// Call it once, in `main`; children inherit it.
  public static func install() throws(SystemCallError) {
    _ = try SystemCall.perform("sigaction") { Result(errnoFrom: cposix_fatal_install()) }
  }
}
