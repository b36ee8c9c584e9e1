import CPosix
import Glibc
import SystemPackage

/// The service manager that started this program, to which it says how it does:
/// sd_notify(3), sd_watchdog_enabled(3). One datagram each, of which nobody waits for one:
/// what finds no room is lost.
public struct ServiceManager: Hashable, Sendable {
  /// Half of the time after which the manager takes this process for dead that does not
  /// report; `nil`: it does not look.
  public let watchdogInterval: Duration?
  /// Of an AF_UNIX socket; the first byte of an abstract one is NUL. unix(7)
  let path: [UInt8]

  /// Takes what the environment says of it, so that no child of this process reads that.
  ///
  /// - Returns: `nil` where there is none, or only one that cannot be reached so.
  public static func take() -> ServiceManager? {
    let names = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]
    let values = names.map { Environment.value(of: $0) }
    for name in names { Environment.remove(name) }
    return ServiceManager(
      socket: values[0], watchdog: values[1], watched: values[2], own: ProcessID.current)
  }

  init?(socket: String?, watchdog: String?, watched: String?, own: Int32) {
    guard let socket, var path = Optional(Array(socket.utf8)), path.count >= 2,
      path.count <= Self.longestPath
    else { return nil }
    switch path[0] {
    case UInt8(ascii: "/"): break
    case UInt8(ascii: "@"): path[0] = 0
    // vsock, of a virtual machine's: not for a program in it.
    default: return nil
    }
    self.path = path
    let isOwn = watched == nil || watched.flatMap { Int32($0) } == own
    if isOwn, let watchdog, let microseconds = Int64(watchdog), microseconds > 0 {
      watchdogInterval = max(.microseconds(microseconds / 2), Self.shortestInterval)
    } else {
      watchdogInterval = nil
    }
  }

  /// A process that reports more often does nothing else.
  private static let shortestInterval = Duration.milliseconds(10)
  /// What sun_path holds, without a NUL at its end; unix(7).
  private static let longestPath = 107

  /// Says these, such as `READY=1`, in one datagram. What is no text of one line is cut
  /// at its end.
  public func report(_ states: [String]) {
    let message = states.map { state in String(state.prefix { !$0.isNewline }) }
      .joined(separator: "\n")
    let bytes = Array(message.utf8)
    // Opened each time: a socket that is open is one that each child has to close.
    _ = SystemCall.outcome("sendto") {
      Result(errnoFrom: cposix_send_datagram(path, path.count, bytes, bytes.count))
    }
  }
}
