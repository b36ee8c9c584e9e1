import ChatPosix
import Glibc
import Harness

extension Stage {
  /// A directory of the user's session, for a server and who attaches to it.
  var runtime: String { home + "/run" }

  /// A server without a terminal, to which one can be attached.
  func detachedServer(
    _ mode: String = "turns", typedLines: String? = nil
  ) throws -> Server<PipeProcess> {
    makeRuntime()
    guard let typedLines else {
      return try pipedServer("--detached", "--mode", mode, input: "/dev/null")
    }
    return try pipedServer(
      "--detached", "--mode", mode, "--history-file", typedLines, input: "/dev/null")
  }

  private func makeRuntime() {
    mkdir(runtime, 0o700)
    variables["XDG_RUNTIME_DIR"] = runtime
  }

  /// The same where it may say nothing: it is ready when one can be attached.
  func detached(_ options: [String]) throws -> (process: PipeProcess, port: UInt16) {
    makeRuntime()
    let port = try FakeServer.freePort()
    let process = try onPipes(
      .chatserve, ["\(port)", "--detached"] + options, input: "/dev/null")
    try Deadline.poll("its door") { files(in: runtime).contains("chatserve-\(port)") }
    return (process, port)
  }

  /// A terminal that is attached to it.
  func attached(to port: UInt16) throws -> PtyProcess {
    let terminal = try onTerminal(.chatserve, ["attach", "\(port)"])
    try terminal.waitFor("This terminal is the server's at port \(port) now;")
    return terminal
  }

  /// A stranger's end of the socket, as bare as it is.
  func caller(of port: UInt16) throws -> MessageSocket {
    let directory = try OwnDirectory.open(runtime)
    defer { directory.close() }
    guard
      case .connected(let socket) = try LocalSocket.connect(in: directory, to: "chatserve-\(port)")
    else { throw HarnessFailure("too many callers") }
    return socket
  }
}

extension PtyProcess {
  /// It has given the terminal back as it was, with this status.
  func waitForReturn(status: Int32 = 0) throws -> Bool {
    let found = try exitStatus()
    return found == status && mode == originalMode
  }
}
