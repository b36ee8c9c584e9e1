import Glibc

/// A chatserve that listens.
public struct Server<Process: SpawnedProcess> {
  public let process: Process
  public let port: UInt16
  /// The process that holds the transcript open; `nil` with `--no-log`.
  public let keeper: pid_t?

  /// The processes of its conversations, the oldest first.
  public var conversations: [pid_t] { process.children(named: "chatserve-talk").sorted() }

  /// The process that has the terminal while nobody has the floor.
  public var desk: pid_t? { process.children(named: "chatserve-desk").first }
}

extension Stage {
  /// Starts a server on a terminal and waits until it listens.
  public func server(
    _ options: String..., unlimited: Bool = false
  ) throws -> Server<PtyProcess> {
    let options = options + (unlimited ? Self.noLimits : [])
    return try listening(
      start: { try onTerminal(.chatserve, [$0] + options) },
      until: { try $0.waitUntil("listening") { $0.text.contains(Self.ready) } },
      sees: { $0.screen.text }, hasKeeper: !options.contains("--no-log"))
  }

  /// Starts a server between pipes and waits until it listens.
  public func pipedServer(
    _ options: String..., input: String? = nil, unlimited: Bool = false
  ) throws -> Server<PipeProcess> {
    let options = options + (unlimited ? Self.noLimits : [])
    return try listening(
      start: { try onPipes(.chatserve, [$0] + options, input: input) },
      until: { try $0.waitFor(Self.ready) },
      sees: { $0.errorText }, hasKeeper: !options.contains("--no-log"))
  }

  private static let ready = "Ctrl-C stops."

  /// None on what newcomers may cost: all peers of a test are one source.
  public static let noLimits = [
    "--max-start", "0", "--per-source", "0", "--max-penalty", "0", "--rate", "0",
  ]

  /// Tries ports until one is not taken by somebody else meanwhile.
  private func listening<Process: SpawnedProcess>(
    start: (String) throws -> Process, until isReady: (Process) throws -> Void,
    sees: (Process) -> String, hasKeeper: Bool
  ) throws -> Server<Process> {
    for _ in 0..<10 {
      let port = try FakeServer.freePort()
      let process = try start("\(port)")
      do {
        try isReady(process)
        let keeper = process.children(named: "chatserve-keep").first
        guard (keeper != nil) == hasKeeper else {
          throw HarnessFailure("the server has \(hasKeeper ? "no" : "a") keeper")
        }
        try acquaint(with: sees(process), port: port)
        return Server(process: process, port: port, keeper: keeper)
      } catch {
        guard process.peekOutcome() == .exited(69) else { throw error }
      }
    }
    throw HarnessFailure("no free port")
  }

  /// Starts a client on a terminal.
  public func client(_ port: UInt16, _ options: String...) throws -> PtyProcess {
    try onTerminal(.chatclient, ["127.0.0.1", "\(port)"] + options)
  }
}
