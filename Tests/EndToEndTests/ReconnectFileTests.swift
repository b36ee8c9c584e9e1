import Glibc
import Harness
import Testing

/// The file in which a conversation is kept.
@Suite struct ReconnectFileTests {
  @Test("with --no-state, and on a pipe, nothing is kept")
  func noState() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server, "--no-state")
      try client.enter("hi")
      try peer.waitFor("say 1 hi\0")
      #expect(stage.files(in: stage.talks) == [])
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      _ = try stage.client(server.port, "--handle", "bob")
      try server.accept().giveFloor(to: "bob")
    }
  }

  @Test(
    "a file that is none is said once, and its place taken",
    arguments: ["garbage", String(repeating: "chattalk", count: 40)])
  func damaged(text: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      for directory in ["/state", "/state/chatclient", "/state/chatclient/talks"] {
        mkdir(stage.home + directory, 0o700)
      }
      let file = stage.talks + "/[127.0.0.1]:\(server.port).1"
      try SmallFile.write(text, to: file)
      chmod(file, 0o600)
      let (client, peer) = try stage.resumable(server)
      try client.waitFor(
        "What was kept of a conversation with 127.0.0.1 port \(server.port) is damaged")
      // The content is written before the head that leads to it.
      try Deadline.poll("its place is taken") {
        SmallFile.read(file).map { $0.prefix(48) != text.prefix(48) } == true
      }
      #expect(stage.files(in: stage.talks).count == 1)
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      // One that is let go of is dialled for again, and the next is not who is accepted then.
      try peer.waitForEnd()
      let next = try stage.client(server.port)
      try server.accept().hearClaim(shown: 0, attempt: Session.nextAttempt)
      #expect(!next.screen.text.contains("is damaged"))
    }
  }

  @Test(
    "where nothing can be kept the talk goes on, and it is said once",
    arguments: ["full", "nowhere", "others"])
  func nowhere(trouble: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let state = stage.home + "/state"
      mkdir(state, 0o700)
      switch trouble {
      case "full": symlink("/dev/full", state + "/chatclient")
      case "others":
        mkdir(state + "/chatclient", 0o700)
        mkdir(stage.talks, 0o777)
        chmod(stage.talks, 0o777)
      default: stage.variables["XDG_STATE_HOME"] = "/proc/nothing"
      }
      let (client, peer) = try stage.resumable(server)
      try client.enter("hi")
      try peer.waitFor("say 1 hi\0")
      try peer.send("ack 1\0say 1 hello\0")
      try client.waitFor("SERVER> hello")
      #expect(
        client.screen.paragraphs.occurrences(
          of: "Should this chatclient be killed, the conversation cannot go on") == 1)
      peer.reset()
      try server.accept().hearClaim(shown: 1, attempt: 1)
    }
  }
}
