import Glibc
import SystemPackage

/// Why what a service manager passed cannot be listened at.
public enum ActivationError: Error, Hashable, Sendable {
  /// A variable whose value is none: its name, and that value.
  case unreadable(String, value: String)
  /// Not one socket but so many.
  case several(Int)
  /// There is no such descriptor.
  case notOpen
  /// It is no TCP socket that listens.
  case notListening
  case system(SystemCallError)
}

/// A socket that the service manager listens at and has passed: sd_listen_fds(3).
public enum ActivatedSocket {
  /// The first descriptor that is passed, SD_LISTEN_FDS_START.
  static let first = FileDescriptor(rawValue: 3)

  /// Takes the socket that was passed to this process and the variables that say so, which
  /// no child of this process is to read. Before anything else is opened.
  ///
  /// - Returns: `nil` where nothing was passed, or to another process.
  /// - Throws: ``ActivationError``.
  public static func take() throws(ActivationError) -> ListeningSocket? {
    let process = Environment.value(of: "LISTEN_PID")
    let count = Environment.value(of: "LISTEN_FDS")
    for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"] {
      Environment.remove(name)
    }
    guard let count = try Self.count(process: process, count: count, own: ProcessID.current)
    else { return nil }
    if count != 1 { throw .several(count) }
    return try adopt(first)
  }

  /// How many were passed to the process `own`; `nil`: none, or to another.
  static func count(process: String?, count: String?, own: Int32) throws(ActivationError) -> Int? {
    // Both or nothing: where one is missing, they are not for us.
    guard let process, let count else { return nil }
    guard let number = decimal(process), number <= Int(Int32.max) else {
      throw .unreadable("LISTEN_PID", value: process)
    }
    guard number == Int(own) else { return nil }
    // So many descriptors there can be at most: proc_sys_fs(5), nr_open.
    guard let number = decimal(count), number <= 1 << 30 else {
      throw .unreadable("LISTEN_FDS", value: count)
    }
    return number
  }

  /// From 1, digits alone.
  private static func decimal(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(text), number >= 1
    else { return nil }
    return number
  }

  /// Makes a socket that somebody else opened one of ours, where it is one that listens.
  ///
  /// - Throws: ``ActivationError``.
  static func adopt(_ descriptor: FileDescriptor) throws(ActivationError) -> ListeningSocket {
    guard descriptor.isOpen else { throw .notOpen }
    do throws(SystemCallError) {
      let families = [AF_INET, AF_INET6]
      guard try descriptor.option(SOL_SOCKET, SO_TYPE) == Int32(SOCK_STREAM.rawValue),
        try families.contains(descriptor.option(SOL_SOCKET, SO_DOMAIN)),
        try descriptor.option(SOL_SOCKET, SO_ACCEPTCONN) == 1
      else { throw SystemCallError(call: "getsockopt", errno: .notSocket) }
      try descriptor.setCloseOnExec()
      try descriptor.setNonBlocking()
      let address = try descriptor.localAddress()
      return ListeningSocket(
        descriptor: descriptor, boundPort: address.port, address: address.isAny ? nil : address.host
      )
    } catch {
      if error.errno == .notSocket { throw .notListening }
      throw .system(error)
    }
  }
}
