import ChatSecure
import Harness
import Testing

/// Somebody between a client and a server: Tests/Peers/between.py.
struct Between {
  let process: PipeProcess
  let port: UInt16

  /// What whoever pretends to be the server heard, in hexadecimal.
  var heard: [String] {
    process.readAvailable()
    return process.outputText.split(separator: "\n").filter { $0.hasPrefix("heard ") }
      .map { String($0.dropFirst(6)) }
  }
}

extension Stage {
  func between(_ server: UInt16, _ manner: String...) throws -> Between {
    try between(server, manner)
  }

  func between(_ server: UInt16, _ manner: [String]) throws -> Between {
    let process = try onPipes(
      path: "/usr/bin/python3",
      ["-u", "\(Repository.root)/Tests/Peers/between.py", "\(server)"] + manner)
    try process.waitFor("\n")
    let line = process.outputText.prefix { $0 != "\n" }
    return Between(process: process, port: try #require(UInt16(line), "\(process.evidence)"))
  }

  /// A key and a certificate that are not the server's.
  func foreignKey(_ name: String = "mallory") throws -> (key: String, certificate: String) {
    let (key, certificate) = ("\(home)/\(name).key", "\(home)/\(name).pem")
    let made = try Command(
      path: "/usr/bin/openssl",
      arguments: [
        "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", key, "-out", certificate,
        "-subj", "/CN=\(name)", "-days", "1",
      ], environment: environment
    ).run()
    #expect(made.status == 0, "\(made.text)")
    return (key, certificate)
  }

  /// A client that says a line of a pipe and leaves.
  func says(_ line: String = "hi", to port: UInt16, _ options: String...) throws -> PipeProcess {
    let client = try onPipes(
      .chatclient, ["127.0.0.1", "\(port)", "--handle", "bob"] + options)
    // It may have gone by then, which is what is looked at.
    try? client.send(line + "\n")
    client.closeInput()
    return client
  }

  /// What chatclient remembers: the second line of each file, by its name.
  func knownServers() -> [String: String] {
    var known: [String: String] = [:]
    for name in files(in: servers) {
      let text = SmallFile.read(servers + "/" + name) ?? ""
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      known[name] = lines.count > 1 ? String(lines[1]) : ""
    }
    return known
  }
}
