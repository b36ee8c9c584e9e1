import Glibc
import Harness

/// A chatserve below a shell, which is the terminal's session leader: as at a
/// real terminal, the death of the listener hangs nothing up.
struct ShelledServer {
  var process: PtyProcess
  var port: UInt16
  var listener: pid_t
}

extension Stage {
  /// In a script: the shell and the server are one job.
  func shelledServer(_ options: String = "") throws -> ShelledServer {
    try shelled { port in
      try onTerminal(
        path: "/bin/sh", ["-c", "\(Program.chatserve.path) \(port) \(options); echo status $?"])
    }
  }

  /// In an interactive shell, with job control.
  func interactiveServer() throws -> ShelledServer {
    try shelled { port in
      let shell = try onTerminal(path: "/bin/sh", ["-i"])
      try shell.enter("\(Program.chatserve.path) \(port)")
      return shell
    }
  }

  private func shelled(_ start: (UInt16) throws -> PtyProcess) throws -> ShelledServer {
    for _ in 0..<10 {
      let port = try FakeServer.freePort()
      let shell = try start(port)
      try shell.waitUntil("listening") {
        $0.text.contains("Ctrl-C stops.") || $0.text.contains("is taken")
      }
      if shell.screen.text.contains("is taken") { continue }
      guard let listener = shell.children.first else { throw HarnessFailure("no server") }
      return ShelledServer(process: shell, port: port, listener: listener)
    }
    throw HarnessFailure("no free port")
  }
}
