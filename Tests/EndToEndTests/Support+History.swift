import Harness
import Testing

extension Stage {
  /// Runs `chatserve history` to its end.
  func history(_ arguments: String...) throws -> PipeProcess {
    try finished(try onPipes(.chatserve, ["history"] + arguments))
  }

  /// Runs a line of bash to its end. In it `$0` is chatserve.
  func bash(_ line: String) throws -> PipeProcess {
    try finished(try onPipes(path: "/bin/bash", ["--norc", "-c", line, Program.chatserve.path]))
  }

  private func finished(_ process: PipeProcess) throws -> PipeProcess {
    process.closeInput()
    _ = try process.exitOutcome()
    return process
  }
}

extension PipeProcess {
  /// The lines of standard output.
  var lines: [String] { outputText.split(separator: "\n").map(String.init) }

  /// The rows of `-o tsv`, or of what is written the same way.
  var rows: [[String]] {
    lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
  }

  /// The events' numbers in `-o tsv`.
  var seqs: [Int] { rows.compactMap { $0.first.flatMap { Int($0) } } }
}
