import Glibc
import Harness
import Testing

/// That no process of ours has a second thread: a fork would leave its locks
/// shut in the child, and a release counts references as if there were none
/// (`-assume-single-threaded` in the Makefile).
@Suite struct ThreadTests {
  private func hasOneThread(_ process: pid_t) -> Bool {
    ProcessTable.status("Threads", of: process) == "1"
  }

  @Test("listener, keeper, conversation and client have one thread each")
  func talk() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
      #expect(hasOneThread(server.process.processID))
      #expect(hasOneThread(try #require(server.keeper)))
      #expect(hasOneThread(try #require(server.conversations.first)))
      #expect(hasOneThread(client.processID))
    }
  }

  @Test("so has history, which follows what is said")
  func history() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      let tail = try stage.onTerminal(.chatserve, ["history", "tail"])
      try client.enter("hi")
      try tail.waitFor("hi")
      #expect(hasOneThread(tail.processID))
    }
  }
}
