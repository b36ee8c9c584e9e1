import Glibc

/// How a process ended, wait(2).
public enum ExitOutcome: Hashable, Sendable {
  case exited(Int32)
  case signaled(Int32)
}

/// A program under test: the leader of a session of its own.
public class SpawnedProcess {
  public let processID: pid_t
  private var outcome: ExitOutcome?

  init(_ spawn: Spawn) throws {
    processID = try spawn.start()
  }

  /// Everything that came out so far, for a failure's text.
  public var evidence: String { "" }

  /// Takes what has come out, without waiting: a program whose output nobody
  /// reads does not end.
  public func readAvailable() {}

  public func signal(_ number: Int32) {
    kill(processID, number)
  }

  /// How it ended, if it has. Not reaped before ``end()``, so that its id, and
  /// the session's, cannot become another's.
  public func peekOutcome() -> ExitOutcome? {
    if let outcome { return outcome }
    var info = siginfo_t()
    guard waitid(P_PID, id_t(processID), &info, WEXITED | WNOHANG | WNOWAIT) == 0,
      info._sifields._sigchld.si_pid == processID
    else { return nil }
    let status = info._sifields._sigchld.si_status
    outcome = info.si_code == CLD_EXITED ? .exited(status) : .signaled(status)
    return outcome
  }

  /// Waits for its end.
  public func exitOutcome(within seconds: Double = Deadline.usual) throws -> ExitOutcome {
    try Deadline.poll("the end of \(processID). Seen:\n\(evidence)", within: seconds) {
      readAvailable()
      return peekOutcome() != nil
    }
    readAvailable()
    guard let outcome else { throw HarnessFailure("\(processID) has no outcome") }
    return outcome
  }

  /// Waits for its end by itself.
  ///
  /// - Throws: ``HarnessFailure`` when a signal killed it.
  public func exitStatus(within seconds: Double = Deadline.usual) throws -> Int32 {
    switch try exitOutcome(within: seconds) {
    case .exited(let status): return status
    case .signaled(let number):
      throw HarnessFailure("\(processID) died of signal \(number). Seen:\n\(evidence)")
    }
  }

  /// Waits until it is stopped, as Ctrl-Z does.
  public func waitUntilStopped(within seconds: Double = Deadline.usual) throws {
    try Deadline.poll("\(processID) stopped. Seen:\n\(evidence)", within: seconds) {
      readAvailable()
      return ProcessTable.entry(processID)?.state == "T"
    }
  }

  /// Processes that it started, living ones only.
  public var children: [pid_t] {
    ProcessTable.all().filter { $0.parent == processID && $0.state != "Z" }.map(\.id)
  }

  /// Those of them that ps(1) shows under this name.
  public func children(named name: String) -> [pid_t] {
    children.filter { SmallFile.read("/proc/\($0)/comm") == name + "\n" }
  }

  /// Kills the whole session and reaps.
  public func end() {
    // A process may fork while its session is being killed.
    while true {
      let living = ProcessTable.all().filter { $0.session == processID && $0.state != "Z" }
      if living.isEmpty { break }
      for process in living { kill(process.id, SIGKILL) }
      readAvailable()
    }
    _ = peekOutcome()
    var status: Int32 = 0
    waitpid(processID, &status, 0)
  }
}
