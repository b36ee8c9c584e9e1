import Glibc

/// A service manager's end of sd_notify(3).
public final class NotifySocket {
  public let path: String
  public let descriptor: Int32
  /// Every line that came, in order.
  public private(set) var states: [String] = []

  /// - Parameters:
  ///   - path: where the socket is made; abstract with `@` first.
  ///   - type: of streams, it listens, and is what no manager has.
  /// - Throws: ``HarnessFailure``.
  public init(at path: String, type: __socket_type = SOCK_DGRAM) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(path.utf8)
    if path.hasPrefix("@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard result == 0 else {
      throw HarnessFailure("bind \(path): \(String(cString: strerror(errno)))")
    }
    if type == SOCK_STREAM { listen(descriptor, 1) }
  }

  deinit {
    close(descriptor)
    if !path.hasPrefix("@") { unlink(path) }
  }

  /// Sends itself as much as there is room for.
  public func fill() {
    let sender = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(sender) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        while sendto(sender, "x", 1, Int32(MSG_DONTWAIT), $0, length) == 1 {}
      }
    }
  }

  public func readAvailable() {
    var buffer = [UInt8](repeating: 0, count: 8192)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { return }
      states += String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: "\n")
        .map(String.init)
    }
  }

  /// Reads until so many lines are `state`.
  public func waitFor(_ state: String, times: Int = 1) throws {
    try Deadline.poll("“\(state)” in \(states)") {
      readAvailable()
      return states.count { $0 == state } >= times
    }
  }
}
