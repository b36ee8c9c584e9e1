import Glibc
import Harness
import Testing

/// chatclient and chatserve, whatever is cut or killed between the two.
@Suite struct ReconnectTalkTests {
  @Test("a window that is closed leaves its conversation to the next start")
  func windowClosed() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      client.hangUp()
      _ = try client.exitStatus()
      try server.process.waitFor("tatyana's link is down")
      try server.process.enter("are you there?")
      try server.process.waitFor("SERVER> are you there?")
      let next = try stage.client(server.port)
      try next.waitFor("You were cut off less than a minute ago")
      try next.waitFor("tatyana> hi")
      try next.waitFor("SERVER> are you there?")
      try server.process.waitFor("tatyana is back after 0:")
      try next.waitForInput("tatyana> ")
      try next.enter("yes")
      try server.process.waitFor("tatyana> yes")
      try next.enter("\\quit")
      #expect(try next.exitStatus() == 0)
      try server.process.waitFor(LeavingTests.clientLeft)
      #expect(
        try stage.transcript() == [
          "tatyana native: client 1 hi, server 1 are you there?, client 2 yes; "
            + "closed by client, quit"
        ])
      #expect(stage.keptSizes().allSatisfy { $0 == 0 })
    }
  }

  @Test("a server that comes back with another name is gone on with, in one conversation")
  func otherName() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      server.process.signal(SIGKILL)
      _ = try server.process.exitOutcome()
      let again = try stage.onTerminal(.chatserve, ["\(server.port)", "--handle", "maud"])
      try client.waitFor("SERVER calls itself maud now.")
      try again.waitForInput("maud> ")
      try again.enter("hello")
      try client.waitFor("maud> hello")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      try stage.waitForTranscript([
        "tatyana native: client 1 hi, server 1 hello; closed by client, quit"
      ])
    }
  }

  @Test("who goes on reads by which keys, as before")
  func keys() throws {
    try Stage.run { stage in
      stage.link = .tls
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("\\who")
      try client.waitFor("Yours for it: SHA256:")
      let row = try #require(Self.keys(client.screen.paragraphs))
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      let next = try stage.client(server.port)
      try next.waitForInput("tatyana> ")
      try next.enter("\\who")
      try next.waitFor("Yours for it: ")
      #expect(Self.keys(next.screen.paragraphs) == row)
    }
  }

  private static func keys(_ text: String) -> Substring? {
    text.split(separator: "\n").last { $0.contains("Yours for it: ") }
  }

  @Test("a wrong server in between ends nothing: the right one is gone on with")
  func wrongServerBetween() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      server.process.signal(SIGKILL)
      _ = try server.process.exitOutcome()
      let wrong = try stage.onTerminal(.chatserve, ["\(server.port)", "--no-log"])
      try client.waitFor("does not have this conversation, which is kept for about")
      wrong.signal(SIGKILL)
      _ = try wrong.exitOutcome()
      let again = try stage.onTerminal(.chatserve, ["\(server.port)"])
      try again.waitFor("Ctrl-C stops.")
      try client.send(Keys.enter)
      try again.waitForInput("SERVER> ")
      try again.enter("hello")
      try client.waitFor("SERVER> hello")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      try stage.waitForTranscript([
        "tatyana native: client 1 hi, server 1 hello; closed by client, quit"
      ])
    }
  }
}
