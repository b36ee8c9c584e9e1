import CPosix
import Glibc
import SystemPackage

/// Why a host has no address. The text is the C library's, for developers and
/// for the end of a user's sentence.
public struct ResolveError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The `EAI_…` code of getaddrinfo(3).
  public let code: Int32
  /// What `EAI_SYSTEM` was; of the others it means nothing.
  public let errno: Errno
  /// gai_strerror(3) of the code, or of errno for `EAI_SYSTEM`.
  public let text: String

  /// Whether a later try could go better: the name server did not answer, or
  /// memory was short. Otherwise there is no such host.
  public var isTemporary: Bool { code == EAI_AGAIN || code == EAI_MEMORY || code == EAI_SYSTEM }

  public var description: String { "getaddrinfo: \(text)" }

  public init(code: Int32, errno: Errno) {
    self.code = code
    self.errno = errno
    self.text = code == EAI_SYSTEM ? "\(errno)" : String(cString: gai_strerror(code))
  }
}

/// The two kinds of addresses. ip(7), ipv6(7).
public enum AddressFamily: Hashable, Sendable {
  case ipv4
  case ipv6
}

/// Names to addresses.
public enum Resolver {
  /// For whoever has other things to do meanwhile and will ask again: the name servers
  /// are asked once, for a second each. For this process, until the next call; also
  /// reads resolv.conf(5) again.
  public static func hurry() { cposix_hurry_resolver() }

  /// The addresses of `host` (a name, an IPv4 or an IPv6 address) for TCP, in
  /// the order in which they should be tried. Blocks while name servers are
  /// asked. Of one family where one is given. getaddrinfo(3).
  ///
  /// - Throws: ``ResolveError``.
  public static func resolve(
    _ host: String, port: UInt16, family: AddressFamily? = nil
  ) throws(ResolveError) -> [SocketAddress] {
    try resolve(host, port: port, family: family, flags: 0)
  }

  static func resolve(
    _ host: String, port: UInt16, family: AddressFamily? = nil, flags: Int32
  ) throws(ResolveError) -> [SocketAddress] {
    // C would look up what is before the NUL; the empty name is the
    // loopback to some C libraries.
    if host.isEmpty || host.utf8.contains(0) {
      throw ResolveError(code: EAI_NONAME, errno: Errno(rawValue: 0))
    }
    var hints = addrinfo()
    hints.ai_family =
      switch family {
      case .ipv4?: AF_INET
      case .ipv6?: AF_INET6
      case nil: AF_UNSPEC
      }
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    // Not AI_ADDRCONFIG: it hides ::1 on a machine whose only IPv6 is the
    // loopback. Trying one address after the other does its work.
    hints.ai_flags = AI_NUMERICSERV | flags
    var list: UnsafeMutablePointer<addrinfo>?
    var code: Int32
    repeat {
      code = getaddrinfo(host, String(port), &hints, &list)
    } while code == EAI_SYSTEM && errno == EINTR
    if code != 0 { throw ResolveError(code: code, errno: Errno(rawValue: errno)) }
    defer { freeaddrinfo(list) }

    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next {
      if let address = entry.pointee.ai_addr,
        let value = SocketAddress(address, length: entry.pointee.ai_addrlen),
        !addresses.contains(value)
      {
        addresses.append(value)
      }
      next = entry.pointee.ai_next
    }
    if addresses.isEmpty { throw ResolveError(code: EAI_NONAME, errno: Errno(rawValue: 0)) }
    return addresses
  }
}
