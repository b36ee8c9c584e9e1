import ChatCore
import Transcript

/// `-o html`: one page that needs nothing else: no script, no request. It
/// follows the reader's choice of light or dark and prints black on white.
struct HTMLFormat: HistoryFormat {
  let zone: Zone
  private var isInList = false

  init(zone: Zone) {
    self.zone = zone
  }

  mutating func begin(into output: inout some TextOutputStream) {
    output.write(Self.head)
  }

  mutating func end(into output: inout some TextOutputStream) {
    if isInList { output.write("</table>\n") }
    output.write("</body>\n</html>\n")
  }

  mutating func listed(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    if !isInList {
      output.write("<table>\n<tr><th>ID<th>Started<th>Client<th>Messages<th>Ended\n")
    }
    isInList = true
    let started = time(conversation.opened, Stamp.dateAndClock(conversation.opened, in: zone))
    let client = Self.escaped(conversation.client ?? "-")
    let ending = Self.escaped(EndingWords.column(conversation.ending))
    output.write("<tr><td>\(conversation.id)<td>\(started)<td>\(client)")
    output.write("<td>\(conversation.messageCount)<td>\(ending)\n")
  }

  mutating func entered(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    let client = Self.escaped(conversation.client ?? "a client")
    let server = Self.escaped(conversation.server)
    let opened = time(conversation.opened, Stamp.dateAndClock(conversation.opened, in: zone))
    output.write("<section>\n<h2>Conversation \(conversation.id): ")
    output.write("<bdi>\(client)</bdi> with <bdi>\(server)</bdi></h2>\n")
    output.write(
      "<p>\(opened), from \(Self.escaped(conversation.peer)) to port \(conversation.port)</p>\n<ol>\n"
    )
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout some TextOutputStream
  ) {
    let wording = EventWording(event, of: conversation, isFull: false)
    let style = wording.speaker?.rawValue ?? "note"
    let mark = role == .match ? " match" : ""
    output.write("<li class=\"\(style)\(mark)\">")
    output.write(time(event.time, Stamp.clock(event.time, in: zone)))
    if wording.speaker != nil {
      output.write(" <b><bdi>\(Self.escaped(String(wording.lead.dropLast(2))))</bdi></b>")
    }
    let lines = TextSanitizer.escapedLines(wording.text).map(Self.escaped)
    output.write(" <bdi class=\"text\">\(lines.joined(separator: "<br>"))</bdi>")
    if !wording.trail.isEmpty { output.write("<i>\(Self.escaped(wording.trail))</i>") }
    output.write("</li>\n")
  }

  mutating func gap(into output: inout some TextOutputStream) {
    output.write("<li class=\"note\">…</li>\n")
  }

  mutating func left(
    _ conversation: ConversationSummary, isWhole: Bool, into output: inout some TextOutputStream
  ) {
    if isWhole, case .lost(let before) = conversation.ending {
      let limit = before.map { " before \(time($0, Stamp.dateAndClock($0, in: zone)))" } ?? ""
      output.write("<li class=\"note\">no close was logged; the server stopped\(limit)</li>\n")
    }
    output.write("</ol>\n</section>\n")
  }

  private func time(_ time: Timestamp, _ shown: String) -> String {
    "<time datetime=\"\(Stamp.full(time, in: zone))\">\(shown)</time>"
  }

  /// Text that is neither markup nor acts on a terminal that shows the source
  /// (HTML Living Standard 13.1.2.3 and 13.1.4).
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in TextSanitizer.escapedOnOneLine(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The policy lets nothing be loaded or run, whatever gets into the page.
  private static let head = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Conversations</title>
    <style>
    :root { --ink: #1b1b1b; --paper: #fff; --faint: #6a6a6a; --client: #0b5c6b; --server: #2c6a1c; --mark: #fff3c4 }
    @media (prefers-color-scheme: dark) {
    :root { --ink: #e6e6e6; --paper: #161616; --faint: #9a9a9a; --client: #6cc9da; --server: #8fd07a; --mark: #4a3f10 }
    }
    @media print {
    :root { --ink: #000; --paper: #fff; --faint: #444; --client: #000; --server: #000; --mark: #eee }
    h2 { break-after: avoid } li { break-inside: avoid }
    }
    body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif }
    h2 { font-size: 1.1rem; margin: 2rem 0 0 } p, time, .note { color: var(--faint) }
    p { margin: 0 } ol { list-style: none; padding: 0 }
    li { padding-left: 5.5rem; text-indent: -5.5rem; overflow-wrap: anywhere }
    time { font-variant-numeric: tabular-nums } li time { display: inline-block; width: 5rem; text-indent: 0 }
    .client b { color: var(--client) } .server b { color: var(--server) } .match { background: var(--mark) }
    .text { white-space: pre-wrap }
    table { border-collapse: collapse } th, td { text-align: left; padding: .1rem .8rem .1rem 0 }
    </style>
    </head>
    <body>

    """
}
