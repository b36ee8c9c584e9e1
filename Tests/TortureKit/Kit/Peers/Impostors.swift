import Harness

/// Handles that imitate the server, or are none.
public enum Impostors {
  /// What is no handle and must be refused.
  public static let handles = [
    "SERVER\u{200b}", "SER VER", "\u{202e}REVRES",
    "\u{1b}[31mbob", "bob\u{7}", "", "\u{feff}bob",
    "bob\u{9b}2J", "elevenchars", "\u{3164}",
    "Z" + String(repeating: "\u{301}", count: 1000),
  ]

  /// Those that are names, and look like the server's.
  public static let lookalikes = [
    "SERVER", "server", "Server", "S\u{415}RVER", "SERV\u{415}R", "\u{405}ERVER", "SERVER.",
    "SERVER>",
    "5ERVER", "\u{ff33}ERVER", "SE\u{280}VER",
  ]

  /// What of them the server took for a name without a mark; none should be.
  public static func unmarked() throws -> [String] {
    var unmarked: [String] = []
    for handle in lookalikes {
      try Stage.run { stage in
        let server = try stage.server("--mode", "free", "--color", "never")
        let peer = try PeerSocket(port: server.port)
        try peer.send("\(handle)\0")
        try peer.waitFor("floor\0")
        try peer.send("say 1 marker\0")
        try server.process.waitUntil("a message of \(handle)") { $0.text.contains("marker") }
        if server.process.screen.lines.contains("\(handle)> marker") { unmarked.append(handle) }
      }
    }
    return unmarked
  }

  /// What of ``handles`` was not refused; none should be.
  public static func accepted() throws -> [String] {
    var accepted: [String] = []
    try Stage.run { stage in
      let server = try stage.server("--mode", "free", "--color", "never")
      for handle in handles {
        let peer = try PeerSocket(port: server.port)
        try peer.send("\(handle)\0")
        try Deadline.poll("an answer to \(handle.debugDescription)") {
          try? peer.waitFor("deny ", within: 0.02)
          return peer.receivedText.contains("deny ") || peer.receivedText.contains("floor")
            || peer.hasEnded
        }
        if peer.receivedText.contains("floor") { accepted.append(handle) }
      }
    }
    return accepted
  }
}
