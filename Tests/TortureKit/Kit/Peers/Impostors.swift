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

  /// Those that are names, and look like the server's or like another than
  /// they are.
  public static let lookalikes = [
    "SERVER", "server", "Server", "S\u{415}RVER", "SERV\u{415}R", "\u{405}ERVER", "SERVER.",
    "SERVER>", "SERVER>x", "SERVER\u{d55c}",
    "5ERVER", "\u{ff33}ERVER", "SE\u{280}VER",
    // A Roman numeral, Lisu, modifier letters, Coptic, a prime, a reversed S.
    "SER\u{2164}ER", "\u{a4e2}\u{a4f0}\u{a4e3}\u{a4e6}\u{a4f0}\u{a4e3}",
    "\u{2e2}\u{1d31}\u{1d3f}\u{2c7d}\u{1d31}\u{1d3f}", "S\u{2c88}RV\u{2c88}R", "SERVER\u{2b9}",
    "\u{1a7}ERVER",
    // Something unseen, and two scripts in one name.
    "SER\u{200d}VER", "b\u{43e}b", "bob\u{fe0f}",
  ]

  /// What of them the server took for a name without a mark; none should be.
  public static func unmarked() throws -> [String] {
    var unmarked: [String] = []
    for handle in lookalikes {
      try Stage.run { stage in
        let server = try stage.server("--mode", "free", "--color", "never", unlimited: true)
        let peer = try PeerSocket(port: server.port)
        try peer.send("\(handle)\0")
        try peer.waitFor("floor\0")
        try peer.send("say 1 marker\0")
        try server.process.waitUntil("a message of \(handle)") { $0.text.contains("marker") }
        let lines = server.process.screen.lines.filter { $0.contains("> marker") }
        if !lines.allSatisfy({ $0.contains("(client)> marker") }) { unmarked.append(handle) }
      }
    }
    return unmarked
  }

  /// Gives each of ``handles`` as a person does who can be asked again, and waits
  /// until it is refused.
  ///
  /// - Throws: when one is not. (In the original dialect nobody can be asked;
  ///   there a name is made of what was given.)
  public static func areRefused() throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free", "--color", "never", unlimited: true)
      for handle in handles {
        let peer = try PeerSocket(port: server.port)
        try peer.send("\(handle)\n")
        try peer.waitFor("User Name must be between [1-10]")
      }
      try hold(!server.process.screen.text.contains("opened"), "somebody has the floor")
    }
  }
}
