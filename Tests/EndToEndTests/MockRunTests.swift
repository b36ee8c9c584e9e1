import ChatCore
import Harness
import Testing
import Transcript

@Suite struct MockRunTests {
  /// 501 characters: one more than a message may have.
  static let tooLong = String(repeating: "h", count: 501)

  /// What a new server is worth is one notice, before everything; what else is on the
  /// screens is the same, and where the server is known it is all.
  @Test(
    "the original's mock run, word for word on both screens and in the transcript",
    arguments: [Stage.Link.tls, .new, .clear])
  func mockRun(link: Stage.Link) throws {
    try Stage.run { stage in
      stage.link = link
      let server = try stage.server()
      let tatyana = try stage.client(server.port)
      try tatyana.waitForInput("Please enter a User Name:")
      try tatyana.enter("555555555555555555555555555555")
      try tatyana.waitForInput(
        "User Name must be between [1-10] characters. Reenter a User Name: ")
      try tatyana.enter("tatyana")
      try tatyana.waitForInput("tatyana> ")
      try tatyana.enter("hi")
      try server.process.waitFor("tatyana> hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("hi")
      try tatyana.waitForInput("tatyana> ")
      try tatyana.enter(Self.tooLong)
      try tatyana.waitFor("Please enter a message between [1-500] characters.")
      try tatyana.send(Keys.killLine)
      try tatyana.waitForInput("tatyana> ")
      try tatyana.enter("resending")
      try server.process.waitFor("tatyana> resending")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter(Self.tooLong)
      try server.process.waitFor("ERROR: Your message is more than 500 characters long.")
      try server.process.send(Keys.killLine)
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("resending as well")
      try tatyana.waitForInput("tatyana> ")
      try tatyana.enter("\\quit")
      #expect(try tatyana.exitStatus() == 0)
      try server.process.waitFor("Client requested to close connection.")

      let mike = try stage.client(server.port)
      try mike.waitForInput("Please enter a User Name:")
      try mike.enter("mike")
      try mike.waitForInput("mike> ")
      try mike.enter("hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("\\quit")
      #expect(try mike.exitStatus() == 0)
      try server.process.waitFor("Server requested to close connection.")

      let clear = "Not encrypted: nc, telnet and older programs cannot."
      let ours = server.process.screen.lines.filter { $0 == clear }
      #expect(ours.count == (link == .clear ? 1 : 0), "once a run")
      #expect(
        server.process.screen.lines.drop { !$0.hasSuffix("Ctrl-C stops.") }.dropFirst()
          .filter { $0 != clear }.joined(separator: "\n")
            == """
            Connection with client opened.
            tatyana> hi
            SERVER> hi
            tatyana> resending
            ERROR: Your message is more than 500 characters long. Retype your message.
            SERVER> resending as well
            Client requested to close connection. Waiting for new connection...

            Connection with client opened.
            mike> hi
            SERVER> \\quit
            Server requested to close connection. Waiting for new connection...
            """)
      let rows = tatyana.screen.lines
      let notice = rows.prefix { !$0.hasPrefix("Please enter a User Name:") }
      let isNew = link == .new
      // The terminal breaks it anywhere.
      let said = "Encrypted.127.0.0.1port\(server.port)isnewhere;itskeySHA256:"
      #expect(notice.joined().filter { $0 != " " }.hasPrefix(said) == isNew)
      #expect(notice.isEmpty != isNew)
      #expect(
        rows.dropFirst(notice.count).joined(separator: "\n") == """
          Please enter a User Name:555555555555555555555555555555
          User Name must be between [1-10] characters. Reenter a User Name: tatyana
          tatyana> hi
          SERVER> hi
          Please enter a message between [1-500] characters.
          tatyana> resending
          SERVER> resending as well
          tatyana> \\quit
          You have requested to close this connection. Good Bye
          """)
      #expect(
        mike.screen.text == """
          Please enter a User Name:mike
          mike> hi
          Server requested to close connection. Good Bye
          """)
      #expect(
        try stage.transcript() == [
          "tatyana native: client 1 hi, server 1 hi, client 2 resending, "
            + "server 2 resending as well; closed by client, quit",
          "mike native: client 1 hi; closed by server, quit",
        ])
    }
  }

  @Test("a wait for what is never said fails in bounded time and shows the screen")
  func harnessCanFail() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let began = Deadline.now
      let failure = #expect(throws: HarnessFailure.self) {
        try server.process.waitFor("never said", within: 0.2)
      }
      #expect(Deadline.now - began < Int64(Deadline.usual * 1000))
      #expect(failure?.description.contains("Listening on port \(server.port)") == true)
    }
  }
}
