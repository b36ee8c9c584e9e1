import CPosix
import SystemPackage

/// A directory of this user's in which nobody else can put anything, kept open: what is
/// looked at is what is used, whatever its path leads to later.
public struct OwnDirectory: Sendable {
  public enum Fault: Error, Hashable, Sendable {
    /// Nothing is there.
    case missing
    /// It is something else: a link, too, which may lead elsewhere tomorrow.
    case notDirectory
    /// It is another user's.
    case notOwn
    /// Others may write in it.
    case exposed
    case system(SystemCallError)
  }

  let descriptor: FileDescriptor

  /// open(2) O_PATH with O_NOFOLLOW, stat(2).
  ///
  /// - Throws: ``Fault``.
  public static func open(_ path: String) throws(Fault) -> OwnDirectory {
    do throws(SystemCallError) {
      guard let status = try FileStatus(of: FilePath(path), followingLinks: false) else {
        throw SystemCallError(call: "stat", errno: .noSuchFileOrDirectory)
      }
      guard status.kind == .directory else {
        throw SystemCallError(call: "stat", errno: .notDirectory)
      }
    } catch {
      switch error.errno {
      case .noSuchFileOrDirectory: throw .missing
      case .notDirectory, .tooManySymbolicLinkLevels: throw .notDirectory
      default: throw .system(error)
      }
    }
    let descriptor: FileDescriptor
    do throws(SystemCallError) {
      descriptor = FileDescriptor(
        rawValue: try SystemCall.perform("open") {
          Result(errnoFrom: path.withCString { cposix_open_directory($0) })
        })
    } catch {
      throw .system(error)
    }
    do throws(Fault) {
      try check(descriptor)
      return OwnDirectory(descriptor: descriptor)
    } catch {
      descriptor.closeOnce()
      throw error
    }
  }

  /// Looks at what is open.
  private static func check(_ descriptor: FileDescriptor) throws(Fault) {
    let status: FileStatus?
    do throws(SystemCallError) {
      status = try FileStatus(
        of: FilePath("/proc/self/fd/\(descriptor.rawValue)"), followingLinks: true)
    } catch {
      throw .system(error)
    }
    guard let status else { throw .missing }
    guard status.kind == .directory else { throw .notDirectory }
    guard status.owner == FileStatus.effectiveUser else { throw .notOwn }
    // Of the group and of others: write.
    guard status.permissions & 0o022 == 0 else { throw .exposed }
  }

  public func close() { descriptor.closeOnce() }
}

/// Who is at the other end of a socket: as it was when it connected or began to listen.
/// unix(7), SO_PEERCRED.
public struct PeerCredentials: Hashable, Sendable {
  public let process: Int32
  /// The effective user id.
  public let user: UInt32

  /// Whether it is a process of the same user as this one.
  public var isOwn: Bool { user == FileStatus.effectiveUser }
}

/// A socket with a name in a directory, where processes of one user meet: AF_UNIX
/// SOCK_SEQPACKET, unix(7). Non-blocking, of mode 0600 and closed on exec.
public struct LocalSocket: Sendable {
  /// To poll on.
  public let descriptor: FileDescriptor

  /// Connections that wait to be accepted: who connects more often waits for a place.
  private static let backlog: Int32 = 16

  /// Listens as `name` in the directory. What a process that died has left there goes; a
  /// living one's stays. bind(2), listen(2).
  ///
  /// - Returns: `nil` where another process listens there.
  /// - Throws: ``SystemCallError``.
  public static func listen(
    in directory: OwnDirectory, as name: String
  ) throws(SystemCallError) -> LocalSocket? {
    do throws(SystemCallError) {
      return try bind(in: directory, as: name)
    } catch {
      guard error.errno == .addressInUse else { throw error }
    }
    // What is no socket is nobody's that died.
    let path = FilePath("/proc/self/fd/\(directory.descriptor.rawValue)/\(name)")
    let found = try FileStatus(of: path, followingLinks: false)
    if let found, found.kind != .other {
      throw SystemCallError(call: "bind", errno: .addressInUse)
    }
    if try isAlive(in: directory, name) { return nil }
    do throws(SystemCallError) {
      _ = try SystemCall.perform("unlinkat") {
        Result(
          errnoFrom: name.withCString { cposix_remove_name(directory.descriptor.rawValue, $0) }
        )
      }
    } catch {
      if error.errno != .noSuchFileOrDirectory { throw error }
    }
    return try bind(in: directory, as: name)
  }

  private static func bind(
    in directory: OwnDirectory, as name: String
  ) throws(SystemCallError) -> LocalSocket {
    let number = try SystemCall.perform("bind") {
      Result(
        errnoFrom: name.withCString {
          cposix_local_listener(directory.descriptor.rawValue, $0, backlog)
        })
    }
    return LocalSocket(descriptor: FileDescriptor(rawValue: number))
  }

  private static func isAlive(
    in directory: OwnDirectory, _ name: String
  ) throws(SystemCallError) -> Bool {
    do throws(SystemCallError) {
      switch try connect(in: directory, to: name) {
      case .connected(let socket):
        socket.close()
        return true
      case .busy: return true
      }
    } catch {
      switch error.errno {
      // ECONNREFUSED: nobody listens, or it is no socket at all. EPROTOTYPE: another kind.
      case .connectionRefused, .noSuchFileOrDirectory, .protocolWrongTypeForSocket: return false
      default: throw error
      }
    }
  }

  public enum ConnectResult: Sendable {
    case connected(MessageSocket)
    /// As many others wait there as may.
    case busy
  }

  /// Connects to `name` in the directory. connect(2).
  ///
  /// - Throws: ``SystemCallError``: `ENOENT`, `ECONNREFUSED` where nobody listens, `EACCES`.
  public static func connect(
    in directory: OwnDirectory, to name: String
  ) throws(SystemCallError) -> ConnectResult {
    let number = try SystemCall.performUnlessBlocking("connect") {
      Result(
        errnoFrom: name.withCString {
          cposix_local_connect(directory.descriptor.rawValue, $0)
        })
    }
    guard let number else { return .busy }
    return .connected(MessageSocket(descriptor: FileDescriptor(rawValue: number)))
  }

  /// The next who has connected; `nil` when nobody waits. accept4(2).
  ///
  /// - Throws: ``SystemCallError``: `EMFILE` and the like, with which poll goes on reporting
  ///   who waits.
  public func accept() throws(SystemCallError) -> MessageSocket? {
    let number = try SystemCall.performUnlessBlocking("accept4") {
      Result(errnoFrom: cposix_local_accept(descriptor.rawValue))
    }
    guard let number else { return nil }
    return MessageSocket(descriptor: FileDescriptor(rawValue: number))
  }

  public func close() { descriptor.closeOnce() }

  /// Takes the name away. unlinkat(2). What fails is left: the next who listens there takes
  /// its place.
  public func remove(_ name: String, from directory: OwnDirectory) {
    _ = SystemCall.outcome("unlinkat") {
      Result(errnoFrom: name.withCString { cposix_remove_name(directory.descriptor.rawValue, $0) })
    }
  }
}

extension MessageSocket {
  /// Who is at the other end. getsockopt(2) SO_PEERCRED.
  ///
  /// - Throws: ``SystemCallError``.
  public func peerCredentials() throws(SystemCallError) -> PeerCredentials {
    var process: Int32 = 0
    var user: UInt32 = 0
    _ = try SystemCall.perform("getsockopt") {
      Result(errnoFrom: cposix_peer_credentials(descriptor.rawValue, &process, &user))
    }
    return PeerCredentials(process: process, user: user)
  }
}
