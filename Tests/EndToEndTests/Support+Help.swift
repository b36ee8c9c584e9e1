import Harness
import Testing

/// What a program says that it can be told.
struct HelpText {
  /// `-h`, `--help` and the others.
  var options: Set<String> = []
  /// The words that may come first.
  var verbs: [String] = []

  init(_ text: String) {
    var section = ""
    for line in text.split(separator: "\n") {
      if line.hasSuffix(":") { section = String(line) }
      // What is indented further is the text of the line before.
      guard line.hasPrefix("  "), !line.hasPrefix("   ") else { continue }
      if section == "SUBCOMMANDS:", line.dropFirst(2).first?.isLowercase == true {
        verbs += line.split(separator: " ").prefix(1).map(String.init)
      } else if line.hasPrefix("  -") {
        options.formUnion(Self.names(line))
      }
    }
  }

  /// `-A` and `--after-context` of `  -A, --after-context <n> Show …`.
  private static func names(_ line: Substring) -> [String] {
    let words = line.split(separator: " ")
    guard let first = words.first else { return [] }
    if first.hasSuffix(",") {
      return [String(first.dropLast())] + words.dropFirst().prefix(1).map(String.init)
    }
    return [String(first)]
  }
}

extension Stage {
  /// The options and verbs behind some words of a command line.
  func help(_ program: Program, _ words: [String] = []) throws -> HelpText {
    let process = try onPipes(program, words + ["--help"])
    try #require(try process.exitStatus() == 0)
    return HelpText(process.outputText)
  }
}

/// Files of the repository.
enum Repository {
  static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
}
