import ChatPosix

/// Where a server without a terminal, and a terminal that is to be given to it, meet: a socket
/// named by the port in a directory of the user's.
package enum AttachPlace {
  /// Below which the units of systemd's have one for each user: RuntimeDirectory=.
  private static let serviceDirectory = "/run/chatserve"

  /// In which directory a server listens; `nil` where there is none.
  package static func ofServer(_ environment: (String) -> String?) -> String? {
    runtimeDirectory(environment) ?? sessionDirectory(environment)
  }

  /// In which a server at a port may listen: its service's directory first, then that of the
  /// user's session.
  package static func ofClient(
    _ environment: (String) -> String?, user: String?
  ) -> [String] {
    let service = user.map { "\(serviceDirectory)/\($0)" }
    return [runtimeDirectory(environment), service, sessionDirectory(environment)]
      .compactMap { $0 }
  }

  package static func name(port: UInt16) -> String { "chatserve-\(port)" }

  /// systemd.exec(5): several are parted by colons.
  private static func runtimeDirectory(_ environment: (String) -> String?) -> String? {
    absolute(environment("RUNTIME_DIRECTORY")?.split(separator: ":").first.map(String.init))
  }

  /// The XDG Base Directory Specification: one that is not absolute is none.
  private static func sessionDirectory(_ environment: (String) -> String?) -> String? {
    absolute(environment("XDG_RUNTIME_DIR"))
  }

  private static func absolute(_ path: String?) -> String? {
    path?.first == "/" ? path : nil
  }
}

/// Why nobody can attach to a server.
package enum AttachFault: Error, Hashable, Sendable {
  /// Neither of the two variables names a directory.
  case noDirectory
  case directory(String, OwnDirectory.Fault)
  /// Another server has the place: one at another address, and the same port.
  case taken(String)
  case system(SystemCallError)
}

extension LocalSocket {
  /// Opens a server's end.
  ///
  /// - Throws: ``AttachFault``.
  static func open(port: UInt16) throws(AttachFault) -> (LocalSocket, OwnDirectory) {
    guard let path = AttachPlace.ofServer(Environment.value) else { throw .noDirectory }
    let directory: OwnDirectory
    do throws(OwnDirectory.Fault) {
      directory = try OwnDirectory.open(path)
    } catch {
      throw .directory(path, error)
    }
    do throws(SystemCallError) {
      if let socket = try listen(in: directory, as: AttachPlace.name(port: port)) {
        return (socket, directory)
      }
    } catch {
      directory.close()
      throw .system(error)
    }
    directory.close()
    throw .taken(path)
  }
}
