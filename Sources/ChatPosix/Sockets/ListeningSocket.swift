import CPosix
import Glibc
import SystemPackage

/// Why a server cannot listen.
public enum ListenError: Error, Hashable, Sendable {
  /// The address to listen at has no address.
  case unresolved(ResolveError)
  /// `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, ….
  case system(SystemCallError)
}

/// What one accept gave.
public enum AcceptResult: Hashable, Sendable {
  /// A peer's socket, non-blocking and closed on exec, and where it comes from.
  case accepted(FileDescriptor, SocketAddress)
  /// Nobody is waiting.
  case wouldBlock
  /// This time it failed for a reason that passes: the peer went away again,
  /// or descriptors or memory are short. With `EMFILE` and the like the peer
  /// stays in the backlog and poll goes on reporting it, so leave this socket
  /// out of the poll for a moment (100 ms will do).
  case retryLater(Errno)
}

/// A TCP socket on which peers arrive, non-blocking and closed on exec.
public struct ListeningSocket: Sendable {
  /// The length of the queue of connections that nobody has accepted yet. The
  /// kernel cuts it to net.core.somaxconn, 4096 by default; 128 is plenty for a
  /// listener that accepts at once.
  public static let defaultBacklog: Int32 = 128

  /// To poll on.
  public let descriptor: FileDescriptor
  /// The port, also when 0 (any free one) was asked for.
  public let boundPort: UInt16
  /// The address that alone is listened at, numeric; `nil` where it is any, or was not asked
  /// for by one.
  public var address: String?

  /// Listens on `port` (0: any free one) at `address`, a name or a numeric
  /// IPv4 or IPv6 address; nil means every address of the machine, IPv4 and
  /// IPv6 on one socket where there is IPv6. listen(2), ipv6(7).
  ///
  /// - Throws: ``ListenError``.
  public static func open(
    port: UInt16, address: String? = nil, backlog: Int32 = defaultBacklog
  ) throws(ListenError) -> ListeningSocket {
    guard let address else {
      do {
        return try openAny(port: port, backlog: backlog)
      } catch {
        throw .system(error)
      }
    }
    let candidates: [SocketAddress]
    do {
      candidates = try Resolver.resolve(address, port: port, flags: AI_PASSIVE)
    } catch {
      throw .unresolved(error)
    }
    var failure: SystemCallError?
    for candidate in candidates {
      do {
        return try open(at: candidate, backlog: backlog, dualStack: false)
      } catch {
        failure = failure ?? error
      }
    }
    guard let failure else { fatalError("the resolver answered with no address and no error") }
    throw .system(failure)
  }

  /// Takes the next peer from the queue. accept4(2).
  ///
  /// - Throws: ``SystemCallError``, only for what will not pass.
  public func accept() throws(SystemCallError) -> AcceptResult {
    var storage = sockaddr_storage()
    var length: socklen_t = 0
    let number: Int32?
    do {
      number = try SystemCall.performUnlessBlocking("accept4") {
        Result(errnoFrom: cposix_accept(descriptor.rawValue, &storage, &length))
      }
    } catch {
      if Self.passing.contains(error.errno) { return .retryLater(error.errno) }
      throw error
    }
    guard let number else { return .wouldBlock }
    let peer = FileDescriptor(rawValue: number)
    guard let address = SocketAddress(storage, length: length) else {
      // Linux gives no address for a peer that has gone again already.
      peer.closeOnce()
      return .retryLater(.connectionAbort)
    }
    return .accepted(peer, address)
  }

  public func close() { descriptor.closeOnce() }

  /// accept(2), ERRORS: shortages, and what is "already pending on the new
  /// socket" and says nothing about the listening one.
  private static let passing: Set<Errno> = Set(
    [
      ECONNABORTED, EMFILE, ENFILE, ENOBUFS, ENOMEM, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT,
      EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH, ENOSR, ESOCKTNOSUPPORT,
      EPROTONOSUPPORT, ETIMEDOUT,
    ].map { Errno(rawValue: $0) })

  /// Every address of the machine; IPv4 alone where the kernel has no IPv6
  /// (no such socket) or it is turned off (no such address).
  private static func openAny(
    port: UInt16, backlog: Int32
  ) throws(SystemCallError) -> ListeningSocket {
    do {
      return try open(at: wildcard("::", port), backlog: backlog, dualStack: true)
    } catch {
      let noIPv6: [Errno] = [.addressFamilyNotSupported, .addressNotAvailable]
      guard noIPv6.contains(error.errno) else { throw error }
      return try open(at: wildcard("0.0.0.0", port), backlog: backlog, dualStack: false)
    }
  }

  private static func wildcard(_ host: String, _ port: UInt16) -> SocketAddress {
    guard
      let address = try? Resolver.resolve(host, port: port, flags: AI_NUMERICHOST).first
    else { fatalError("the C library cannot read the address \(host)") }
    return address
  }

  private static func open(
    at address: SocketAddress, backlog: Int32, dualStack: Bool
  ) throws(SystemCallError) -> ListeningSocket {
    let number = try SystemCall.perform("socket") {
      Result(errnoFrom: cposix_stream_socket(address.family))
    }
    let socket = FileDescriptor(rawValue: number)
    do {
      // A server that starts again must not wait for old connections in
      // TIME_WAIT; Linux still refuses a port that somebody listens on.
      try socket.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
      if address.family == AF_INET6 {
        try socket.setOption(Int32(IPPROTO_IPV6), IPV6_V6ONLY, dualStack ? 0 : 1)
      }
      _ = try SystemCall.perform("bind") {
        Result(errnoFrom: address.withSockaddr { Glibc.bind(number, $0, $1) })
      }
      _ = try SystemCall.perform("listen") { Result(errnoFrom: Glibc.listen(number, backlog)) }
      return ListeningSocket(descriptor: socket, boundPort: try socket.localAddress().port)
    } catch {
      socket.closeOnce()
      throw error
    }
  }
}
