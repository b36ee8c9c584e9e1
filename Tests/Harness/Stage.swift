import ChatSecure
import Glibc

/// One test's own world: a home directory, and the programs running in it.
/// All of it is gone when the test ends, however it ends.
public final class Stage {
  /// The user's home, and below it the transcript.
  public let home: String
  /// Beside it, where the programs keep their keys: a transcript may be anywhere in the
  /// home directory.
  public let config: String
  private let root: String
  private var processes: [SpawnedProcess] = []

  private init() throws {
    var name = Array("/tmp/chat-e2e-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else {
      throw HarnessFailure("mkdtemp: \(String(cString: strerror(errno)))")
    }
    root = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    home = root + "/home"
    config = root + "/config"
    guard mkdir(home, 0o700) == 0 else {
      throw HarnessFailure("mkdir: \(String(cString: strerror(errno)))")
    }
  }

  /// Runs one test.
  public static func run(_ body: (Stage) throws -> Void) throws {
    // A peer that is gone is told by EPIPE.
    signal(SIGPIPE, SIG_IGN)
    let stage = try Stage()
    defer { stage.end() }
    try body(stage)
  }

  private func end() {
    for process in processes.reversed() { process.end() }
    Tree.remove(root)
  }

  /// Where the programs' clocks are, as TZ names it; `nil` for where this
  /// machine is.
  public var timeZone: String?

  /// What the terminal calls itself; `nil` where it has no name.
  public var terminalName: String? = "xterm-256color"

  /// Beside what every program finds.
  public var variables: [String: String] = [:]

  /// What the programs find in their environment: nothing of this machine's,
  /// but how sanitizers are to run (Scripts/sanitize) and where the programs are.
  public var environment: [String: String] {
    let options = ["ASAN_OPTIONS", "TSAN_OPTIONS", "CHAT_PROGRAMS"].compactMap { (name: String) in
      getenv(name).map { (name, String(cString: $0)) }
    }
    var variables = [
      "HOME": home, "XDG_STATE_HOME": home + "/state", "XDG_CONFIG_HOME": config,
      "PATH": "/usr/bin:/bin",
      "LC_ALL": "C.UTF-8",
    ].merging(options) { _, option in option }.merging(self.variables) { _, own in own }
    variables["TZ"] = timeZone
    variables["TERM"] = terminalName
    return variables
  }

  /// Where the server keeps its key by itself.
  public var keyFile: String { config + "/chatserve/key" }

  /// Where the server keeps the transcript by itself.
  public var database: String { home + "/state/chatserve/transcript.db" }

  // MARK: Files

  /// The permission bits of what is at `path`; `nil` when nothing is.
  public func mode(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
  }

  /// The names in a directory.
  public func files(in directory: String) -> [String] { Tree.names(in: directory).sorted() }

  // MARK: Programs

  /// What carries the talk of a chatclient. The environment's CHAT_LINK says so for
  /// all tests that do not say it themselves, so that a suite can run over both.
  public enum Link: String, Sendable {
    /// TLS, to a server that is known.
    case tls
    /// As chatclient finds out by itself, of a server that is new.
    case new
    case clear

    static let chosen = getenv("CHAT_LINK").flatMap { Link(rawValue: String(cString: $0)) }
  }

  public var link = Link.chosen ?? .tls

  /// Where chatclient remembers servers.
  public var servers: String { config + "/chatclient/servers" }

  /// Lets chatclient know the server that says its key in `text`, as if they had
  /// talked before.
  public func acquaint(with text: String, host: String? = nil, port: UInt16) throws {
    guard link == .tls, let start = text.firstRange(of: "SHA256:") else { return }
    let key = text[start.lowerBound...].prefix(50)
    for directory in [config, config + "/chatclient", servers] { mkdir(directory, 0o700) }
    for host in host.map({ [$0] }) ?? ["127.0.0.1", "localhost"] {
      // Of the client's own key any will do.
      let own = String(repeating: "A", count: 42) + "E="
      let file = "chatclient server 1\nkey \(key)\nsince 2026-01-01\nown \(own)\n"
      let descriptor = open("\(servers)/[\(host)]:\(port)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      guard descriptor >= 0 else { throw HarnessFailure("\(servers) cannot be written") }
      defer { close(descriptor) }
      try Descriptor.writeAll(Array(file.utf8), to: descriptor) {}
    }
  }

  /// A server of the test's own, which speaks as CHAT_WIRE says, and so do its clients.
  public func fakeServer() throws -> FakeServer { try fakeServer(over: .chosen) }

  /// The same, over what the test says.
  package func fakeServer(over wire: Wire) throws -> FakeServer {
    guard wire == .tls else {
      link = .clear
      return try FakeServer()
    }
    link = .tls
    let key = try PrivateKey.random()
    let server = try FakeServer(key: key)
    try acquaint(with: "\(key.publicKey.fingerprint)", port: server.port)
    return server
  }

  private func options(_ program: Program, _ arguments: [String]) -> [String] {
    let connects = program == .chatclient && arguments.count >= 2 && UInt16(arguments[1]) != nil
    return connects && link == .clear ? ["--clear"] : []
  }

  /// Starts a program of this package on a terminal.
  public func onTerminal(_ program: Program, _ arguments: [String]) throws -> PtyProcess {
    try onTerminal(path: program.path, arguments + options(program, arguments))
  }

  public func onTerminal(
    path: String, _ arguments: [String], columns: Int = 100, rows: Int = 40
  ) throws -> PtyProcess {
    let process = try PtyProcess(
      path, arguments, environment: environment, columns: columns, rows: rows)
    processes.append(process)
    return process
  }

  /// Starts a program of this package between pipes, or with `input`, a file,
  /// as its standard input.
  public func onPipes(
    _ program: Program, _ arguments: [String], input: String? = nil
  ) throws -> PipeProcess {
    try onPipes(path: program.path, arguments + options(program, arguments), input: input)
  }

  public func onPipes(
    path: String, _ arguments: [String], input: String? = nil, descriptor: Int32? = nil
  ) throws -> PipeProcess {
    let process = try PipeProcess(
      path, arguments, environment: environment, input: input, descriptor: descriptor)
    processes.append(process)
    return process
  }
}

/// The programs of this package: those of the release build, which is what is
/// installed, or of the directory that CHAT_PROGRAMS names.
public enum Program: String, Sendable {
  case chatserve
  case chatclient
  case torture
  case contained

  public var path: String { "\(Self.directory)/\(rawValue)" }

  private static let directory: String = {
    if let named = getenv("CHAT_PROGRAMS") { return String(cString: named) }
    // What runs is .build/TRIPLE/debug/NAME.xctest, or torture in a build.
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
    let builds = String(decoding: own, as: UTF8.self).split(separator: "/").dropLast(2)
    return "/" + builds.joined(separator: "/") + "/release"
  }()
}

enum Tree {
  /// Removes a file or a directory with all that is in it.
  static func remove(_ path: String) {
    // A link is removed, never followed.
    if unlink(path) == 0 { return }
    for name in names(in: path) { remove(path + "/" + name) }
    rmdir(path)
  }

  static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let found = readdir(stream) {
      let name = withUnsafeBytes(of: found.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
