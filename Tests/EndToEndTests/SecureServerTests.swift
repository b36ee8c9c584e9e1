import ChatPosix
import ChatSecure
import Glibc
import Harness
import Testing

/// TLS on the server's one port, by its own key.
@Suite struct SecureServerTests {
  @Test("a native peer is greeted inside, talks, is acknowledged and sees a clean end")
  func native() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try SecurePeer(port: server.port, expecting: stage.fingerprint())
      try peer.waitFor("SERVER\0")
      try peer.send("tatyana\0")
      try peer.waitFor("floor\0")
      try peer.send("say 1 hi\0")
      try server.process.waitFor("tatyana> hi")
      try peer.waitFor("ack 1\0")
      try server.process.enter("hello")
      try peer.waitFor("say 1 hello\0")
      try peer.send("ack 1\0quit user\0")
      try peer.waitForEnd()
      #expect(peer.endedCleanly)
      #expect(peer.preface == [])
      try server.process.waitFor("Client requested to close connection.")
      #expect(
        try stage.transcript() == [
          "tatyana native: client 1 hi, server 1 hello; closed by client, quit"
        ])
    }
  }

  @Test("what came in many records shares a commit, as what came in one does")
  func manyRecords() throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free")
      let peer = try SecurePeer(port: server.port, expecting: stage.fingerprint())
      try peer.send("tatyana\0")
      try peer.waitFor("floor\0")
      let before = peer.recordCount
      try peer.send(together: (1...200).map { "say \($0) hi\0" })
      try peer.waitFor("ack 200\0")
      // One for each commit, since receipts wait for it.
      #expect(peer.recordCount - before < 50)
    }
  }

  @Test("a client that waits for the greeting in clear is greeted again inside")
  func afterGreeting() throws {
    try Stage.run { stage in
      let server = try stage.server("--handle", "ops", "--resume-within", "0")
      let peer = try SecurePeer(port: server.port, afterGreeting: true)
      #expect(String(decoding: peer.preface, as: UTF8.self) == "ops\0")
      try peer.waitFor("ops\0")
      try peer.send("tatyana\0")
      try peer.waitFor("floor\0")
      #expect(peer.receivedText == "ops\0mode turns\0floor\0")
      #expect(peer.serverKey?.fingerprint == (try stage.fingerprint()))
    }
  }

  @Test("the end of the connection without close_notify is a lost one")
  func cut() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try SecurePeer(port: server.port)
      try peer.send("tatyana\0say 1 hi\0")
      try peer.waitFor("ack 1\0")
      peer.leave()
      try server.process.waitFor("Connection with client was lost.")
    }
  }

  @Test("openssl s_client and Python's ssl talk in lines", arguments: ["openssl", "python"])
  func foreign(_ program: String) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client =
        program == "openssl"
        ? try stage.onPipes(
          path: "/usr/bin/openssl",
          ["s_client", "-quiet", "-connect", "127.0.0.1:\(server.port)"])
        : try stage.onPipes(path: "/usr/bin/python3", ["-u", "-c", Self.python, "\(server.port)"])
      try client.waitFor("SERVER\0")
      try client.send("mike\n")
      try server.process.waitFor("waiting for mike …")
      try client.send("good day\n")
      try server.process.waitFor("mike> good day")
      try server.process.enter("hello")
      try client.waitFor("SERVER> hello")
      try client.send("\\quit\n")
      try server.process.waitFor("Client requested to close connection.")
      _ = try client.exitOutcome()
      #expect(try stage.transcript().first?.hasPrefix("mike line: ") == true)
    }
  }

  private static let python = """
    import os, socket, ssl, sys, threading
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    s = context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))))
    def keys():
        for line in sys.stdin:
            s.sendall(line.encode())
    threading.Thread(target=keys, daemon=True).start()
    while True:
        data = s.recv(65536)
        if not data:
            break
        os.write(1, data)
    """

  @Test("who wants encryption greets, and tells one that speaks in clear")
  func encryptionOnly() throws {
    try Stage.run { stage in
      let server = try stage.server("--require-encryption")
      let peer = try PeerSocket(port: server.port)
      try peer.waitFor("SERVER\0")
      try peer.send("mike\n")
      try peer.waitForEnd()
      #expect(peer.receivedText.hasPrefix("SERVER\0This server talks with encryption alone"))
      #expect(peer.receivedText.hasSuffix("\n"))
      let other = try SecurePeer(port: server.port)
      try other.send("tatyana\0say 1 hi\0")
      try server.process.waitFor("tatyana> hi")
    }
  }

  @Test("handshakes that stall, many at once, hold up nobody and are gone in time")
  func stalled() throws {
    try Stage.run { stage in
      let server = try stage.server("--max-waiting", "1000", unlimited: true)
      let hello = try SecurePeer.hello()
      let began = Deadline.now
      let stalled = try (1...40).map { number in
        let peer = try PeerSocket(port: server.port)
        try peer.send(Array(hello.prefix(hello.count * number / 41)))
        return peer
      }
      let peer = try SecurePeer(port: server.port)
      try peer.send("tatyana\0say 1 hi\0")
      try peer.waitFor("ack 1\0")
      #expect(Deadline.now - began < 9_000, "before the first of them is given up")
      for other in stalled {
        try other.waitForEnd()
        #expect(other.received == [], "not a byte to one who has not finished its first words")
      }
      try Deadline.poll("one process left") { server.conversations.count == 1 }
      #expect(!server.process.screen.text.contains("crashed"))
      try server.process.enter("still here")
      try peer.waitFor("say 1 still here\0")
    }
  }

  @Test("an alert first, a record that is no handshake, TLS 1.2: an end, and the next is served")
  func badBeginnings() throws {
    try Stage.run { stage in
      let server = try stage.server(unlimited: true)
      let beginnings: [[UInt8]] = [
        [0x15, 3, 1, 0, 2, 2, 40],
        [0x16, 3, 1, 0x40, 1] + [UInt8](repeating: 1, count: 0x4001),
        [0x16] + [UInt8](repeating: 0xff, count: 70_000),
        [0x16, 3, 1, 0, 4, 2, 0, 0, 0],
        // A ClientHello of 16 MiB, begun.
        [0x16, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff, 3, 3] + [UInt8](repeating: 0, count: 16_379),
      ]
      for bytes in beginnings {
        let peer = try PeerSocket(port: server.port)
        try? peer.send(bytes)
        try? peer.waitForEnd()
        #expect(peer.hasEnded)
        #expect(!peer.receivedText.contains("SERVER"), "no clear byte")
      }
      let old = try stage.onPipes(
        path: "/usr/bin/openssl",
        ["s_client", "-quiet", "-tls1_2", "-connect", "127.0.0.1:\(server.port)"])
      #expect(try old.exitStatus() != 0)
      let foreign = try stage.onPipes(
        path: "/usr/bin/openssl",
        ["s_client", "-quiet", "-alpn", "http/1.1", "-connect", "127.0.0.1:\(server.port)"])
      #expect(try foreign.exitStatus() != 0)
      #expect(foreign.errorText.contains("no application protocol"), "\(foreign.evidence)")
      let peer = try SecurePeer(port: server.port)
      try peer.send("tatyana\0say 1 hi\0")
      try server.process.waitFor("tatyana> hi")
      #expect(!server.process.screen.text.contains("crashed"))
    }
  }
}

extension Stage {
  /// Of the server's key, by OpenSSL's own tools.
  func fingerprint() throws -> Fingerprint {
    let shell = Command(
      path: "/bin/sh",
      arguments: [
        "-c",
        "openssl pkey -in \"$0\" -pubout -outform DER | openssl dgst -sha256 -binary | base64",
        keyFile,
      ], environment: environment)
    let text = try shell.run().text.filter { $0 != "\n" && $0 != "=" }
    return try #require(Fingerprint("SHA256:\(text)"), "\(text)")
  }
}
