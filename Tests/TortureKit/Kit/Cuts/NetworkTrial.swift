import Glibc
import Harness

/// A client and a server in two network namespaces, and what laptops do: another address,
/// a network that is gone for a while, one that loses much.
public enum NetworkTrial: String, CaseIterable, Sendable {
  case otherAddress
  case routeGone
  case loss

  fileprivate static let ip = "/usr/sbin/ip"
  fileprivate static let iptables = "/usr/sbin/iptables"

  /// Whether this machine can: only root makes namespaces.
  public static var isPossible: Bool {
    geteuid() == 0 && access(ip, X_OK) == 0 && access(iptables, X_OK) == 0
  }

  /// - Returns: milliseconds from the first moment the server could be reached again to
  ///   the first word shown there.
  public func run() throws -> Int64 {
    guard Self.isPossible else { return -1 }
    var milliseconds: Int64 = -1
    try Stage.run { stage in
      let network = try Network()
      let server = try network.onPipes(stage, in: network.server, .chatserve, ["1027"])
      try server.waitFor("Ctrl-C stops.")
      try stage.acquaint(with: server.errorText, host: Network.serverAddress, port: 1027)
      let client = try network.onPipes(
        stage, in: network.client, .chatclient,
        [Network.serverAddress, "1027", "--handle", "amy", "--mode", "free"])
      try server.send("\\free\n")
      try say("before", from: client, to: server)
      switch self {
      case .otherAddress:
        try network.changeAddress()
        milliseconds = try say("after", from: client, to: server)
      case .routeGone:
        try network.setLink(up: false)
        try client.send("while it is gone\n")
        // So long a tunnel under a river is.
        Deadline(seconds: 15).pass()
        try network.setLink(up: true)
        let at = Deadline.now
        try server.waitFor("amy> while it is gone")
        milliseconds = Deadline.now - at
      case .loss:
        try network.lose(percent: 30)
        let at = Deadline.now
        for number in 1...20 { try say("word \(number)", from: client, to: server) }
        milliseconds = (Deadline.now - at) / 20
      }
    }
    return milliseconds
  }

  @discardableResult
  private func say(
    _ word: String, from client: PipeProcess, to server: PipeProcess
  ) throws -> Int64 {
    let at = Deadline.now
    try client.send(word + "\n", reading: server)
    try Deadline.poll("“\(word)” arrives. \(client.evidence)\n\(server.evidence)") {
      client.readAvailable()
      server.readAvailable()
      return server.outputText.occurrences(of: "amy> \(word)\n") == 1
    }
    return Deadline.now - at
  }

  /// Two namespaces with a cable between them.
  private final class Network {
    static let serverAddress = "10.99.7.1"
    let server: String
    let client: String

    init() throws {
      server = "chat-s\(getpid())"
      client = "chat-c\(getpid())"
      for name in [server, client] { try run(NetworkTrial.ip, "netns", "add", name) }
      try run(
        NetworkTrial.ip, "-n", server, "link", "add", "cable", "type", "veth", "peer", "name",
        "cable",
        "netns", client)
      try run(
        NetworkTrial.ip, "-n", server, "addr", "add", "\(Self.serverAddress)/24", "dev", "cable")
      try run(NetworkTrial.ip, "-n", client, "addr", "add", "10.99.7.2/24", "dev", "cable")
      for name in [server, client] {
        for device in ["lo", "cable"] {
          try run(NetworkTrial.ip, "-n", name, "link", "set", device, "up")
        }
      }
    }

    deinit { for name in [server, client] { try? run(NetworkTrial.ip, "netns", "del", name) } }

    func changeAddress() throws {
      try run(NetworkTrial.ip, "-n", client, "addr", "del", "10.99.7.2/24", "dev", "cable")
      try run(NetworkTrial.ip, "-n", client, "addr", "add", "10.99.7.3/24", "dev", "cable")
    }

    func setLink(up isUp: Bool) throws {
      try run(NetworkTrial.ip, "-n", server, "link", "set", "cable", isUp ? "up" : "down")
    }

    func lose(percent: Int) throws {
      for name in [server, client] {
        try run(
          NetworkTrial.ip, "netns", "exec", name, NetworkTrial.iptables, "-A", "INPUT", "-m",
          "statistic", "--mode",
          "random", "--probability", "0.\(percent)", "-j", "DROP")
      }
    }

    func onPipes(
      _ stage: Stage, in namespace: String, _ program: Program, _ arguments: [String]
    ) throws -> PipeProcess {
      let clear = program == .chatclient && stage.link == .clear ? ["--clear"] : []
      return try stage.onPipes(
        path: NetworkTrial.ip, ["netns", "exec", namespace, program.path] + arguments + clear)
    }

    private func run(_ words: String...) throws {
      let result = try Command(
        path: words[0], arguments: Array(words.dropFirst()), environment: ["PATH": "/usr/sbin"]
      ).run()
      try hold(result.status == 0, "\(words.joined(separator: " ")): \(result.text)")
    }
  }
}
