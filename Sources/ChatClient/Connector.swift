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
  /// OpenSSL cannot be used.
  case security(SecureSetupError)
  /// It is not to be talked to.
  case refused(ServerRefusal)
  /// It knows no encryption, which took the one connection that it had.
  case servesOnce
}

/// Connects to the first address of a host that answers.
enum Connector {
  /// Tries the addresses in getaddrinfo's order (RFC 6724) until one answers.
  /// Each gets its share of the time that is left, so that one that swallows
  /// packets does not keep the next from being tried.
  /// `limit` is over all of them.
  ///
  /// - Returns: the connected socket.
  /// - Throws: ``ConnectError``.
  static func connect(
    to host: String, port: UInt16, family: AddressFamily?, within limit: Duration,
    _ terminal: ConnectingTerminal
  ) throws(ConnectError) -> FileDescriptor {
    let deadline = Clock.monotonicMilliseconds() + limit.wholeMilliseconds
    let addresses: [SocketAddress]
    do {
      addresses = try Resolver.resolve(host, port: port, family: family)
    } catch {
      throw .unknownHost(error)
    }
    var failure: ConnectError = .timedOut(after: limit)
    for (index, address) in addresses.enumerated() {
      let left = deadline - Clock.monotonicMilliseconds()
      if left <= 0 { break }
      let share = Duration.milliseconds(left / Int64(addresses.count - index))
      do throws(SystemCallError) {
        if let socket = try connect(to: address, within: share, terminal) { return socket }
      } catch {
        failure = .unreachable(address, error)
      }
      if let signal = takeInterruption() { throw .interrupted(signal) }
    }
    throw failure
  }

  /// A connected socket; `nil` when the time ran out.
  private static func connect(
    to address: SocketAddress, within limit: Duration, _ terminal: ConnectingTerminal
  ) throws(SystemCallError) -> FileDescriptor? {
    let attempt = try Connecting.start(to: address)
    let deadline = Clock.monotonicMilliseconds() + limit.wholeMilliseconds
    while attempt.state == .inProgress {
      let left = deadline - Clock.monotonicMilliseconds()
      let ready = try terminal.poll(
        Interest(attempt.descriptor, read: false, write: true), timeoutMilliseconds: left)
      if !ready.isEmpty { break }
      if left <= 0 || isInterrupted {
        attempt.cancel()
        return nil
      }
    }
    return try attempt.finish()
  }

  /// Waits until something can be read of `socket`.
  ///
  /// - Returns: false when the time is over.
  static func wait(
    for socket: FileDescriptor, until deadline: Instant, _ terminal: ConnectingTerminal
  ) throws(ConnectError) -> Bool {
    while true {
      let left = deadline.milliseconds - Clock.monotonicMilliseconds()
      // ENOMEM passes; asking again is all there is to do.
      let ready = try? terminal.poll(Interest(socket), timeoutMilliseconds: left)
      if let signal = takeInterruption() { throw .interrupted(signal) }
      if ready?.isEmpty == false { return true }
      if left <= 0 { return false }
    }
  }

  /// The signal that wants this program to stop, once it has come.
  nonisolated(unsafe) private static var interruption: ChatPosix.Signal?

  private static var isInterrupted: Bool {
    interruption = interruption ?? Signals.take().first { $0.stops }
    return interruption != nil
  }

  private static func takeInterruption() -> ChatPosix.Signal? {
    defer { interruption = nil }
    return isInterrupted ? interruption : nil
  }
}
