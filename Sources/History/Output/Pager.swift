import ChatPosix

/// Which pager to run, if any.
public struct PagerCommand: Hashable, Sendable {
  /// For sh(1): users set words with options.
  public var shellCommand: String
  /// Variables to add to the environment, as sh(1) spells them.
  public var additions: [String]

  /// The choice of `$CHATSERVE_PAGER`, then `$PAGER`, then less(1). Empty and
  /// `cat` mean none, and a dumb terminal gets none.
  static func choice(variable: (String) -> String?) -> PagerCommand? {
    if variable("TERM") == "dumb" { return nil }
    let command = variable("CHATSERVE_PAGER") ?? variable("PAGER") ?? "less"
    let isOff = command.allSatisfy(\.isWhitespace) || command == "cat"
    if isOff { return nil }
    // F: a screenful needs no pager. R: colours pass. X: what was read stays.
    // No S: long lines wrap. Whoever chose options gets R beside them, and in
    // front, where it cannot become the value of another.
    let options = variable("LESS") == nil ? "FRX" : "\"-R $LESS\""
    return PagerCommand(shellCommand: command, additions: ["LESS=\(options)"])
  }

  /// Whether it passes colours on to the terminal: others show the bytes.
  var takesColours: Bool {
    let words = shellCommand.split(whereSeparator: \.isWhitespace)
    guard let program = words.first(where: { !$0.contains("=") }) else { return false }
    // less by R, as above; bat, moor (once moar) and ov by themselves; more as
    // it passes all there is.
    return ["less", "more", "bat", "batcat", "moor", "moar", "ov"].contains(
      program.split(separator: "/").last)
  }
}

/// A pager that runs.
public protocol PagerProcess: OutputSink {
  /// Tells it that nothing more comes, and waits for the user to leave it.
  func finish()
}

/// A pager in a process of its own, at the other end of a pipe.
final class ChildPager: PagerProcess {
  private let pipe: FileDescriptor
  private let process: Int32
  private var isFinished = false

  private init(pipe: FileDescriptor, process: Int32) {
    self.pipe = pipe
    self.process = process
  }

  /// Starts `command` in a shell.
  ///
  /// - Returns: `nil` when it cannot be started, or its program is nowhere on
  ///   PATH: the output is then shown without it.
  static func start(_ command: PagerCommand) -> (any PagerProcess)? {
    guard isFound(command.shellCommand), let pipe = try? Pipe.open() else { return nil }
    defer { pipe.readEnd.closeOnce() }
    do {
      // A pager that is given a non-blocking input takes "nothing yet" for an
      // error, and its end shows as EPIPE.
      try pipe.readEnd.setNonBlocking(false)
      try Signals.ignoreBrokenPipe()
      // The shell adds to the environment what is to be added.
      let script = command.additions.map { "export \($0); " }.joined() + command.shellCommand
      let process = try ShellProcess.start(script, input: pipe.readEnd)
      Signals.leaveInterruptToChild()
      return ChildPager(pipe: pipe.writeEnd, process: process)
    } catch {
      pipe.writeEnd.closeOnce()
      return nil
    }
  }

  func write(_ bytes: [UInt8]) throws(SystemCallError) {
    try pipe.writeAll(bytes)
  }

  func finish() {
    guard !isFinished else { return }
    isFinished = true
    pipe.closeOnce()
    // How it ended is between it and the user.
    _ = try? ChildProcess.wait(for: process)
  }

  /// Whether the first word names a program; what is more than a word is left
  /// to the shell.
  private static func isFound(_ command: String) -> Bool {
    guard let word = command.split(whereSeparator: \.isWhitespace).first else { return false }
    if word.contains(where: { "/=$'\"\\".contains($0) }) { return true }
    let path = Environment.value(of: "PATH") ?? "/usr/local/bin:/usr/bin:/bin"
    return path.split(separator: ":").contains { FileNames.isExecutable(FilePath("\($0)/\(word)")) }
  }
}
