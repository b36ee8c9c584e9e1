import Glibc
import Harness

/// The built `chatserve history` on a transcript full of forgeries: on a
/// terminal, and between pipes.
public enum HistoryStage {
  private static let formats = [
    "text", "tsv", "csv", "json", "json-pretty", "transcript", "markdown", "html",
  ]

  /// Every verb that shows what a peer wrote.
  private static let verbs = [
    ["list"], ["show", "1..2"], ["search", "-F", "a"], ["search", "hi"], ["tail", "-n", "1000"],
    ["export"],
  ]

  /// Of `stats`, whose formats are fewer.
  private static let statistics = [["stats"], ["stats", "--by", "hour"], ["stats", "-o", "json"]]

  private static var all: [[String]] {
    verbs.flatMap { verb in formats.map { verb + ["-o", $0] } } + statistics
  }

  /// - Returns: how many commands were run.
  /// - Throws: ``TortureFailure``, what one of them let through.
  public static func run() throws -> Int {
    try Stage.run { stage in
      try ForgedTranscript.write(to: stage.database)
      try checkRows(stage)
      for command in all {
        try checkTerminal(stage, command, "never")
        try checkTerminal(stage, command, "always")
        try checkPipe(stage, command)
      }
      let page = try piped(stage, ["show", "1", "-o", "html", "--kind", "message"])
      try holdEqual(
        try Markup(page).messages, ForgedTranscript.rows.map { $0.joined(separator: "\n") },
        "messages of the page and expected")
      // A page that is followed has no end.
      for verb in verbs where verb.first != "tail" {
        _ = try Markup(try piped(stage, verb + ["-o", "html"]))
      }
      try Lossless.check(
        json: try piped(stage, ["show", "1", "-o", "json", "--kind", "message"]),
        csv: try piped(stage, ["show", "1", "-o", "csv", "--kind", "message"]))
    }
    return 1 + all.count * 3 + 3 + verbs.count - 1
  }

  private static func arguments(_ command: [String], _ colour: String = "never") -> [String] {
    ["history"] + command + ["--utc", "-P", "--color", colour]
  }

  /// A terminal shows exactly the expected rows.
  private static func checkRows(_ stage: Stage) throws {
    let process = try stage.onTerminal(
      .chatserve, arguments(["show", "1", "--kind", "message"]))
    _ = try process.exitOutcome()
    let clock = String(repeating: " ", count: 10)
    var second = 2
    let expected = ForgedTranscript.rows.flatMap { rows in
      second += 1
      let time = "00:0\(second / 60):\(second % 60 < 10 ? "0" : "")\(second % 60)"
      return rows.enumerated().map { $0 == 0 ? "\(time)  bob> \($1)" : "\(clock)     \($1)" }
    }
    let seen = Array(process.screen.lines.dropFirst())
    try holdEqual(seen.map(trimmed), expected.map(trimmed), "rows seen and expected")
  }

  private static func trimmed(_ row: String) -> String {
    var row = Substring(row)
    while row.last == " " { row.removeLast() }
    return String(row)
  }

  private static func checkTerminal(_ stage: Stage, _ command: [String], _ colour: String) throws {
    let what = "\(command.joined(separator: " ")) on a terminal, colours \(colour)"
    let process = try stage.onTerminal(.chatserve, arguments(command, colour))
    if command.first == "tail" {
      try process.waitUntil("the last event of \(what)") { _ in isComplete(process.output) }
      try process.send("\u{3}")
    }
    let outcome = try process.exitOutcome()
    try hold(outcome == .exited(command.first == "tail" ? 130 : 0), "\(what): \(outcome)")
    var output = process.output
    // The kernel's own echo of Ctrl-C, termios(3) ECHOCTL.
    if command.first == "tail", output.suffix(2) == [0x5e, 0x43] { output.removeLast(2) }
    let text =
      colour == "always"
      ? UnsafeOutput.withoutColours(output)
      : String(decoding: output.filter { $0 != 0x0d }, as: UTF8.self)
    if let found = UnsafeOutput.find(in: text) { throw TortureFailure("\(what): \(found)") }
    // Two formats have tabs between their columns.
    let unknown = process.screen.unknown.filter { $0 != "\t" }
    try hold(unknown.isEmpty, "\(what): \(unknown)")
    try hold(process.screen.bells == 0, "\(what): \(process.screen.bells) bells")
    try holdOwnLines(process.screen.lines, what)
  }

  /// No message begins a line as the server's word or its notice does.
  private static func holdOwnLines(_ lines: [String], _ what: String) throws {
    for line in lines {
      try hold(!line.hasPrefix("SERVER> "), "\(what): \(line)")
      try hold(!line.hasPrefix("- 00:00:00 **SERVER:"), "\(what): \(line)")
    }
  }

  /// The close of the second conversation has been written.
  private static func isComplete(_ output: [UInt8]) -> Bool {
    let text = String(decoding: output, as: UTF8.self)
    return text.occurrences(of: "crashed") > 0 || text.contains("trust me") && text.hasSuffix("\n")
  }

  private static func checkPipe(_ stage: Stage, _ command: [String]) throws {
    // CSV is as it was received, on purpose.
    if command.last == "csv" { return }
    let output = try piped(stage, command)
    let what = "\(command.joined(separator: " ")) in a pipe"
    try hold(!output.isEmpty, "\(what): nothing")
    if let found = UnsafeOutput.find(in: output) { throw TortureFailure("\(what): \(found)") }
    try holdOwnLines(output.split(separator: "\n").map(String.init), what)
  }

  private static func piped(_ stage: Stage, _ command: [String]) throws -> String {
    let process = try stage.onPipes(.chatserve, arguments(command))
    let isTail = command.first == "tail"
    if isTail {
      try Deadline.poll("the last event of \(command)") {
        try process.waitFor("\n", times: 0)
        return isComplete(process.outputBytes)
      }
      process.signal(SIGINT)
    }
    let outcome = try process.exitOutcome()
    try hold(
      outcome == .exited(isTail ? 130 : 0), "\(command): \(outcome), \(process.errorText)")
    return process.outputText
  }
}
