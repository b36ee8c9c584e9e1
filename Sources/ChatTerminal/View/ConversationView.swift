import ChatCore
import ChatPosix

/// How a conversation looks on the operator's terminal, the same in both
/// programs: speakers, times, days, the bell.
public struct ConversationView {
  /// What the user chose.
  public struct Options: Sendable {
    /// The time before every message.
    public var showsTimes = false
    /// A bell for what arrives while nobody types.
    public var ringsBell = true
    /// Draw no editor even where one could be drawn.
    public var isPlain = false
    public var colours = false

    public init() {}
  }

  /// Milliseconds without a key after which nobody is typing.
  private static let idleTyping: Int64 = 3_000
  /// Milliseconds after which a message under way is worth a word: longer
  /// than any link that a person calls fast.
  public static let slowConfirmation: Int64 = 1_000

  private let options: Options
  /// When the wall clock was last asked, and in what second it stood: of a
  /// flood's messages many are shown at one moment, and most in one second.
  private var asked: Instant?
  private var second: Int64?
  private var local: LocalTime?

  public init(_ options: Options) {
    self.options = options
  }

  /// Shows what the peer said.
  public mutating func show(
    _ message: Message, from name: String, party: Party, on terminal: OperatorTerminal,
    at now: Instant
  ) {
    let time = mark(on: terminal, at: now)
    terminal.console.printMessage(message.text, from: name, party: party, time: time)
    let typed = terminal.lastInput.map { now.milliseconds(since: $0) < Self.idleTyping } ?? false
    if options.ringsBell && !typed { terminal.console.ringBell() }
  }

  /// Leaves the operator's own line on the screen.
  public mutating func accept(on terminal: OperatorTerminal, at now: Instant) {
    let time = mark(on: terminal, at: now)
    terminal.console.acceptLine(time: time)
    terminal.forgetLine()
  }

  /// The time to show, after a line for the day when that is another than
  /// before.
  private mutating func mark(on terminal: OperatorTerminal, at now: Instant) -> String? {
    if asked == now { return options.showsTimes ? local?.timeText : nil }
    asked = now
    let milliseconds = Clock.realtimeMilliseconds()
    if second != milliseconds / 1000 {
      second = milliseconds / 1000
      let before = local
      let after = Clock.localTime(milliseconds)
      local = after
      if let before, before.dayText != after.dayText {
        terminal.console.print("-- \(after.dayText) --", to: .notice, style: .dim)
      }
    }
    return options.showsTimes ? local?.timeText : nil
  }

  /// The console for a program in the part `party`, drawn or plain as the
  /// terminal and the options say.
  public static func consoleSettings(_ options: Options, party: Party) -> ConsoleSettings {
    let size = FileDescriptor.standardOutput.windowSize()
    var console = ConsoleSettings(
      isInteractive: !options.isPlain && OperatorTerminal.canBeInteractive(),
      columns: size?.columns ?? 0, rows: size?.rows ?? 0, party: party)
    console.colours = options.colours
    console.reflows = ConsoleSettings.reflows(environment: Environment.value)
    console.printsPlainPrompts =
      FileDescriptor.standardInput.isTerminal && FileDescriptor.standardOutput.isTerminal
    return console
  }
}
