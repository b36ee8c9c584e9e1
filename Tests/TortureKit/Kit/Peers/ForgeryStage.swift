import Harness

/// Says every forgery to a program on a terminal and compares every row.
public enum ForgeryStage {
  /// A peer says them to the server.
  public static func server(_ forgeries: [Forgery]) throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free", "--color", "never", unlimited: true)
      let peer = try PeerSocket(port: server.port)
      try peer.send("bob\0")
      try peer.waitFor("floor\0")
      try say(forgeries, on: peer)
      try peer.waitFor("ack \(forgeries.count + Forgery.brokenBytes.count)\0")
      try check(
        server.process, rows(of: forgeries, from: "bob"), start: "Connection with client opened.")
    }
  }

  /// A server says them to the client.
  public static func client(_ forgeries: [Forgery]) throws {
    try Stage.run { stage in
      let fake = try stage.fakeServer()
      let client = try stage.client(fake.port, "--handle", "bob", "--color", "never")
      let connection = try fake.accept()
      try connection.send("mallory\0")
      try connection.waitFor("bob\0")
      try connection.send("mode free\0floor\0")
      try say(forgeries, on: connection)
      try connection.waitFor("ack \(forgeries.count + Forgery.brokenBytes.count)\0")
      try check(client, rows(of: forgeries, from: "mallory"), start: nil)
    }
  }

  private static func say(_ forgeries: [Forgery], on peer: PeerSocket) throws {
    var number = 0
    for forgery in forgeries {
      number += 1
      try peer.send("say \(number) \(forgery.text)\0")
    }
    for (bytes, _) in Forgery.brokenBytes {
      number += 1
      try peer.send(Array("say \(number) ".utf8) + bytes + [0])
    }
  }

  private static func rows(of forgeries: [Forgery], from name: String) -> [String] {
    // Rows hang under the first word; docs/editor.md.
    let indent = String(repeating: " ", count: name.utf8.count + 2)
    return forgeries.flatMap { forgery in
      forgery.rows.enumerated().map { ($0 == 0 ? "\(name)> " : indent) + $1 }
    } + Forgery.brokenBytes.map { "\(name)> \($0.seen)" }
  }

  /// The server's own row, once a run, about a peer in clear.
  private static let inClear = "* Not encrypted: nc, telnet and older programs cannot."

  private static func check(_ process: PtyProcess, _ rows: [String], start: String?) throws {
    guard let last = rows.last else { return }
    try process.waitFor(last)
    let lines = process.screen.lines
    let first = start.flatMap { lines.firstIndex(of: $0) }.map { $0 + 1 } ?? lines.startIndex
    let seen = Array(lines[first...].filter { $0 != inClear }.prefix(rows.count))
    for (seen, expected) in zip(seen, rows) {
      try hold(
        Array(seen.utf8) == Array(expected.utf8),
        "seen \(seen.debugDescription), not \(expected.debugDescription)")
    }
    try hold(seen.count == rows.count, "\(seen.count) rows, not \(rows.count)")
    try hold(process.screen.unknown.isEmpty, "sequences \(process.screen.unknown)")
    // One bell is the program's own for a message; the peer's add none.
    try hold(process.screen.bells <= rows.count, "\(process.screen.bells) bells")
    // Told not to colour, the programs have none of their own.
    let output = String(decoding: process.output, as: UTF8.self)
    for sequence in output.split(separator: "\u{1b}[").dropFirst() {
      // The keyboard's mode is ended so (xterm's ctlseqs, XTMODKEYS).
      if sequence.hasPrefix(">") { continue }
      let end = sequence.firstIndex { $0.isLetter }
      let isColour = end.map {
        // With `>` it is modifyOtherKeys, which is turned off.
        sequence[$0] == "m" && sequence.first != ">"
          && sequence[..<$0].contains { "34".contains($0) }
      }
      try hold(isColour != true, "a colour: \(sequence.prefix(8).debugDescription)")
    }
  }
}
