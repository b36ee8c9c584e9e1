import Glibc
import Harness
import Testing

/// The units of a service manager, as they are installed.
@Suite struct UnitTests {
  private static let hasAnalyzer = access("/usr/bin/systemd-analyze", X_OK) == 0
  private static let directory = "lib/systemd/system"

  /// What `systemd-analyze` says of the units of a tree, and its status.
  private func analyze(
    _ stage: Stage, _ arguments: String
  ) throws -> (status: Int32, text: String) {
    let prefix = stage.home + "/tree"
    let install = try stage.bash(
      "'\(Repository.root)/Scripts/install' \"${0%/*}\" '\(prefix)'")
    #expect(try install.exitStatus() == 0)
    let run = try stage.bash("cd '\(prefix)/\(Self.directory)' && systemd-analyze \(arguments)")
    let status = try run.exitStatus()
    return (status, run.outputText + run.errorText)
  }

  @Test(
    "they are understood whole", .enabled(if: hasAnalyzer, "there is no systemd-analyze"),
    arguments: ["chatserve@.service", "chatserve@.socket"])
  func verify(unit: String) throws {
    try Stage.run { stage in
      let (status, text) = try analyze(stage, "verify --man=no ./\(unit)")
      #expect(status == 0 && text == "")
    }
  }

  @Test(
    "what the server may do is little", .enabled(if: hasAnalyzer, "there is no systemd-analyze"))
  func security() throws {
    try Stage.run { stage in
      // 3.0 of 10, which is what no service should be above.
      let (status, text) = try analyze(
        stage, "security --offline=yes --no-pager --threshold=30 ./chatserve@.service")
      #expect(status == 0, "\(text.suffix(200))")
      #expect(text.contains("Overall exposure level"))
    }
  }

  @Test("the program that they start is where it was put, and the options are its own")
  func start() throws {
    try Stage.run { stage in
      let prefix = stage.home + "/a place"
      let install = try stage.bash(
        "'\(Repository.root)/Scripts/install' \"${0%/*}\" '\(prefix)' /opt/chat")
      #expect(try install.exitStatus() == 0)
      let service = try #require(
        SmallFile.read("\(prefix)/\(Self.directory)/chatserve@.service"))
      let line = try #require(
        service.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
      let words = line.dropFirst("ExecStart=".count).split(separator: " ").map(String.init)
      #expect(words.first == "/opt/chat/bin/chatserve")
      let options = try stage.help(.chatserve).options
      for word in words where word.hasPrefix("--") { #expect(options.contains(word)) }
    }
  }
}
