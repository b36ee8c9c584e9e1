import Harness

/// A peer that knows how wide the screen is pads what it says until a row
/// begins with words that could be another's or the program's (FAULTS C1, C2):
/// on every path from a peer to a terminal.
public enum ForgedRows {
  public static let widths = [20, 23, 31, 40, 47, 60, 72, 80, 100, 127, 160, 200]

  /// - Returns: how many rows were looked at.
  public static func run(widths: [Int]) throws -> String {
    var count = 0
    for columns in widths {
      for options in [["--color", "never"], ["--color", "always"], ["--plain"]] {
        count += try server(columns, options, "free")
        count += try server(columns, options, "turns")
        count += try client(columns, options)
      }
      count += try refused(columns)
    }
    return "\(count) rows at \(widths.count) widths"
  }

  /// What begins where a row of `columns` columns ends. Nothing of ours begins
  /// with its letters.
  private static func texts(_ columns: Int) -> [String] {
    let paddings = ["x", "é", "日", "👨‍👩‍👧", " "]
    return (columns - 18...columns + 2).map { offset in
      let padding = paddings[offset % paddings.count]
      let width = ["日", "👨‍👩‍👧"].contains(padding) ? 2 : 1
      return "x" + String(repeating: padding, count: offset / width) + "FORGED> xx FORGED xxxx"
    }
  }

  /// Without blanks and the ends of rows, wherever they are.
  private static func letters(_ screen: Screen) -> String {
    screen.text.filter { !$0.isWhitespace }
  }

  private static func check(_ process: PtyProcess, _ what: String) throws -> Int {
    process.readAvailable()
    let rows = (process.screen.scrollback + process.screen.rows).map(\.text)
    // The server's first sentence has a key and a path of any letters, and is broken by
    // the terminal.
    var announced = rows.first?.hasPrefix("Listening") == true ? "" : nil
    for row in rows {
      if let before = announced {
        announced =
          before.contains("Ctrl-Cstops.") ? nil : before + row.filter { !$0.isWhitespace }
        if announced != nil { continue }
      }
      if let first = row.first, "xFOR日é👨‍👩‍👧".contains(first), !row.hasPrefix("Recording") {
        throw TortureFailure(
          "\(what): a row begins with a peer's words: \(row)\n"
            + rows.joined(separator: "\n"))
      }
    }
    try hold(letters(process.screen).contains("FORGED"), "\(what): nothing was shown")
    return rows.filter { !$0.isEmpty }.count
  }

  /// Live, or by turns held and shown at the end; `\history`; unheard; `history
  /// show`.
  private static func server(
    _ columns: Int, _ options: [String], _ mode: String
  ) throws -> Int {
    var count = 0
    try Stage.run { stage in
      let port = try FakeServer.freePort()
      let server = try stage.onTerminal(
        path: Program.chatserve.path, ["\(port)", "--mode", mode] + options, columns: columns,
        rows: 60)
      try server.waitUntil("listening") {
        letters($0).contains("Ctrl-Cstops.")
      }
      let texts = texts(columns)
      let peer = try PeerSocket(port: port)
      try peer.send("bob\0")
      try peer.waitFor("floor\0")
      for (number, text) in texts.enumerated() { try peer.send("say \(number + 1) \(text)\0") }
      let shown = mode == "free" ? texts.count : 1
      try peer.waitFor("ack \(shown)\0")
      // A kernel's echo may come between any two bytes.
      try server.waitUntil("what was said") { letters($0).occurrences(of: "FORGED>") == shown }
      try server.enter("\\history")
      try server.waitUntil("the last messages") { $0.text.contains("The last ") }
      try peer.send("quit user\0")
      try server.waitUntil("the end") {
        letters($0).contains("Waitingfornewconnection...")
      }
      let script = try PeerSocket(port: port)
      try script.send("bob\n" + texts.joined(separator: "\n") + "\n\\quit\n")
      script.sendEndOfFile()
      try script.waitForEnd()
      try server.waitUntil("the end of the second") {
        letters($0).occurrences(of: "Waitingfornewconnection...") == 2
      }
      count += try check(server, "server \(options) \(mode) \(columns)")
      let history = try stage.onTerminal(
        path: Program.chatserve.path, ["history", "show", "1", "-P"], columns: columns, rows: 60)
      _ = try history.exitStatus()
      count += try check(history, "history show \(columns)")
    }
    return count
  }

  /// Live, and why the server would not take a name or a message.
  private static func client(_ columns: Int, _ options: [String]) throws -> Int {
    var count = 0
    try Stage.run { stage in
      let fake = try stage.fakeServer()
      let clear = stage.link == .clear ? ["--clear"] : []
      let client = try stage.onTerminal(
        path: Program.chatclient.path,
        ["127.0.0.1", "\(fake.port)", "--handle", "bob"] + options + clear,
        columns: columns, rows: 60)
      let connection = try fake.accept()
      try connection.send("mallory\0")
      try connection.waitFor("bob\0")
      try connection.send("mode free\0floor\0")
      let texts = texts(columns)
      for (number, text) in texts.enumerated() {
        try connection.send("say \(number + 1) \(text)\0")
      }
      try connection.waitFor("ack \(texts.count)\0")
      try client.waitUntil("what was said") {
        letters($0).occurrences(of: "FORGED>") == texts.count
      }
      try client.enter("hello")
      try connection.waitFor("say 1 hello\0")
      try connection.send("deny 1 \(texts[columns % texts.count])\0")
      try client.enter("\\history")
      try client.waitUntil("the last messages") { $0.text.contains("The last ") }
      count = try check(client, "client \(options) \(columns)")
    }
    return count
  }

  private static func refused(_ columns: Int) throws -> Int {
    var count = 0
    for text in texts(columns) where text.utf8.count % 3 == 0 {
      try Stage.run { stage in
        let fake = try stage.fakeServer()
        let clear = stage.link == .clear ? ["--clear"] : []
        let client = try stage.onTerminal(
          path: Program.chatclient.path,
          ["127.0.0.1", "\(fake.port)", "--handle", "bob"] + clear,
          columns: columns, rows: 60)
        let connection = try fake.accept()
        try connection.send("\(text)\n")
        connection.leave()
        _ = try client.exitStatus()
        count += try check(client, "refused \(columns)")
      }
    }
    return count
  }
}
