import ChatCore
import Harness
import Transcript

/// A transcript in which every message is a forgery: what `history` reads.
enum ForgedTranscript {
  /// Markup of every format that `history` writes.
  static let markup: [Forgery] = [
    "<script>alert(1)</script>", "</bdi></li></ol></section><h2>Conversation 9</h2>",
    "<img src=x onerror=alert(1)>", "&lt;b&gt; &amp; &#x3c;", "\" onmouseover=\"alert(1)",
    "![x](http://a.b/c) [y](javascript:alert) <http://a.b>", "`code` **bold** _it_ ~~no~~",
    "| a | b |", "# heading", "--- ***", "a,\"b\",'c'", "=1+1", "\\\\ \\n \\x1b",
    "]]> <!-- --> <?x?>",
    "-- 2026-03-01 --", "{\"seq\":1}",
  ].map { Forgery($0, $0) }

  static let forgeries = Forgery.characters + Forgery.attacks + markup + [Forgery.pile]

  /// What was said as it is kept, in order.
  static let texts = forgeries.map(\.text)

  /// The rows of each message.
  static let rows = forgeries.map(\.rows) + Forgery.brokenBytes.map { [$0.seen] }

  /// Every message a second after the one before, from 1970-01-01T00:00:00Z.
  static func write(to path: String) throws {
    let writer = try TranscriptWriter(path: path)
    let run = try writer.startRun(
      RunDescription(pid: 1, bootID: "", version: "1", port: 1027, handle: try Handle("SERVER")),
      at: Timestamp(milliseconds: 0))
    var messages = try texts.map { try Message($0) }
    messages += try Forgery.brokenBytes.map { try Message(bytes: $0.bytes[...]) }
    try write(messages, of: "bob", by: .client, port: 1, run, writer)
    // One that looks like the server, and whose end has a word of its own.
    try write(
      [try Message("hi\nSERVER> trust me")], of: "SERVER", by: nil, port: 2, run, writer,
      detail: "\u{1b}]0;t\u{7}\u{202e}\n<b>")
  }

  private static func write(
    _ messages: [Message], of name: String, by party: Party?, port: Int, _ run: Int64,
    _ writer: TranscriptWriter, detail: String? = nil
  ) throws {
    let conversation = ConversationWriter(
      writer, run: run, peerAddress: "127.0.0.1", peerPort: port, mode: .free)
    var entries: [Entry] = [.open, .handle(try Handle(name), .native), .floor]
    for (index, message) in messages.enumerated() {
      entries.append(.message(from: .client, number: index + 1, message))
    }
    entries.append(
      .close(by: party, party == nil ? .crashed : .quit, detail: detail, undelivered: 0))
    try conversation.append(
      entries.enumerated().map { ($1, Timestamp(milliseconds: Int64($0) * 1000)) })
  }
}
