import Glibc
import Harness

/// A chatserve started by another program, which limits it first: prlimit(1),
/// setpriv(1), both of util-linux.
final class WrappedServer {
  let process: PipeProcess
  let port: UInt16

  /// Runs `wrapper` with the server as its last arguments.
  init(_ stage: Stage, _ wrapper: [String], _ options: [String] = []) throws {
    for attempt in 1... {
      let port = try FakeServer.freePort()
      let process = try PipeProcess(
        wrapper.first ?? "",
        Array(wrapper.dropFirst()) + [Program.chatserve.path, "\(port)", "--mode", "free"]
          + options,
        environment: stage.environment)
      do {
        try process.waitFor("Ctrl-C stops.")
      } catch {
        let outcome = process.peekOutcome()
        process.end()
        // The port was taken meanwhile.
        if outcome == .exited(69), attempt < 10 { continue }
        throw error
      }
      self.process = process
      self.port = port
      return
    }
    fatalError("the loop ends by returning or throwing")
  }

  deinit { process.end() }

  /// Stops it and holds that it could.
  func stop() throws {
    try hold(process.peekOutcome() == nil, "the listener died: \(process.errorText)")
    process.signal(SIGTERM)
    let outcome = try process.exitOutcome()
    try hold(outcome == .exited(0), "the server ended with \(outcome)")
  }
}
