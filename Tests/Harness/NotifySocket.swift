import Glibc

/// A service manager's end of sd_notify(3).
public final class NotifySocket {
  public let path: String
  private let descriptor: Int32
  /// Every line that came, in order.
  public private(set) var states: [String] = []

  /// - Parameter path: where the socket is made; abstract with `@` first.
  /// - Throws: ``HarnessFailure``.
  public init(at path: String) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
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
  }

  deinit {
    close(descriptor)
    if !path.hasPrefix("@") { unlink(path) }
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
