import CPosix
import Glibc
import SystemPackage

/// When TCP gives a silent peer up: after 30 s without a byte it is asked every
/// 10 s, and six questions without an answer, 90 s in all, end the connection.
/// The same 90 s as the native dialect's ping. tcp(7).
enum KeepAlive {
  static let idleSeconds: Int32 = 30
  static let intervalSeconds: Int32 = 10
  static let probes: Int32 = 6
  static let deadAfterMilliseconds: Int32 = (idleSeconds + intervalSeconds * probes) * 1000
}

extension FileDescriptor {
  /// Sets what every connection to a peer has: small messages leave at once
  /// (`TCP_NODELAY`), and a dead link is noticed after roughly 90 s, whether
  /// it is silent (`SO_KEEPALIVE`) or something of ours is unacknowledged
  /// (`TCP_USER_TIMEOUT`; keepalive does not ask then). tcp(7).
  public func setPeerOptions() throws(SystemCallError) {
    let tcp = Int32(IPPROTO_TCP)
    try setOption(tcp, TCP_NODELAY, 1)
    try setOption(SOL_SOCKET, SO_KEEPALIVE, 1)
    try setOption(tcp, TCP_KEEPIDLE, KeepAlive.idleSeconds)
    try setOption(tcp, TCP_KEEPINTVL, KeepAlive.intervalSeconds)
    try setOption(tcp, TCP_KEEPCNT, KeepAlive.probes)
    try setOption(tcp, TCP_USER_TIMEOUT, KeepAlive.deadAfterMilliseconds)
  }

  /// Says that nothing more will be sent; the peer reads end of file after what
  /// is on its way, and can still be read. Does nothing when the connection is
  /// gone. shutdown(2).
  public func shutdownWrite() throws(SystemCallError) {
    do {
      _ = try SystemCall.perform("shutdown") {
        Result(errnoFrom: cposix_shutdown_write(rawValue))
      }
    } catch {
      if error.errno != .socketNotConnected { throw error }
    }
  }

  func setOption(_ level: Int32, _ name: Int32, _ value: Int32) throws(SystemCallError) {
    _ = try SystemCall.perform("setsockopt") {
      Result(errnoFrom: cposix_set_option(rawValue, level, name, value))
    }
  }

  func option(_ level: Int32, _ name: Int32) throws(SystemCallError) -> Int32 {
    var value: Int32 = 0
    _ = try SystemCall.perform("getsockopt") {
      Result(errnoFrom: cposix_get_option(rawValue, level, name, &value))
    }
    return value
  }
}
