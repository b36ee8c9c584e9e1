import Harness
import Testing

/// A page in the browser of somebody at this machine, which the server is open to.
@Suite struct WebPageTests {
  private static let body = "operator\nGoodbye from a web page\n"
  private static let request =
    "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"

  @Test("has nothing shown or recorded, and keeps nobody of its visitor's address out")
  func isNoPerson() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free")
      for attempt in 0..<6 {
        let page = try PeerSocket(port: server.port)
        if attempt.isMultiple(of: 2) { try page.waitFor("SERVER\0") }
        try page.send(Self.request)
        try page.waitForEnd()
        #expect(page.receivedText == "SERVER\0")
      }
      let person = try PeerSocket(port: server.port)
      try person.send("bob\nhi\n")
      try server.process.waitFor("bob> hi")
      #expect(!server.process.outputText.contains("operator"))
      #expect(!server.process.outputText.contains("Goodbye"))
      let transcript = try stage.transcript().joined(separator: "\n")
      #expect(!transcript.contains("Goodbye") && !transcript.contains("operator"), "\(transcript)")
    }
  }
}
