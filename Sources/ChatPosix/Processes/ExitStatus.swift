import CPosix

/// How a child ended. wait(2).
public enum ExitStatus: Hashable, Sendable {
  /// It left with this code, 0 to 255.
  case exited(Int32)
  /// This signal killed it.
  case signaled(Int32, coreDumped: Bool)

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
