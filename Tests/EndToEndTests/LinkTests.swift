import Glibc
import Harness
import Testing

/// What a release takes into itself, and the switch for packagers.
@Suite struct LinkTests {
  /// Whether the programs are those of the release, or another build's.
  private static let isRelease = getenv("CHAT_PROGRAMS") == nil

  @Test(
    "a release needs nothing but the C library", .enabled(if: isRelease),
    arguments: [Program.chatserve, .chatclient])
  func needed(program: Program) throws {
    try Stage.run { stage in
      let listing = try stage.bash("readelf -d '\(program.path)'")
      let needed = listing.lines.filter { $0.contains("(NEEDED)") }
      #expect(!needed.isEmpty)
      for line in needed {
        // The loader, the library, and its mathematics, which is a file of its own.
        #expect(
          ["ld-linux", "[libc.so.6]", "[libm.so.6]"].contains { line.contains($0) }, "\(line)")
      }
    }
  }

  @Test(
    "CHAT_SHARED_SQLITE=1 links the system's SQLite, and nothing else does",
    arguments: ["", "0", "1"])
  func shared(setting: String) throws {
    try Stage.run { stage in
      // A copy: SwiftPM locks the directory that it builds in, and this runs in a test.
      let manifest = stage.home + "/Package.swift"
      _ = try stage.bash("cp '\(Repository.root)/Package.swift' '\(manifest)'")
      let path = getenv("PATH").map { String(cString: $0) } ?? ""
      let result = try Command(
        path: "/usr/bin/env",
        arguments: ["swift", "package", "--package-path", stage.home, "dump-package"],
        environment: stage.environment.merging(["PATH": path, "CHAT_SHARED_SQLITE": setting]) { $1 }
      ).run()
      #expect(result.status == 0, "\(result.text)")
      #expect(result.text.contains("Tools/link/stdc++"))
      #expect(result.text.contains("Tools/link/sqlite3") == (setting != "1"))
    }
  }
}
