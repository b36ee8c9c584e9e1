import ChatCore
import ChatPosix
import ChatSecure
import SystemPackage

/// The file in which one server is remembered, as ``KnownServer`` writes it:
/// `chatclient/servers/[host]:port` below `$XDG_CONFIG_HOME`, else below
/// `~/.config`.
///
/// It is read before there is a connection. Of a server that is new it is made
/// once there is one, empty, and stays open: what is learned by a contained
/// process, which can open nothing, is written into it with one write that is
/// durable by itself. So it is empty, which is a server that is not known, or
/// whole.
package final class ServerMemory {
  /// Why what is remembered cannot be relied on. Nobody is connected to then.
  package struct Failure: Error {
    package enum Cause {
      case file(PrivateFileError)
      case damaged(KnownServer.Damage)
    }

    package let path: FilePath
    package let cause: Cause
  }

  /// Why nothing can be remembered.
  package enum Obstacle: Error {
    /// Neither a home directory nor another place is known.
    case noPlace
    /// The host's name is longer than a file's can be.
    case noName
    /// The clock shows a year without four digits.
    case noDay
    case file(PrivateFileError)
  }

  /// Why a server cannot be forgotten.
  package struct ForgetError: Error {
    package let path: FilePath
    package let cause: SystemCallError
  }

  /// What came of remembering.
  enum Outcome {
    case done
    /// Another chatclient met the server at the same time.
    case known(KnownServer)
    case failed(Obstacle)
    case unreliable(Failure)
  }

  /// What another process that remembers the same may take for it.
  private static let lockWithin = Duration.seconds(2)
  private static let lockEvery = Duration.milliseconds(10)

  /// `nil` when there is none, for ``obstacle``'s reason.
  package let path: FilePath?
  package private(set) var known: KnownServer?
  private var file: PrivateFile?
  private var obstacle: Obstacle?

  /// Reads what is remembered of a server; `host` is as it was typed.
  package init(
    host: String, port: UInt16, environment: (String) -> String? = Environment.value(of:)
  ) throws(Failure) {
    guard let directory = Self.directory(environment) else {
      path = nil
      obstacle = .noPlace
      return
    }
    guard let name = KnownServer.fileName(host: host, port: port) else {
      path = nil
      obstacle = .noName
      return
    }
    let path = directory.appending(name)
    self.path = path
    known = try Self.known(at: path)
  }

  private static func known(at path: FilePath) throws(Failure) -> KnownServer? {
    let file: PrivateFile?
    do throws(PrivateFileError) {
      file = try PrivateFile.openExisting(path)
    } catch {
      throw Failure(path: path, cause: .file(error))
    }
    guard let file else { return nil }
    defer { file.descriptor.closeOnce() }
    return try contents(of: file, at: path)
  }

  /// XDG Base Directory Specification; a relative `$XDG_CONFIG_HOME` is ignored, as
  /// it demands.
  private static func directory(_ environment: (String) -> String?) -> FilePath? {
    func absolute(_ name: String) -> FilePath? {
      environment(name).flatMap { $0.hasPrefix("/") ? FilePath($0) : nil }
    }
    let home = absolute("HOME") ?? Environment.homeDirectory.map { FilePath($0) }
    let configuration = absolute("XDG_CONFIG_HOME") ?? home?.appending(".config")
    return configuration?.appending("chatclient").appending("servers")
  }

  /// What is in the file; `nil` when it is empty.
  private static func contents(
    of file: PrivateFile, at path: FilePath
  ) throws(Failure) -> KnownServer? {
    let text: [UInt8]
    do throws(SystemCallError) {
      text = try file.read(from: 0, count: KnownServer.longestText + 1)
    } catch {
      throw Failure(path: path, cause: .file(.system(error)))
    }
    if text.isEmpty { return nil }
    do throws(KnownServer.Damage) {
      return try KnownServer(text: text)
    } catch {
      if error == .noMemory {
        let call = SystemCallError(call: "malloc", errno: .noMemory)
        throw Failure(path: path, cause: .file(.system(call)))
      }
      throw Failure(path: path, cause: .damaged(error))
    }
  }

  /// Opens the file for ``remember(_:ownKey:)``, and makes what is missing of its
  /// path, where the server is not known. What fails is an obstacle to remembering
  /// and to nothing else.
  func prepare() {
    guard let path, known == nil, file == nil, obstacle == nil else { return }
    do throws(PrivateFileError) {
      file = try Self.opened(path)
    } catch {
      obstacle = .file(error)
    }
  }

  private static func opened(_ path: FilePath) throws(PrivateFileError) -> PrivateFile {
    do throws(SystemCallError) {
      try FileNames.makeDirectories(of: path)
    } catch {
      throw .system(error)
    }
    let file = try PrivateFile.open(path, beginning: [], isDurable: true)
    do throws(SystemCallError) {
      // Whatever the umask took away.
      try file.makePrivate()
    } catch {
      throw .system(error)
    }
    // Not every file system can.
    try? FileNames.flushDirectory(of: path)
    return file
  }

  /// Takes note of what another chatclient may have written since.
  func recall() throws(Failure) {
    guard known == nil, let file, let path else { return }
    known = try Self.contents(of: file, at: path)
  }

  /// The same by the file's name, where this process may still open it: it may be
  /// another file by now, or the first.
  func recallByName() throws(Failure) {
    guard let path else { return }
    known = try Self.known(at: path) ?? known
  }

  /// Whether the server answered in clear, and not before today.
  var isClearToday: Bool { known?.trust == .clear && known?.since == Self.today }

  private static var today: String {
    Clock.localTime(Clock.realtimeMilliseconds()).dayText
  }

  /// Writes down what the server is, from today on. A key that another chatclient has
  /// written meanwhile is kept, and what it wrote of an answer in clear is not.
  func remember(_ trust: KnownServer.Trust, ownKey: PrivateKey?) -> Outcome {
    guard let file, let path else { return .failed(obstacle ?? .noPlace) }
    guard let server = KnownServer(trust, since: Self.today, ownKey: ownKey) else {
      return .failed(.noDay)
    }
    do throws(PrivateFileError) {
      try lock(file)
    } catch {
      return .failed(.file(error))
    }
    defer { try? file.unlock() }
    do throws(Failure) {
      known = try Self.contents(of: file, at: path)
    } catch {
      return .unreliable(error)
    }
    if let known, case .pinned = known.trust { return .known(known) }
    do throws(SystemCallError) {
      // A kill between the two leaves a server that is not known.
      if known != nil { try file.truncate(to: 0) }
      known = nil
      try file.append(Array(server.text.utf8))
    } catch {
      return .failed(.file(.system(error)))
    }
    known = server
    return .done
  }

  /// Nothing more is to be remembered: whoever takes this process over later finds no
  /// file open.
  func close() {
    file?.descriptor.closeOnce()
    file = nil
  }

  private func lock(_ file: PrivateFile) throws(PrivateFileError) {
    var poller = Poller(ignoringSignals: true)
    let deadline = Clock.monotonic() + Self.lockWithin
    while true {
      do throws(PrivateFileError) {
        return try file.lock()
      } catch {
        guard case .inUse = error, Clock.monotonic() < deadline else { throw error }
        _ = try? poller.poll([], timeoutMilliseconds: Self.lockEvery.wholeMilliseconds)
      }
    }
  }

  /// Forgets the server, whatever is in its file.
  ///
  /// - Returns: whether there was something.
  package static func forget(
    host: String, port: UInt16, environment: (String) -> String? = Environment.value(of:)
  ) throws(ForgetError) -> Bool {
    guard let directory = directory(environment),
      let name = KnownServer.fileName(host: host, port: port)
    else { return false }
    let path = directory.appending(name)
    do throws(SystemCallError) {
      // A server that was never met leaves an empty file.
      let wasMet = (try? FileNames.target(of: path)) != .file(size: 0)
      return try FileNames.remove(path) && wasMet
    } catch {
      throw ForgetError(path: path, cause: error)
    }
  }

  /// Forgets that the server answered in clear, since it is asked for TLS again. A key
  /// that another chatclient has written meanwhile stays.
  func forgetClear() throws(Failure) {
    guard let path, known?.trust == .clear else { return }
    do throws(PrivateFileError) {
      let file = try Self.opened(path)
      self.file = file
      try lock(file)
    } catch {
      return isUnwritable(error)
    }
    guard let file else { return }
    defer { try? file.unlock() }
    known = try Self.contents(of: file, at: path)
    guard known?.trust == .clear else { return }
    do throws(SystemCallError) {
      try file.truncate(to: 0)
      known = nil
    } catch {
      isUnwritable(.system(error))
    }
  }

  /// What the file says of an answer in clear stays there, and counts no more.
  private func isUnwritable(_ error: PrivateFileError) {
    close()
    known = nil
    obstacle = .file(error)
  }
}
