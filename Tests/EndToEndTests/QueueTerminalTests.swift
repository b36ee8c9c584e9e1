import Glibc
import Harness
import Testing

/// Who has the operator's terminal.
@Suite(.enabled(if: geteuid() == 0, "only root looks into a contained process"))
struct QueueTerminalTests {
  @Test("so has it alone the file of typed lines, and the desk between conversations")
  func typedLines() throws {
    try Stage.run { stage in
      let path = stage.home + "/typed"
      let server = try stage.server("--history-file", path)
      let first = try stage.talker("tatyana", on: server.port)
      let owner = try #require(server.conversations.first)
      let second = try stage.client(server.port, "--handle", "mike")
      try second.waitFor("You are number 1 in the queue.")
      #expect(OpenFiles.paths(of: owner).contains(path))
      let others = server.conversations.filter { $0 != owner }
      try #require(!others.isEmpty)
      for process in others + [try #require(server.keeper)] {
        #expect(!OpenFiles.paths(of: process).contains(path))
      }
      try first.enter("hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("kept")
      try first.waitFor("SERVER> kept")
      try first.enter("\\quit")
      try second.waitForInput("mike> ")
      try second.enter("hello")
      try server.process.waitForInput("SERVER> ")
      try server.process.send("\u{1b}[A")
      try server.process.waitForInput("SERVER> kept")
    }
  }

  @Test("only the conversation with the floor has the terminal; the others have /dev/null")
  func terminal() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let first = try stage.talker("tatyana", on: server.port)
      let owner = try #require(server.conversations.first)
      let second = try stage.client(server.port, "--handle", "mike")
      try second.waitFor("You are number 1 in the queue.")
      let silent = try PeerSocket(port: server.port)
      try silent.waitFor("SERVER\0")
      let others = server.conversations.filter { $0 != owner }
      try #require(others.count == 2)
      #expect(OpenFiles.terminals(of: owner).isSuperset(of: [0, 1, 2]))
      for process in others + [try #require(server.keeper)] {
        #expect(OpenFiles.terminals(of: process) == [])
        for number in 0...2 {
          #expect(OpenFiles.target(of: number, in: process) == "/dev/null")
        }
      }
      try first.enter("\\quit")
      try second.waitForInput("mike> ")
      try second.enter("hi")
      try server.process.waitFor("mike> hi")
      let next = try #require(
        server.conversations.first { OpenFiles.terminals(of: $0).contains(1) })
      #expect(others.contains(next))
    }
  }

  @Test("who sees off a peer that does not go has given the terminal back")
  func leaving() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try PeerSocket(port: server.port)
      try peer.waitFor("SERVER\0")
      try peer.send("bob> hi\n")
      try server.process.waitForInput("SERVER> ")
      let process = try #require(server.conversations.first)
      try server.process.enter("\\quit")
      // Its end of the connection stays open for now.
      try server.process.waitFor("Waiting for new connection...")
      try Deadline.poll("the terminal given back") { OpenFiles.terminals(of: process) == [] }
      #expect(server.conversations == [process])
      peer.leave()
    }
  }
}
