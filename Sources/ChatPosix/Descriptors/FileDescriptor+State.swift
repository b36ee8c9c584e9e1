import CPosix
import Glibc
import SystemPackage

extension FileDescriptor {
  /// Whether this is a terminal. isatty(3).
  public var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Turns `O_NONBLOCK` on or off. fcntl(2).
  ///
  /// Never for a terminal, nor for standard input, output and error: the flag
  /// belongs to the open file description, which the shell and its other
  /// programs share; but to put it back as it was.
  public func setNonBlocking(_ on: Bool = true) throws(SystemCallError) {
    _ = try SystemCall.perform("fcntl") {
      Result(errnoFrom: cposix_set_nonblocking(rawValue, on))
    }
  }

  /// Whether there is such a descriptor. fcntl(2) F_GETFD.
  var isOpen: Bool { cposix_is_open(rawValue) != -1 }

  /// No program that this process becomes or starts has it. fcntl(2) FD_CLOEXEC.
  func setCloseOnExec() throws(SystemCallError) {
    _ = try SystemCall.perform("fcntl") { Result(errnoFrom: cposix_close_on_exec(rawValue)) }
  }

  /// Whether `O_NONBLOCK` is set. fcntl(2).
  public var isNonBlocking: Bool { cposix_is_nonblocking(rawValue) == 1 }

  /// Closes this descriptor, once. close(2).
  ///
  /// Errors are dropped: Linux has let go of the descriptor whatever close
  /// answers, so there is nothing left to do about one; a repeat after `EINTR`
  /// could close what another open has just been given.
  public func closeOnce() {
    _ = SystemCall.outcome("close") { Result(catchingErrno: { try close() }) }
  }
}

/// The three descriptors every program starts with.
public enum StandardDescriptors {
  /// Opens `/dev/null` in place of those of 0, 1 and 2 that are closed, so that
  /// no socket or database becomes standard output by getting its number.
  /// Call it first thing in `main`.
  ///
  /// - Returns: those that were closed.
  @discardableResult
  public static func ensureOpen() throws(SystemCallError) -> [FileDescriptor] {
    var closed: [FileDescriptor] = []
    for descriptor: Int32 in 0...2 where cposix_is_open(descriptor) == -1 {
      closed.append(FileDescriptor(rawValue: descriptor))
      // The lowest free number is the one asked for, as those below are open.
      _ = try SystemCall.perform("open") {
        Result<FileDescriptor, Errno>(catchingErrno: {
          try FileDescriptor.open("/dev/null", .readWrite, retryOnInterrupt: false)
        })
      }
    }
    return closed
  }

  /// In a forked child: `/dev/null` in the place of all three, so that nobody at the other
  /// end of a pipe waits for this process, and nothing else open but `kept`. dup2(2),
  /// close_range(2).
  ///
  /// - Throws: ``SystemCallError``: `ENOENT` where there is no /dev, `ENOSYS` before Linux
  ///   5.9.
  public static func leave(but kept: FileDescriptor) throws(SystemCallError) {
    let null = try openNull()
    try replace(input: null, output: null, error: null)
    _ = try SystemCall.perform("close_range") {
      Result(errnoFrom: cposix_close_others(kept.rawValue))
    }
  }

  /// `/dev/null`, to stand in for 0, 1 and 2. null(4).
  ///
  /// - Throws: ``SystemCallError``: `ENOENT` where there is no /dev, `EMFILE`.
  public static func openNull() throws(SystemCallError) -> FileDescriptor {
    try SystemCall.perform("open") {
      Result<FileDescriptor, Errno>(catchingErrno: {
        try FileDescriptor.open(
          "/dev/null", .readWrite, options: .closeOnExec, retryOnInterrupt: false)
      })
    }
  }

  /// Makes 0, 1 and 2 lead where these do, which stay open; what they led to
  /// before is closed. dup2(2).
  ///
  /// - Throws: ``SystemCallError``: `EBUSY`.
  public static func replace(
    input: FileDescriptor, output: FileDescriptor, error: FileDescriptor
  ) throws(SystemCallError) {
    for (number, source) in [input, output, error].enumerated() {
      _ = try SystemCall.perform("dup2") {
        Result(errnoFrom: dup2(source.rawValue, Int32(number)))
      }
    }
  }
}
