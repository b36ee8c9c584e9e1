import CPosix
import Glibc

/// The addresses of this machine.
public enum LocalAddresses {
  /// The addresses under which others can reach this machine, as text, IPv4
  /// before IPv6; those of the loopback when there are no others. Link-local
  /// IPv6 is left out: it means nothing without a scope. getifaddrs(3).
  public static func all() -> [String] {
    var list: UnsafeMutablePointer<ifaddrs>?
    // A banner without addresses is better than no server.
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }

    var outside: [SocketAddress] = []
    var loopback: [SocketAddress] = []
    var next = list
    while let entry = next {
      let flags = Int32(bitPattern: entry.pointee.ifa_flags)
      if flags & Int32(IFF_UP) != 0, let address = entry.pointee.ifa_addr,
        !cposix_is_link_local_v6(address), let value = SocketAddress(interface: address)
      {
        if flags & Int32(IFF_LOOPBACK) != 0 {
          loopback.append(value)
        } else {
          outside.append(value)
        }
      }
      next = entry.pointee.ifa_next
    }
    let chosen = outside.isEmpty ? loopback : outside
    let ordered =
      chosen.filter { $0.family == AF_INET } + chosen.filter { $0.family == AF_INET6 }
    return ordered.map(\.host)
  }
}

extension SocketAddress {
  /// Of an `ifa_addr`, which carries no length of its own.
  fileprivate init?(interface address: UnsafePointer<sockaddr>) {
    switch Int32(address.pointee.sa_family) {
    case AF_INET: self.init(address, length: socklen_t(MemoryLayout<sockaddr_in>.size))
    case AF_INET6: self.init(address, length: socklen_t(MemoryLayout<sockaddr_in6>.size))
    default: return nil
    }
  }
}
