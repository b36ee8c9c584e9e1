import ChatCore
import ChatPosix
import ChatSecure

/// Why there is no connection.
package enum ConnectError: Error {
  case unknownHost(ResolveError)
  /// Every address failed; the last reason, where there is one address the
  /// only one.
  case unreachable(SocketAddress, SystemCallError)
  case timedOut(after: Duration)
  case interrupted(ChatPosix.Signal)
  case system(SystemCallError)
  /// The process that makes connections is gone.
  case dialerDied
  /// OpenSSL cannot be used.
  case security(SecureSetupError)
  /// It is not to be talked to.
  case refused(ServerRefusal)
  /// It knows no encryption, which took the one connection that it had.
  case servesOnce
  /// There is no conversation with it that could be taken over.
  case nothingToTakeOver
}

/// Waits while there is no conversation yet, and Ctrl-C ends the program.
enum Waiting {
  /// Waits until something can be read of `socket`.
  ///
  /// - Returns: false when the time is over.
  static func wait(
    for socket: FileDescriptor, until deadline: Instant, _ terminal: ConnectingTerminal
  ) throws(ConnectError) -> Bool {
    while true {
      let now = Instant(milliseconds: Clock.monotonicMilliseconds())
      let left = deadline.duration(since: now).wholeMilliseconds
      // ENOMEM passes; asking again is all there is to do.
      let ready = try? terminal.poll(Interest(socket), timeoutMilliseconds: left)
      if let signal = Signals.take().first(where: \.stops) { throw .interrupted(signal) }
      if ready?.isEmpty == false { return true }
      if left <= 0 { return false }
    }
  }
}
