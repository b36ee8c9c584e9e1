import Glibc

/// What pipes, terminals and sockets have in common here.
enum Descriptor {
  /// Reads until there is nothing more at the moment, or the end; `hasEnded`
  /// is set at the end of the stream, or when it broke.
  static func readAvailable(_ descriptor: Int32, hasEnded: inout Bool) -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        all += buffer[..<count]
      } else if count < 0 && errno == EINTR {
        continue
      } else {
        if count == 0 || errno != EAGAIN { hasEnded = true }
        return all
      }
    }
  }

  static func readAvailable(_ descriptor: Int32) -> [UInt8] {
    var hasEnded = false
    return readAvailable(descriptor, hasEnded: &hasEnded)
  }

  static func setNonBlocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  /// Writes what is taken at once.
  ///
  /// - Returns: how many bytes that were; none where nobody reads.
  static func writeAvailable(_ bytes: [UInt8], to descriptor: Int32) -> Int {
    max(0, bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) })
  }

  /// Writes everything; throws ``HarnessFailure`` when the other side is gone
  /// or does not read. `whileWaiting` is called when it does not: it may be
  /// waiting for us to do so.
  static func writeAll(
    _ bytes: [UInt8], to descriptor: Int32, whileWaiting: () -> Void = {}
  ) throws {
    let deadline = Deadline(seconds: Deadline.usual)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN, !deadline.isOver {
        whileWaiting()
        deadline.wait(for: descriptor, write: true, atMost: Deadline.glance)
      } else if errno != EINTR {
        throw HarnessFailure("a write failed: \(String(cString: strerror(errno)))")
      }
    }
  }
}
