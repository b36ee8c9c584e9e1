import Harness
import Testing

/// Where an end is no terminal: whole lines, no escape sequence.
@Suite struct PlainTests {
  @Test("standard input and output are pipes")
  func bothPipes() throws {
    try Room.run(RoomPlan(pipeline: "printf 'one \u{e9}\\ntwo\\n' | % | cat > out")) { room in
      #expect(try room.peer.nextMessage() == Array("one \u{e9}".utf8))
      #expect(try room.peer.nextMessage() == Array("two".utf8))
      try room.peer.waitForGoodbye("user")
      try room.stopPipeline()
      #expect(
        try room.stage.read("out") == """
          Connection with client opened.
          SERVER> one \u{e9}
          SERVER> two
          Server requested to close connection. Waiting for new connection...


          """)
    }
  }

  @Test("standard output alone is a pipe")
  func outputPipe() throws {
    try Room.run(RoomPlan(pipeline: "% | cat > out")) { room in
      try room.tmux.type("typed \u{e9}\r")
      #expect(try room.peer.nextMessage() == Array("typed \u{e9}".utf8))
      room.peer.say("one\u{1b}[2J")
      try room.peer.waitUntilRecorded()
      try room.stopPipeline()
      #expect(
        try room.stage.read("out") == """
          Connection with client opened.
          SERVER> typed \u{e9}
          tatyana> one\\x1b[2J
          Server requested to close connection.


          """)
    }
  }
}
