import Glibc
import Harness

/// A server between pipes that is started again, on the same port, whenever it
/// was killed.
struct Theatre {
  let stage: Stage
  let port: UInt16
  private(set) var process: PipeProcess
  private(set) var keeper: pid_t
  /// Lines that the operator has typed.
  private var typed = 0

  init(_ stage: Stage) throws {
    self.stage = stage
    // Here a death is an end; CutRounds has them go on.
    let server = try stage.pipedServer("--mode", "free", "--resume-within", "0", unlimited: true)
    port = server.port
    process = server.process
    guard let keeper = server.keeper else { throw TortureFailure("no keeper") }
    self.keeper = keeper
  }

  /// The processes that talk with a peer.
  var conversations: [pid_t] { process.children(named: "chatserve-talk") }

  /// The operator types some lines; what the server does not take at once is
  /// typed in a later round.
  mutating func type(_ count: Int) throws {
    guard count > 0 else { return }
    let lines = (1...count).map { "line \(typed + $0)\n" }
    typed += count
    try process.send(lines.joined())
  }

  /// Another server takes the port, without waiting for anything.
  mutating func startAgain() throws {
    process = try stage.onPipes(.chatserve, ["\(port)", "--mode", "free", "--resume-within", "0"])
    try process.waitFor("Ctrl-C stops.")
    guard let keeper = process.children(named: "chatserve-keep").first else {
      throw TortureFailure("no keeper")
    }
    self.keeper = keeper
  }

  /// What the server showed of a peer, in order.
  func shown(of handle: String) throws -> [String] {
    process.takeOutput()
    let prefix = "\(handle)> "
    return process.outputText.split(separator: "\n")
      .filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }
}

extension PipeProcess {
  /// Takes what has come out, without waiting.
  func takeOutput() { readAvailable() }
}
