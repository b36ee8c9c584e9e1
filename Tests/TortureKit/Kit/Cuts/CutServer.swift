import Glibc
import Harness

/// A server between pipes that is started again on its port, and what it shows of one peer.
final class CutServer {
  let port: UInt16
  private let start: () throws -> PipeProcess
  private(set) var process: PipeProcess
  /// Bytes of its output and its errors that were looked at.
  private var looked = (output: 0, errors: 0)
  /// Lines that the operator has typed, and when the last one was.
  private(set) var typed = 0
  private(set) var typedAt = Deadline.now

  private var prefix = ""
  /// What was shown as it came.
  private(set) var live: [String] = []
  /// What was shown only behind a death, where the last messages are shown once more,
  /// apart, as some may not have been.
  private(set) var unseen: [String] = []
  /// Of these, what came as if it were new after all.
  private(set) var doubled: [String] = []

  init(_ process: PipeProcess, port: UInt16, start: @escaping () throws -> PipeProcess) {
    self.process = process
    self.port = port
    self.start = start
  }

  var evidence: String {
    String("\(process.errorText)\n\(process.outputText)".suffix(3_000))
  }

  var conversations: [pid_t] { process.children(named: "chatserve-talk") }

  /// From now on this peer is looked at.
  func look(at handle: String) {
    read()
    prefix = "\(handle)> "
    (live, unseen, doubled) = ([], [], [])
  }

  /// What was shown of it, in order.
  var shown: [String] {
    if unseen.isEmpty { return live }
    return (live + unseen).sorted { Self.number(of: $0) < Self.number(of: $1) }
  }

  /// The last word of what either side says.
  static func number(of text: some StringProtocol) -> Int {
    text.split(separator: " ").last.flatMap { Int($0) } ?? 0
  }

  func read() {
    process.readAvailable()
    let errors = process.errorBytes.count
    // What was shown before the errors were written is there now.
    process.readAvailable()
    for word in words(in: process.outputBytes, from: &looked.output) {
      if unseen.contains(word) { doubled.append(word) }
      live.append(word)
    }
    let again = words(in: Array(process.errorBytes.prefix(errors)), from: &looked.errors)
    for word in again where !live.contains(word) && !unseen.contains(word) { unseen.append(word) }
  }

  /// What the peer said in the whole lines from there on.
  private func words(in bytes: [UInt8], from place: inout Int) -> [String] {
    guard let end = bytes[place...].lastIndex(of: 0x0a) else { return [] }
    let text = String(decoding: bytes[place...end], as: UTF8.self)
    place = end + 1
    return text.split(separator: "\n").filter { $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(prefix.count)) }
  }

  /// Whether it is the rest of a line whose beginning went with the process that had read
  /// it.
  func isTorn(_ text: String) -> Bool {
    !text.hasPrefix("line") && (1...max(1, typed)).contains { "line \($0)".hasSuffix(text) }
  }

  func type() throws {
    typed += 1
    typedAt = Deadline.now
    try process.send("line \(typed)\n")
  }

  /// Ends it by a signal and starts another.
  func restart(by signal: Int32) throws {
    process.signal(signal)
    _ = try process.exitOutcome()
    read()
    // Its input stays open: at its end the operator would leave.
    looked = (0, 0)
    process = try start()
    try process.waitFor("Ctrl-C stops.")
  }
}
