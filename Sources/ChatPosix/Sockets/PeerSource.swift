import Glibc

/// Where peers come from, as far as one of them can have it alone: an address of
/// IPv4, or a network of 64 bits of IPv6, which is what a single line is given
/// (RFC 6177). What one of them costs is counted for all of it.
public struct PeerSource: Hashable, Sendable, CustomStringConvertible {
  private let isIPv4: Bool
  /// The address, or the network's first 64 bits.
  private let prefix: UInt64

  public init(ipv4 address: UInt32) {
    isIPv4 = true
    prefix = UInt64(address)
  }

  public init(ipv6Network prefix: UInt64) {
    isIPv4 = false
    self.prefix = prefix
  }

  /// `192.0.2.7`, `2001:db8:0:1::/64`.
  public var description: String {
    if isIPv4 {
      return (0..<4).reversed().map { "\((prefix >> ($0 * 8)) & 0xff)" }.joined(separator: ".")
    }
    return (0..<4).reversed().map { String((prefix >> ($0 * 16)) & 0xffff, radix: 16) }
      .joined(separator: ":") + "::/64"
  }
}

extension SocketAddress {
  /// What an IPv4 peer of a dual-stack socket comes from is its IPv4 address.
  public var source: PeerSource {
    withSockaddr { address, length in
      let bytes = UnsafeRawBufferPointer(start: address, count: Int(length))
      // sin_addr is the fifth byte of sockaddr_in and on, sin6_addr the ninth of
      // sockaddr_in6: ip(7), ipv6(7).
      if Int32(address.pointee.sa_family) == AF_INET {
        return PeerSource(ipv4: UInt32(truncatingIfNeeded: Self.number(bytes[4..<8])))
      }
      let host = bytes[8..<24]
      let isMapped =
        host.prefix(10).allSatisfy { $0 == 0 }
        && host.dropFirst(10).prefix(2)
          .allSatisfy { $0 == 0xff }
      return isMapped
        ? PeerSource(ipv4: UInt32(truncatingIfNeeded: Self.number(host.suffix(4))))
        : PeerSource(ipv6Network: Self.number(host.prefix(8)))
    }
  }

  private static func number(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
