import CPosix
import Glibc
import SystemPackage

/// What one read of what is there gave.
public enum ReadResult: Hashable, Sendable {
  /// So many bytes, at least one, at the front of the buffer.
  case bytes(Int)
  /// Nothing there now.
  case wouldBlock
  /// The other side has finished: nothing will come any more.
  case endOfFile
}

/// What is next to be read from a socket.
public enum PeekResult: Hashable, Sendable {
  case byte(UInt8)
  case wouldBlock
  case endOfFile
}

/// What one write of what fits now gave.
public enum WriteResult: Hashable, Sendable {
  /// So many of the bytes were taken, possibly fewer than given.
  case wrote(Int)
  /// There is no room now.
  case wouldBlock
}

extension FileDescriptor {
  /// Reads once what is there, up to the size of `buffer`, which must not be
  /// empty. On a descriptor in blocking mode (a terminal) this waits, so poll
  /// first. read(2).
  ///
  /// - Throws: ``SystemCallError``: `ECONNRESET`, `ETIMEDOUT`, `EIO` (the
  ///   terminal is gone), ….
  public func readAvailable(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemCallError) -> ReadResult {
    precondition(!buffer.isEmpty, "a read into nothing looks like end of file")
    let count = try SystemCall.performUnlessBlocking("read") {
      let limit = SystemCall.allowedCount("read", buffer.count)
      return Result(catchingErrno: {
        try read(
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<limit]),
          retryOnInterrupt: false)
      })
    }
    guard let count else { return .wouldBlock }
    return count == 0 ? .endOfFile : .bytes(count)
  }

  /// Reads once what is there, `limit` bytes at most, into the front of
  /// `bytes`, whose size does not change. See
  /// ``readAvailable(into:)-(UnsafeMutableRawBufferPointer)``.
  public func readAvailable(
    into bytes: inout [UInt8], limit: Int = .max
  ) throws(SystemCallError) -> ReadResult {
    try bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(SystemCallError) in
        try readAvailable(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(limit)))
      }
    }.get()
  }

  /// Looks at the next byte of a socket and leaves it there. recv(2) MSG_PEEK.
  ///
  /// - Throws: ``SystemCallError``: `ECONNRESET`, `ETIMEDOUT`, ….
  public func peekByte() throws(SystemCallError) -> PeekResult {
    var byte: UInt8 = 0
    let count = try SystemCall.performUnlessBlocking("recv") {
      Result(errnoFrom: cposix_peek(rawValue, &byte))
    }
    guard let count else { return .wouldBlock }
    return count == 0 ? .endOfFile : .byte(byte)
  }

  /// Writes once as many of `bytes` as fit now; `bytes` must not be empty.
  /// write(2). SIGPIPE must be ignored (``Signals/install(_:)``).
  ///
  /// - Throws: ``SystemCallError``: `EPIPE` and `ECONNRESET` when the other
  ///   side is gone, `ENOSPC`, ….
  public func writeAvailable(
    _ bytes: UnsafeRawBufferPointer
  ) throws(SystemCallError) -> WriteResult {
    precondition(!bytes.isEmpty, "a write of nothing says nothing about the descriptor")
    let count = try SystemCall.performUnlessBlocking("write") {
      let limit = SystemCall.allowedCount("write", bytes.count)
      return Result(catchingErrno: {
        try write(UnsafeRawBufferPointer(rebasing: bytes[..<limit]), retryOnInterrupt: false)
      })
    }
    return count.map(WriteResult.wrote) ?? .wouldBlock
  }

  /// As ``writeAvailable(_:)-(UnsafeRawBufferPointer)``, from an array or a
  /// slice of one.
  public func writeAvailable(_ bytes: ArraySlice<UInt8>) throws(SystemCallError) -> WriteResult {
    try bytes.withUnsafeBytes { buffer in
      Result { () throws(SystemCallError) in try writeAvailable(buffer) }
    }.get()
  }

  public func writeAvailable(_ bytes: [UInt8]) throws(SystemCallError) -> WriteResult {
    try writeAvailable(bytes[...])
  }

  /// Writes all of `bytes`, waiting for room as long as it takes. For
  /// terminals, pipes to a pager and files; never for a peer's socket, which
  /// could hold the program up for ever.
  ///
  /// - Throws: ``SystemCallError``; some of the bytes may have been written.
  public func writeAll(_ bytes: UnsafeRawBufferPointer) throws(SystemCallError) {
    var rest = bytes
    while !rest.isEmpty {
      switch try writeAvailable(rest) {
      case .wrote(let count): rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      case .wouldBlock: try waitForRoom()
      }
    }
  }

  public func writeAll(_ bytes: [UInt8]) throws(SystemCallError) {
    try bytes.withUnsafeBytes { buffer in
      Result { () throws(SystemCallError) in try writeAll(buffer) }
    }.get()
  }

  /// Writes the UTF-8 of `text` whole.
  public func writeAll(_ text: String) throws(SystemCallError) {
    try writeAll(Array(text.utf8))
  }

  /// Waits without limit until poll(2) says that a write would not block.
  private func waitForRoom() throws(SystemCallError) {
    var entry = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
    // poll, not ppoll with the signals open: a flag set here could be seen by
    // nobody until the write is done.
    _ = try SystemCall.perform("poll") { Result(errnoFrom: Glibc.poll(&entry, 1, -1)) }
  }
}
