import Testing

/// The outputs that are promised, to the letter.
@Suite struct SampleTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture.samples()
  }

  /// A screen without colours.
  private func screen(_ arguments: String...) throws -> String {
    try Fixture.history(
      arguments + ["--database", fixture.path, "--tz", "-08:00"], columns: 80,
      environment: ["TERM": "dumb"]
    ).output
  }

  private func pipe(_ arguments: String...) throws -> String {
    try Fixture.history(arguments + ["--database", fixture.path, "--tz", "-08:00"]).output
  }

  @Test func `the list on a terminal`() throws {
    #expect(
      try screen() == """
          ID  STARTED               LENGTH  CLIENT      MSGS  ENDED
           2  2026-03-01 14:10:12   >=0:19  mike           1  lost, server stopped
           1  2026-03-01 14:02:03     0:38  tatyana        2  client quit

        """)
  }

  @Test func `a conversation on a terminal`() throws {
    #expect(
      try screen("show", "1") == """
        Conversation 1: tatyana with SERVER, 2026-03-01, 127.0.0.1:50112, port 1027
        14:02:03  * connection opened
        14:02:06  * handle tatyana
        14:02:09  tatyana> hi
        14:02:15  SERVER> hi
        14:02:41  * connection closed: client quit

        """)
  }

  @Test func `a lost conversation on a terminal`() throws {
    #expect(
      try screen("show", "2") == """
        Conversation 2: mike with SERVER, 2026-03-01, 127.0.0.1:50240, port 1027
        14:10:12  * connection opened
        14:10:15  * handle mike
        14:10:31  mike> hi
                  ! no close was logged; the server stopped between 14:10:31 and 15:02:00

        """)
  }

  @Test func `a conversation in a pipe`() throws {
    #expect(
      try pipe("show", "1") == """
        2026-03-01T14:02:03.120-08:00 1 * connection opened: from 127.0.0.1:50112 to port 1027
        2026-03-01T14:02:06.004-08:00 1 * handle tatyana
        2026-03-01T14:02:09.511-08:00 1 tatyana> hi
        2026-03-01T14:02:15.872-08:00 1 SERVER> hi
        2026-03-01T14:02:41.006-08:00 1 * connection closed: client quit

        """)
  }

  @Test func `a lost conversation in a pipe`() throws {
    let lines = try pipe("show", "2").split(separator: "\n")
    #expect(
      lines.last == """
        2026-03-01T14:10:31.440-08:00 2 ! no close was logged; the server stopped before \
        2026-03-01T15:02:00.000-08:00
        """)
  }

  @Test func `the list in a pipe`() throws {
    #expect(
      try pipe() == """
        2\t2026-03-01T14:10:12.207-08:00\t\tmike\t1\tlost
        1\t2026-03-01T14:02:03.120-08:00\t2026-03-01T14:02:41.006-08:00\ttatyana\t2\tclient-quit

        """)
  }

  @Test func `what the server's screen showed`() throws {
    #expect(
      try pipe("show", "1", "-o", "transcript") == """
        Connection with client opened.
        tatyana> hi
        SERVER> hi
        Client requested to close connection. Waiting for new connection...

        """)
  }

  @Test func `the list as JSON Lines`() throws {
    #expect(
      try pipe("list", "-o", "json") == """
        {"v":1,"type":"conversation","id":2,"client":"mike","server":"SERVER",\
        "peer":"127.0.0.1:50240","port":1027,"opened":"2026-03-01T22:10:12.207Z","closed":null,\
        "state":"lost","ended_by":null,"reason":null,"last_event":"2026-03-01T22:10:31.440Z",\
        "ended_before":"2026-03-01T23:02:00.000Z","messages":1,\
        "encrypted":null,"key":null}
        {"v":1,"type":"conversation","id":1,"client":"tatyana","server":"SERVER",\
        "peer":"127.0.0.1:50112","port":1027,"opened":"2026-03-01T22:02:03.120Z",\
        "closed":"2026-03-01T22:02:41.006Z","state":"closed","ended_by":"client","reason":"quit",\
        "last_event":"2026-03-01T22:02:41.006Z","ended_before":null,"messages":2,\
        "encrypted":null,"key":null}

        """)
  }

  @Test func `a conversation as JSON Lines`() throws {
    let lines = try pipe("show", "1", "-o", "json").split(separator: "\n")
    #expect(lines.count == 6)
    #expect(lines.first?.hasPrefix(#"{"v":1,"type":"conversation","id":1,"#) == true)
    #expect(
      lines.suffix(2).joined(separator: "\n") == """
        {"v":1,"type":"event","seq":4,"conversation":1,"time":"2026-03-01T22:02:15.872Z",\
        "kind":"message","from":"server","handle":"SERVER","text":"hi"}
        {"v":1,"type":"event","seq":5,"conversation":1,"time":"2026-03-01T22:02:41.006Z",\
        "kind":"close","from":"client","handle":"tatyana","reason":"quit"}
        """)
  }

  @Test func `the path`() throws {
    #expect(try pipe("path") == fixture.path + "\n")
  }
}
