import Glibc
import Harness
import Testing

/// `chatserve history` on a terminal, with less(1) between.
@Suite struct PagerTests {
  private static let hasLess = access("/usr/bin/less", X_OK) == 0

  @Test(
    "less passes colours on, whatever it was told in LESS",
    .enabled(if: hasLess, "there is no less here"), arguments: [nil, "M", "-FX", "", "-P$", "FX"])
  func colours(options: String?) throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free")
      let peer = try stage.nativePeer("tatyana", on: server.port)
      try peer.send("say 1 hi\0")
      try peer.waitFor("ack 1\0")
      let setting = options.map { "LESS=\($0)" } ?? "A=b"
      let terminal = try stage.onTerminal(
        path: "/usr/bin/env", [setting, Program.chatserve.path, "history", "show"])
      try terminal.waitUntil("the message") { $0.text.contains("tatyana> hi") }
      // The bytes of a colour are shown as ESC in reverse where it is not passed.
      #expect(!terminal.screen.text.contains("ESC"))
      #expect(String(decoding: terminal.output, as: UTF8.self).contains("\u{1b}[2m"))
    }
  }
}
