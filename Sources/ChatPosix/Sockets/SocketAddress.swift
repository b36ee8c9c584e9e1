import CPosix
import Glibc

/// The address of one end of a TCP connection.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// The numeric address as text, such as `192.0.2.7`, `2001:db8::7` or
  /// `fe80::1%eth0`. An IPv4 peer of a dual-stack socket is shown as IPv4.
  public let host: String
  public let port: UInt16

  /// The `sockaddr` as the kernel gave or wants it.
  public let bytes: [UInt8]

  public static func == (left: SocketAddress, right: SocketAddress) -> Bool {
    left.host == right.host && left.port == right.port
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(host)
    hasher.combine(port)
  }

  /// `127.0.0.1:50112`, `[::1]:50112`.
  public var description: String { Self.text(host: host, port: Int(port)) }

  /// A host, by name or numeric address, with a port: RFC 3986 section 3.2.2
  /// puts an IPv6 address in brackets.
  public static func text(host: String, port: Int) -> String {
    host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Whether it stands for every address of the machine. ip(7), ipv6(7)
  var isAny: Bool { host == "0.0.0.0" || host == "::" }

  /// `AF_INET` or `AF_INET6`.
  var family: Int32 {
    withSockaddr { address, _ in Int32(address.pointee.sa_family) }
  }

  /// Nil when `address` is neither IPv4 nor IPv6, or too short for what it
  /// says to be.
  init?(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
    let smallest: Int
    switch Int32(address.pointee.sa_family) {
    case AF_INET: smallest = MemoryLayout<sockaddr_in>.size
    case AF_INET6: smallest = MemoryLayout<sockaddr_in6>.size
    default: return nil
    }
    guard Int(length) >= smallest else { return nil }

    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var service = [CChar](repeating: 0, count: Int(NI_MAXSERV))
    let flags = NI_NUMERICHOST | NI_NUMERICSERV
    let code = getnameinfo(
      address, length, &host, socklen_t(host.count), &service, socklen_t(service.count), flags)
    guard code == 0, let port = UInt16(Self.text(service)) else { return nil }
    // Where it is not mapped, `host` stays as it is.
    _ = cposix_v4_mapped_text(address, &host, socklen_t(host.count))

    self.host = Self.text(host)
    self.port = port
    self.bytes = Array(UnsafeRawBufferPointer(start: address, count: Int(length)))
  }

  /// What ``bytes`` gave, by another process; `nil` for what is not that.
  public init?(bytes: [UInt8]) {
    guard bytes.count <= MemoryLayout<sockaddr_storage>.size else { return nil }
    var storage = sockaddr_storage()
    withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes) }
    self.init(storage, length: socklen_t(bytes.count))
  }

  /// Nil when `storage` holds neither IPv4 nor IPv6.
  init?(_ storage: sockaddr_storage, length: socklen_t) {
    let made = withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        SocketAddress($0, length: length)
      }
    }
    guard let made else { return nil }
    self = made
  }

  func withSockaddr<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
    var storage = sockaddr_storage()
    let length = min(bytes.count, MemoryLayout<sockaddr_storage>.size)
    withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes.prefix(length)) }
    return withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
    }
  }

  private static func text(_ characters: [CChar]) -> String {
    let bytes = characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
