import Glibc
import SystemPackage

extension FileDescriptor {
  /// This end of a socket. getsockname(2).
  public func localAddress() throws(SystemCallError) -> SocketAddress {
    try address("getsockname", Glibc.getsockname)
  }

  /// The other end of a connected socket. getpeername(2).
  ///
  /// - Throws: ``SystemCallError``: `ENOTCONN` when the connection is gone.
  public func peerAddress() throws(SystemCallError) -> SocketAddress {
    try address("getpeername", Glibc.getpeername)
  }

  private func address(
    _ name: String,
    _ call: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
  ) throws(SystemCallError) -> SocketAddress {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    _ = try SystemCall.perform(name) {
      Result(
        errnoFrom: withUnsafeMutablePointer(to: &storage) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            call(rawValue, $0, &length)
          }
        })
    }
    guard let address = SocketAddress(storage, length: length) else {
      fatalError("\(name) was asked about a socket that is neither IPv4 nor IPv6")
    }
    return address
  }
}
