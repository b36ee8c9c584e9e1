import CPosix
import Glibc
import SystemPackage

/// What children have started, where nothing of it is to stay.
extension ChildProcess {
  /// Whether there are any, running or not yet reaped. waitid(2) WNOWAIT; ECHILD without.
  public static var hasChildren: Bool {
    var info = siginfo_t()
    let outcome = try? SystemCall.perform("waitid") {
      Result(errnoFrom: waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT))
    }
    return outcome != nil
  }

  /// Kills all processes of a group of which a child of this process is a member that is not
  /// reaped yet, so that the number is of that group. kill(2)
  public static func killGroup(_ group: Int32) {
    precondition(group > 1, "kill(2) would reach every process")
    _ = SystemCall.outcome("kill") { Result(errnoFrom: Glibc.kill(-group, SIGKILL)) }
  }

  /// Kills all children of this process and reaps them, and with
  /// ``ProcessID/adoptOrphans()`` theirs, until none is left. Returns when the last is gone,
  /// which may wait for the kernel.
  ///
  /// - Parameter known: a group whose members go at once, as does each group that a child
  ///   leads: what forks without end does not get away.
  public static func endAll(alsoGroup known: Int32) {
    while true {
      let running = children
      for child in running {
        let group = getpgid(child)
        if group > 1, group == child || group == known { killGroup(group) }
        kill(child)
      }
      var status: Int32 = 0
      let outcome = try? SystemCall.perform("waitpid") {
        // Where they cannot be listed they were not killed either.
        Result(errnoFrom: waitpid(-1, &status, running.isEmpty ? WNOHANG : 0))
      }
      guard let child = outcome, child > 0 else { return }
    }
  }

  /// The first hundreds of them, dead ones too. proc_tid_children(5); none without /proc.
  private static var children: [Int32] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    guard let file = try? FileDescriptor.open("/proc/thread-self/children", .readOnly) else {
      return []
    }
    defer { file.closeOnce() }
    guard case .bytes(let count)? = try? file.readAvailable(into: &bytes),
      // A space follows each number; the last one may be cut.
      let end = bytes[..<count].lastIndex(of: UInt8(ascii: " "))
    else { return [] }
    return String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ").compactMap {
      Int32($0)
    }
  }
}
