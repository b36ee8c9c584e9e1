import ChatCore
import Testing
import Transcript

@testable import History

/// `-o transcript`: what the server's screen showed.
@Suite struct ScreenTextTests {
  private func conversation(
    floor: Timestamp? = Timestamp(milliseconds: 1000), dialect: Dialect = .native
  ) -> ConversationSummary {
    ConversationSummary(
      id: 1, client: "mike", server: "SERVER", peerAddress: "127.0.0.1", peerPort: 50112,
      port: 1027, mode: .known(.turns), dialect: .known(dialect),
      opened: Timestamp(milliseconds: 0),
      floor: floor, ending: .open, lastEvent: Timestamp(milliseconds: 0), messages: 0)
  }

  private func text(_ conversation: ConversationSummary, _ events: [Event]) -> String {
    var format = TranscriptFormat(screen: Screen(columns: nil) { _ in 1 })
    let sink = MemorySink()
    var output = OutputBuffer(sink)
    format.begin(into: &output)
    format.entered(conversation, into: &output)
    for event in events { format.event(event, of: conversation, .plain, into: &output) }
    format.left(conversation, isWhole: true, into: &output)
    format.end(into: &output)
    output.flush()
    return sink.text
  }

  private func event(_ at: Int64, _ content: Event.Content) -> Event {
    Event(seq: 1, conversation: 1, time: Timestamp(milliseconds: at), content)
  }

  @Test func `who never had the floor was on no screen`() {
    let events = [
      event(0, .open),
      event(1, .close(Event.Close(by: .client, .quit))),
    ]
    #expect(text(conversation(floor: nil), events) == "")
    #expect(
      text(conversation(), events) == """
        Connection with client opened.
        Client requested to close connection. Waiting for new connection...

        """)
  }

  @Test(arguments: [
    (
      Party?.some(.server), CloseReason.quit, Dialect.native,
      "Server requested to close connection. "
    ),
    (.server, .eof, .native, "Server requested to close connection. "),
    (.server, .blocked, .native, "Server requested to close connection. "),
    (.server, .sigint, .native, "Server requested to close connection."),
    (.server, .restart, .native, "Server requested to close connection."),
    (.client, .quit, .native, "Client requested to close connection. "),
    (.client, .eof, .line, "Client requested to close connection. "),
    (.client, .eof, .native, "Connection with client was lost. "),
    (.client, .sigint, .native, "Client requested to close connection. "),
    (nil, .reset, .native, "Connection with client was lost. "),
    (.client, .error, .native, "Connection with client was lost. "),
    (.client, .unresponsive, .native, "Connection with client was lost. "),
    (.server, .crashed, .native, "The conversation with 127.0.0.1:50112 crashed (signal 11). "),
  ])
  func `every ending has the words of the screen`(
    _ party: Party?, _ reason: CloseReason, _ dialect: Dialect, _ words: String
  ) {
    let detail = reason == .crashed ? "signal 11" : nil
    let close = event(5, .close(Event.Close(by: party, reason, detail: detail)))
    let waiting = words.hasSuffix(" ") ? "Waiting for new connection...\n" : "\n"
    #expect(text(conversation(dialect: dialect), [close]) == words + waiting)
  }

  @Test(arguments: [
    (301_020, "5 minutes of inactivity"), (61_400, "1 minute of inactivity"),
    (3_100, "2 seconds of inactivity"), (1_100, "inactivity"), (-5, "inactivity"),
    (Int64.max, "9223372036854775 seconds of inactivity"),
  ])
  func `a timeout tells how long nothing was heard`(_ at: Int64, _ words: String) {
    let close = event(at, .close(Event.Close(by: .client, .timeout)))
    #expect(
      text(conversation(), [close])
        == "Client timed out after \(words). Waiting for new connection...\n")
  }
}

@Suite struct EndingWordsTests {
  @Test func `who was stopped is who is named`() {
    #expect(
      EndingWords.cause(Event.Close(by: .server, .sigint, detail: "SIGTERM"))
        == "server was stopped (SIGTERM)")
    #expect(
      EndingWords.cause(Event.Close(by: .server, .restart, detail: "SIGUSR2"))
        == "server was stopped for a restart (SIGUSR2)")
    #expect(EndingWords.cause(Event.Close(by: .client, .sigint)) == "client was interrupted")
  }
}
