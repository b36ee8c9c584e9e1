import CPosix
import Glibc
import SystemPackage

/// Forked children. The only place in which this program forks.
public enum ChildProcess {
  /// One child that has ended.
  public struct Ended: Hashable, Sendable {
    public let processID: Int32
    public let status: ExitStatus
  }

  /// Forks; the child runs `body` and leaves with its value (0 to 255) by
  /// `_exit`, so nothing of the parent's runs or is flushed in it. fork(2).
  ///
  /// Traps when this process has more than one thread (debug builds): the child
  /// would inherit the locks that the others hold, and nobody to open them.
  ///
  /// - Returns: the child's process number; only in the parent.
  /// - Throws: ``SystemCallError``: `EAGAIN` (too many processes), `ENOMEM`.
  public static func fork(_ body: () -> Int32) throws(SystemCallError) -> Int32 {
    #if DEBUG
      if requiresSingleThread, let threads = ThreadCount.current(), threads != 1 {
        fatalError("fork with \(threads) threads: the child would inherit dead locks")
      }
    #endif
    // What stdio holds would come out twice.
    fflush(nil)
    let child = try SystemCall.perform("fork") { Result(errnoFrom: Glibc.fork()) }
    if child == 0 {
      InheritedDescriptors.closeInChild()
      _exit(body())
    }
    return child
  }

  /// Forks a child with a private socket to it; see ``fork(_:)``.
  ///
  /// - Parameter body: runs in the child, with its end of the socket.
  /// - Returns: the child's process number and this process's end of the socket.
  /// - Throws: ``SystemCallError``: `EMFILE`, `ENFILE`, `EAGAIN` (too many
  ///   processes), `ENOMEM`. Both ends are closed then.
  public static func forkWithSocket(
    _ body: (MessageSocket) -> Int32
  ) throws(SystemCallError) -> (processID: Int32, socket: MessageSocket) {
    let pair = try SocketPair.open()
    do throws(SystemCallError) {
      let child = try fork {
        pair.one.close()
        return body(pair.other)
      }
      pair.other.close()
      return (child, pair.one)
    } catch {
      pair.one.close()
      pair.other.close()
      throw error
    }
  }

  /// Takes the children that have ended, all of them, without waiting. SIGCHLD
  /// comes once for several, so this is called once for each SIGCHLD and takes
  /// what there is. waitpid(2).
  public static func reap() -> [Ended] {
    var ended: [Ended] = []
    while true {
      var status: Int32 = 0
      let outcome = try? SystemCall.perform("waitpid") {
        Result(errnoFrom: waitpid(-1, &status, WNOHANG))
      }
      // 0: the others run; an error is ECHILD: there are no others.
      guard let child = outcome, child > 0 else { return ended }
      ended.append(Ended(processID: child, status: ExitStatus(waitStatus: status)))
    }
  }

  /// Waits without limit until this child has ended. waitpid(2).
  ///
  /// - Throws: ``SystemCallError``: `ECHILD` when it is no child of ours or
  ///   was reaped before.
  public static func wait(for child: Int32) throws(SystemCallError) -> ExitStatus {
    var status: Int32 = 0
    _ = try SystemCall.perform("waitpid") { Result(errnoFrom: waitpid(child, &status, 0)) }
    return ExitStatus(waitStatus: status)
  }

  /// Kills a child that does not go by itself: SIGKILL, which it cannot catch.
  /// One that has gone already is left. kill(2).
  public static func kill(_ child: Int32) {
    precondition(child > 0, "kill(2) would reach more than one process")
    _ = SystemCall.outcome("kill") { Result(errnoFrom: Glibc.kill(child, SIGKILL)) }
  }

  #if DEBUG
    /// The tests run on several threads and turn this off.
    nonisolated(unsafe) static var requiresSingleThread = true
  #endif
}

/// How a child ended. wait(2).
public enum ExitStatus: Hashable, CustomStringConvertible, Sendable {
  /// It left with this code, 0 to 255.
  case exited(Int32)
  /// This signal killed it.
  case signaled(Int32, coreDumped: Bool)

  /// For a sentence: `exit status 3`, `signal 9`.
  public var description: String {
    switch self {
    case .exited(let status): "exit status \(status)"
    case .signaled(let signal, _): "signal \(signal)"
    }
  }

  /// Of the status that waitpid gave, without `WUNTRACED` and `WCONTINUED`: so
  /// it is one of the two.
  init(waitStatus status: Int32) {
    if cposix_wifexited(status) {
      self = .exited(cposix_wexitstatus(status))
    } else {
      self = .signaled(cposix_wtermsig(status), coreDumped: cposix_wcoredump(status))
    }
  }
}
