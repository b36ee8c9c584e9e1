import Glibc
import Harness
import Testing

/// Programs that others wrote, at either end of TLS. Those that a machine has not are
/// passed over; `make test` installs them. OpenSSL's and Python's clients are in
/// SecureServerTests.
@Suite struct InteroperationTests {
  struct Peer: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var path: String
    var arguments: @Sendable (UInt16, Stage) throws -> [String]

    var isHere: Bool { access(path, X_OK) == 0 }
  }

  static let clients = [
    Peer(testDescription: "ncat --ssl", path: "/usr/bin/ncat") { port, _ in
      ["--ssl", "127.0.0.1", "\(port)"]
    },
    Peer(testDescription: "socat OPENSSL:", path: "/usr/bin/socat") { port, _ in
      ["-", "OPENSSL:127.0.0.1:\(port),verify=0"]
    },
  ].filter(\.isHere)

  @Test("they talk with chatserve in lines, and leave", arguments: clients)
  func client(_ peer: Peer) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.onPipes(path: peer.path, try peer.arguments(server.port, stage))
      try client.waitFor("SERVER\0")
      try client.send("mike\n")
      try server.process.waitFor("waiting for mike …")
      try client.send("good day\n")
      try server.process.waitFor("mike> good day")
      try server.process.enter("hello")
      try client.waitFor("SERVER> hello")
      try client.send("\\quit\n")
      try server.process.waitFor("Client requested to close connection.")
      client.closeInput()
      _ = try client.exitOutcome()
      #expect(try stage.transcript().first?.hasPrefix("mike line: ") == true)
    }
  }

  static let servers = [
    Peer(testDescription: "openssl s_server", path: "/usr/bin/openssl") { port, stage in
      let own = try stage.foreignKey()
      return [
        "s_server", "-quiet", "-accept", "127.0.0.1:\(port)", "-key", own.key, "-cert",
        own.certificate,
      ]
    },
    Peer(testDescription: "ncat --ssl -l", path: "/usr/bin/ncat") { port, stage in
      let own = try stage.foreignKey()
      return [
        "--ssl", "--ssl-key", own.key, "--ssl-cert", own.certificate, "-l", "127.0.0.1", "\(port)",
      ]
    },
    Peer(testDescription: "socat OPENSSL-LISTEN:", path: "/usr/bin/socat") { port, stage in
      let own = try stage.foreignKey()
      return [
        "-",
        "OPENSSL-LISTEN:\(port),bind=127.0.0.1,verify=0,key=\(own.key),cert=\(own.certificate)",
      ]
    },
  ].filter(\.isHere)

  @Test("chatclient talks with them in lines, where encryption is wanted", arguments: servers)
  func server(_ peer: Peer) throws {
    try Stage.run { stage in
      stage.link = .new
      let port = try FakeServer.freePort()
      let server = try stage.onPipes(path: peer.path, try peer.arguments(port, stage))
      let client = try Self.client(stage, port)
      try client.waitForInput("bob> ")
      #expect(client.screen.text.contains("is remembered."))
      try client.enter("good day")
      try server.waitFor("bob> good day")
      try server.send("ann> hello\n")
      try client.waitFor("ann> hello")
      try client.waitForInput("bob> ")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
    }
  }

  /// Tries until the server listens.
  private static func client(_ stage: Stage, _ port: UInt16) throws -> PtyProcess {
    var found: PtyProcess?
    try Deadline.poll("a client that is connected") {
      let client = try stage.client(port, "--handle", "bob", "--require-encryption")
      try client.waitUntil("a prompt or the end") {
        $0.text.contains("is remembered.") || $0.text.contains("nothing listens")
      }
      if client.screen.text.contains("nothing listens") { return false }
      found = client
      return true
    }
    return try #require(found)
  }

  /// The key of an RSA certificate is no key of ours.
  @Test("a server with another kind of key is refused")
  func foreignKey() throws {
    try Stage.run { stage in
      stage.link = .new
      let (key, certificate) = (stage.home + "/rsa.key", stage.home + "/rsa.pem")
      let made = try Command(
        path: "/usr/bin/openssl",
        arguments: [
          "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
          "-subj", "/CN=mallory", "-days", "1",
        ], environment: stage.environment
      ).run()
      #expect(made.status == 0)
      let between = try stage.between(0, "swap", key, certificate)
      let client = try stage.says(to: between.port, "--require-encryption")
      #expect(try client.exitStatus() == 76)
      #expect(client.errorText.contains("and this program could not encrypt: "))
      #expect(stage.knownServers().values.allSatisfy { $0 == "" })
    }
  }
}
