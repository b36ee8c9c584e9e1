import ChatCore
import ChatPosix
import Relinking

@testable import History

/// Keeps what is written.
final class MemorySink: OutputSink {
  private(set) var bytes: [UInt8] = []
  /// Fails with EPIPE after so many bytes.
  var breaksAfter = Int.max

  var text: String { String(decoding: bytes, as: UTF8.self) }

  func write(_ bytes: [UInt8]) throws(SystemCallError) {
    if self.bytes.count + bytes.count > breaksAfter {
      throw SystemCallError(call: "write", errno: .brokenPipe)
    }
    self.bytes += bytes
  }
}

/// A pager that keeps what it is given.
final class PagerSink: PagerProcess {
  private let sink = MemorySink()

  var text: String { sink.text }

  func write(_ bytes: [UInt8]) throws(SystemCallError) { try sink.write(bytes) }

  func finish() {}
}

/// What a command wrote and ended with.
struct Captured {
  var output: String
  var errors: String
  var exit: Int32
}

extension Fixture {
  /// Runs `chatserve history` with `arguments`, as on the day of the samples. What is
  /// verified is linked before, as a server has it: what breaks a chain is in
  /// TranscriptTests, what else is wrong here.
  func history(
    _ arguments: String..., columns: Int? = nil, environment: [String: String] = [:],
    now: String = "2026-03-01T15:30:00", _ change: (inout HistoryEnvironment) -> Void = { _ in }
  ) throws -> Captured {
    // What is past reading has no links to be made.
    if arguments.first == "verify" { try? relink(connection) }
    return try Self.history(
      arguments + (arguments.contains("--help") ? [] : ["--database", path, "--tz", "-08:00"]),
      columns: columns, environment: environment, now: now, change)
  }

  static func history(
    _ arguments: [String], columns: Int? = nil, environment: [String: String] = [:],
    now: String = "2026-03-01T15:30:00", _ change: (inout HistoryEnvironment) -> Void = { _ in }
  ) throws -> Captured {
    let output = MemorySink()
    let errors = MemorySink()
    let time = Timestamp(milliseconds: try Self.time(now))
    var world = HistoryEnvironment(output: output, errors: errors)
    world.variable = { environment[$0] }
    world.now = { time }
    world.columns = columns
    change(&world)
    let exit = HistoryCommand.run(arguments, in: world)
    return Captured(output: output.text, errors: errors.text, exit: exit)
  }
}
