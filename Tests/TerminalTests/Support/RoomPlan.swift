import Harness

/// How a ``Room`` is to be.
struct RoomPlan {
  var columns = 40
  var rows = 12
  /// Assignments for the program, as env(1) takes them.
  var environment = ""
  /// A pipeline around the program, which stands for `%`.
  var pipeline = "%"
  /// Started by hand from a shell with job control.
  var hasJobControl = false

  /// No editor is drawn.
  var isPlain: Bool { pipeline != "%" }

  /// What tmux runs.
  func script(in stage: Stage, port: UInt16) -> String {
    if hasJobControl { return "cd \(stage.home); PS1='$ ' exec sh -i" }
    return "cd \(stage.home); \(line(in: stage, port: port)); exec cat > /dev/null"
  }

  /// The command line. sh and not bash, which puts the terminal right by
  /// itself and would hide that it was not given back. Both may speak at any
  /// time, so that messages can arrive at any time.
  func line(in stage: Stage, port: UInt16) -> String {
    let program = "env \(environment) \(Program.chatserve.path) \(port) --mode free"
    let command = pipeline.split(separator: "%", omittingEmptySubsequences: false)
      .joined(separator: program)
    return "stty -g > before; \(command); echo \"exit $?\""
  }
}
