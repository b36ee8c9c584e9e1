import CPosix
import SystemPackage

/// What this program was started with beside its standard streams: files that a shell or a
/// supervisor has open. The program itself may be to read one (`/dev/fd/63`); no process that
/// it forks has any business with them.
public enum InheritedDescriptors {
  /// Set once, before the first fork.
  nonisolated(unsafe) private static var numbers: [Int32] = []

  /// More than shells and supervisors leave open.
  private static let most = 1024

  /// Remembers those that are open now, but what a service manager passes on purpose
  /// (``ActivatedSocket``); to be called first in a program. proc_pid_fd(5).
  public static func remember() {
    var found = [Int32](repeating: 0, count: most)
    // Without /proc there is nothing to go by.
    let count = SystemCall.outcome("opendir") {
      Result(errnoFrom: cposix_open_descriptors(&found, Int32(found.count)))
    }
    guard case .success(let count) = count else { return }
    let isActivated = Environment.value(of: "LISTEN_FDS") != nil
    numbers = found.prefix(Int(count)).filter {
      !(isActivated && $0 == ActivatedSocket.first.rawValue)
    }
  }

  /// In a forked process.
  static func closeInChild() {
    for number in numbers { FileDescriptor(rawValue: number).closeOnce() }
    numbers = []
  }
}
