import ChatCore
import ChatPosix

/// What the user chose about the look of a conversation.
package struct DeskOptions {
  /// The time before every message.
  package var showsTimes = false
  /// A bell for what arrives while nobody types.
  package var ringsBell = true
  /// Draw no editor even where one could be drawn.
  package var isPlain = false
  package var usesColor = false
  /// Name the peer in the window's title and in a notification.
  package var setsTitle = true

  /// Where typed lines are kept; `nil`: they are forgotten with the run.
  package var typedLines: TypedLinesFile?

  /// The variables of whoever has the terminal: of one that was handed over, not this
  /// process's own.
  package var environment: (String) -> String? = Environment.value

  package init() {}

  /// Whether an editor is drawn: it is wanted, and both ends are a terminal
  /// that is not dumb.
  package var drawsEditor: Bool {
    !isPlain && Self.isTerminal && !Self.isDumb(environment)
  }

  /// Whether nothing but text may be written to the terminal, as `TERM` names it
  /// (environ(7)). One without a name is taken for that: an editor's output
  /// window and a bare serial line have none. terminfo(5) describes the other
  /// three as no more than that.
  package static func isDumb(_ environment: (String) -> String?) -> Bool {
    ["", "dumb", "unknown", "network", "dialup"].contains(environment("TERM") ?? "")
  }

  private static var isTerminal: Bool {
    FileDescriptor.standardInput.isTerminal && FileDescriptor.standardOutput.isTerminal
  }

  /// 0 where it is no terminal.
  private static func columns(of descriptor: FileDescriptor) -> Int {
    guard descriptor.isTerminal else { return 0 }
    return descriptor.windowSize()?.columns ?? ConsoleSettings.defaultColumns
  }

  /// The console for a program in the part `party`.
  func consoleSettings(for party: Party) -> ConsoleSettings {
    let output = FileDescriptor.standardOutput
    let error = FileDescriptor.standardError
    let size = output.windowSize()
    var console = ConsoleSettings(
      isInteractive: drawsEditor, columns: Self.columns(of: output), rows: size?.rows ?? 0,
      party: party)
    console.noticeColumns = Self.columns(of: error)
    console.mergesChannels = output.isTerminal && error.isTerminal
    console.usesColor = usesColor
    if setsTitle { console.window = WindowSettings(environment: environment) }
    console.reflows = ConsoleSettings.reflows(environment: environment)
    console.printsPlainPrompts = Self.isTerminal
    console.resetsKeys = Self.isTerminal && !Self.isDumb(environment)
    return console
  }

  /// The rows of a sentence of our own on standard error, as the console of a desk shows
  /// it: for a process without one. Where that is no terminal, each line is one row; an
  /// empty one stays so.
  package func rows(ofNotice sentence: String) -> [String] {
    let columns = Self.columns(of: .standardError)
    let printer = Printer(columns: columns, usesColor: usesColor && drawsEditor)
    return sentence.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      guard !line.isEmpty, columns > 0 else {
        return [TextSanitizer.escapedOnOneLine(String(line))]
      }
      return printer.rows(of: Notice(sentence: String(line)), as: .remark)
    }
  }
}
