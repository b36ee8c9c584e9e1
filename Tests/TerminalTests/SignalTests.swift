import Glibc
import Harness
import Testing

/// The terminal is given back, whatever ends the program or a part of it.
@Suite struct SignalTests {
  @Test("a signal to the listener ends everything", arguments: [SIGTERM, SIGHUP, SIGINT])
  func listenerStops(signal: Int32) throws {
    try Room.run { room in
      try room.tmux.type("half")
      try room.tmux.shows(["SERVER> half"], column: 12, row: 0)
      kill(try room.listener(), signal)
      try room.peer.waitForGoodbye("stopped")
      try room.expectEnd(status: 0)
      try room.tmux.shows(
        ["Not sent: half", "Server requested to close connection.", "", "exit 0"],
        column: 0, row: 4)
    }
  }

  @Test(
    "a conversation that dies costs itself alone", arguments: [SIGABRT, SIGSEGV, SIGILL, SIGKILL])
  func conversationDies(signal: Int32) throws {
    try Room.run { room in
      try room.say("one")
      try room.tmux.type("half")
      try room.tmux.shows(["tatyana> one", "SERVER> half"], column: 12, row: 1)
      kill(try room.conversation(), signal)
      let picture = try room.tmux.wait(for: "the notice") {
        $0.words.contains("(signal \(signal)). Waiting for new connection...")
      }
      #expect(picture.rows.first == "tatyana> one")
      // What was typed may be on the line again, as far as the listener had it.
      let prompts = picture.rows.filter { $0.contains("SERVER>") }
      #expect(prompts.count <= 1 && prompts.allSatisfy { "SERVER> half".hasPrefix($0) })

      let next = try NativePeer(port: room.port, handle: "tatyana")
      try next.wait(for: "the floor") { $0.hasFloor }
      try room.clear()
      next.say("two")
      try room.tmux.shows(["tatyana> two", "SERVER> "], column: 8, row: 1)
      kill(try room.listener(), SIGTERM)
      // As it was found after the death, and so by each after it.
      try room.expectEnd(status: 0)
    }
  }

  @Test("Ctrl-Z gives the terminal back, and fg brings the line and what was missed")
  func stopAndContinue() throws {
    try Room.run(RoomPlan(hasJobControl: true)) { room in
      try room.tmux.type("half")
      try room.tmux.shows(["SERVER> half"], column: 12, row: 0)
      try room.tmux.press("C-z")
      try room.tmux.wait(for: "the shell") { $0.rows.last == "$" }
      try room.waitForRestoredTerminal()
      room.peer.say("while away")
      try room.tmux.type("fg\r")
      try room.tmux.wait(for: "the message and the line") {
        $0.rows.suffix(2) == ["tatyana> while away", "SERVER> half"] && $0.column == 12
      }
      try room.tmux.type(" done")
      try room.enter(sends: "half done")
      try room.tmux.press("C-c")
      try room.peer.waitForGoodbye("stopped")
      try room.tmux.wait(for: "the shell") { $0.rows.last == "$" }
      try room.tmux.type("echo \"exit $?\"\r")
      try room.expectEnd(status: 0)
    }
  }
}
