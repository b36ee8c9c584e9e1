import Glibc
import Harness
import Testing

/// Standard output on a full disk; full(4).
@Suite struct FullOutputTests {
  @Test("the client says so, and exits with 74")
  func client() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer()
      try server.process.send("hello\nmore\n")
      let client = try stage.onPipes(
        path: "/bin/sh",
        [
          "-c",
          "printf 'hi\\n' | \(Program.chatclient.path) 127.0.0.1 \(server.port) --handle amy >/dev/full",
        ])
      #expect(try client.exitStatus() == 74)
      #expect(
        client.errorText.contains("standard output cannot be written (No space left on device)"))
    }
  }

  @Test("the server says so once a conversation, and goes on serving and recording")
  func server() throws {
    try Stage.run { stage in
      let port = try FakeServer.freePort()
      let server = try stage.onPipes(
        path: "/bin/sh", ["-c", "exec \(Program.chatserve.path) \(port) >/dev/full"])
      try server.waitFor("Ctrl-C stops.")
      try server.send("hello\nhello again\n")
      for name in ["ann", "bob"] {
        let peer = try stage.nativePeer(name, on: port)
        try peer.send("say 1 hi\0")
        try peer.waitFor("ack 1\0")
        try peer.waitFor("say 1 hello")
        try peer.send("quit user\0")
        try peer.waitForEnd()
      }
      try stage.waitForTranscript([
        "ann native: client 1 hi, server 1 hello; closed by client, quit",
        "bob native: client 1 hi, server 1 hello again; closed by client, quit",
      ])
      let said =
        "What is said cannot be shown: standard output fails (No space left on device). "
        + "Serving and recording go on."
      try server.waitFor(said, times: 2)
      #expect(server.errorText.occurrences(of: said) == 2)
      server.signal(SIGTERM)
      #expect(try server.exitStatus() == 0)
    }
  }

  @Test("a reader that has gone is a wish to stop, without a word, in both")
  func readerGone() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer()
      try server.process.send("hello\nmore\n")
      let client = try stage.onPipes(
        path: "/bin/sh",
        [
          "-c",
          "(printf 'hi\\n'; sleep 2) | (\(Program.chatclient.path) 127.0.0.1 \(server.port) --handle amy;"
            + " echo status $? >&2) | true",
        ])
      try client.waitFor("status 0")
      #expect(!client.errorText.contains("standard output"))
    }
  }
}
