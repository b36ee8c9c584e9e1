import ChatSecure
import Glibc

/// A listening socket that answers with exactly the bytes it is told to.
public final class FakeServer {
  /// -1 while it does not listen.
  private var descriptor: Int32
  public let port: UInt16
  /// Of one that speaks TLS; another may take its place.
  package var key: PrivateKey?

  public convenience init() throws { try self.init(key: nil) }

  /// With a `key`, it shakes hands with whoever connects.
  package init(key: PrivateKey?) throws {
    self.key = key
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.descriptor = descriptor
    port = try Self.listening(descriptor, at: 0)
  }

  private static func listening(_ descriptor: Int32, at port: UInt16) throws -> UInt16 {
    var isOn: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
    guard Loopback.with(port: port, { bind(descriptor, $0, $1) }) == 0,
      listen(descriptor, 8) == 0
    else {
      throw HarnessFailure("a fake server: \(String(cString: strerror(errno)))")
    }
    Descriptor.setNonBlocking(descriptor)
    return self.port(of: descriptor)
  }

  /// Refuses whoever connects, as a server that is being started again.
  public func pause() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  /// Listens once more, on the same port.
  public func goOn() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.descriptor = descriptor
    _ = try Self.listening(descriptor, at: port)
  }

  deinit { pause() }

  /// The next that connects.
  public func accept(within seconds: Double = Deadline.usual) throws -> PeerSocket {
    guard Deadline(seconds: seconds).wait(for: descriptor, atMost: .max / 2) else {
      throw HarnessFailure("nobody connected within \(seconds) s")
    }
    let connection = Glibc.accept(descriptor, nil, nil)
    guard connection >= 0 else {
      throw HarnessFailure("accept: \(String(cString: strerror(errno)))")
    }
    guard let key else { return PeerSocket(descriptor: connection) }
    Descriptor.setNonBlocking(connection)
    return try SecureServerSocket(descriptor: connection, key: key)
  }

  /// The next that has connected, in clear; `nil` when there is none.
  public func acceptIfThere() -> PeerSocket? {
    let connection = Glibc.accept(descriptor, nil, nil)
    return connection < 0 ? nil : PeerSocket(descriptor: connection)
  }

  static func port(of descriptor: Int32) -> UInt16 {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length)
      }
    }
    return UInt16(bigEndian: address.sin_port)
  }

  /// A port that nobody listens at. Another program may take it at any
  /// moment: try again when it is taken.
  public static func freePort() throws -> UInt16 {
    try FakeServer().port
  }
}
