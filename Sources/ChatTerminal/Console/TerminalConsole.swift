import ChatCore

/// A console on a terminal in raw mode.
struct TerminalConsole: Sendable {
  let settings: ConsoleSettings
  var editor: LineEditor
  var prompt = Prompt.none
  private(set) var columns = ConsoleSettings.defaultColumns
  private(set) var rows = ConsoleSettings.defaultRows

  private var decoder = KeyDecoder()
  /// Keys that nobody asked for yet, and where among them we are.
  private var keys: [Key] = []
  private var nextKey = 0
  private var inputHasEnded = false
  /// An entered line waits for the program's word.
  var isEntered = false
  /// The line was entered at the wrong moment, and its end is meant: what is
  /// typed behind it is another line.
  var isEnded = false
  /// Lines that were ended, while an earlier one is looked for.
  var setAside: String?

  private var painter: InputLinePainter
  /// What goes above the input line at the next redraw.
  private var printed = ""
  /// The input line may look other than it is drawn.
  private var needsRedraw = true
  private var isSuspended = false
  /// Whether the window has the focus; `nil` while the terminal has not said.
  var hasFocus: Bool?
  /// The window's title, and whether it is set.
  private var title: String?
  private var titleIsSet = false
  /// Somebody came while the focus was not known, and how long the terminal has
  /// to say it.
  private var arrival: (name: String, rings: Bool, until: Instant)?
  /// The terminal has yet to be asked for pastes in brackets and the like.
  private var needsStart = true
  /// The notice of the line kept last, while nothing else was printed.
  var lastNotice: Notice?

  init(_ settings: ConsoleSettings) {
    self.settings = settings
    editor = LineEditor(commands: Command.names(for: settings.party))
    painter = InputLinePainter(reflows: settings.reflows)
    setSize(columns: settings.columns, rows: settings.rows)
  }

  // MARK: Input

  /// Takes bytes, and says whether there was a key among them: reports of the
  /// terminal's own are none.
  mutating func input(_ bytes: some Sequence<UInt8>, at now: Instant) -> Bool {
    var typed: [Key] = []
    for key in decoder.decode(bytes, at: now) {
      // No key: it ends no line, and nothing else that goes on.
      if case .focus(let hasFocus) = key {
        take(focus: hasFocus, at: now)
      } else {
        typed.append(key)
      }
    }
    append(typed)
    return !typed.isEmpty || decoder.isPasting
  }

  mutating func tick(at now: Instant) {
    append(decoder.tick(at: now))
  }

  var deadline: Instant? { decoder.deadline }

  private mutating func append(_ new: [Key]) {
    if nextKey == keys.count {
      keys = new
      nextKey = 0
    } else {
      keys += new
    }
  }

  /// Many terminals report the focus when they are first asked to report it:
  /// whoever came a moment before that is announced then.
  private mutating func take(focus: Bool, at now: Instant) {
    hasFocus = focus
    guard let arrival else { return }
    self.arrival = nil
    if !focus, now < arrival.until { announce(arrival.name, rings: arrival.rings) }
  }

  mutating func announceArrival(of name: String, rings: Bool, at now: Instant) {
    if settings.window.setsTitle, !titleIsSet {
      title = name
      needsRedraw = true
    }
    switch hasFocus {
    case true?: break
    case false?: announce(name, rings: rings)
    case nil: arrival = (name, rings, now.advanced(by: Self.focusIsReportedWithin))
    }
  }

  private mutating func announce(_ name: String, rings: Bool) {
    if let announcement = settings.window.announcement(of: name) {
      addPrinted(announcement)
    } else if rings {
      ringBell()
    }
  }

  /// A round trip of a slow network.
  private static let focusIsReportedWithin = Duration.seconds(1)

  mutating func endOfInput() {
    inputHasEnded = true
  }

  var wantsInput: Bool { !isEntered && nextKey == keys.count && !inputHasEnded }

  /// Whether ``nextEvent()`` has something to look at.
  var hasInput: Bool { !isEntered && (nextKey < keys.count || inputHasEnded) }

  mutating func nextEvent() -> ConsoleEvent? {
    while !isEntered, nextKey < keys.count {
      let key = keys[nextKey]
      nextKey += 1
      needsRedraw = true
      beginLine(before: key)
      let event = editor.handle(key)
      bringBack(isEntering: event == .enter)
      switch event {
      case nil: continue
      case .enter:
        isEntered = true
        return .line(keptLines.entered)
      case .interrupt: return .interrupt
      case .endOfInput: return .endOfInput
      case .suspend: return .suspend
      case .clearScreen: clearScreen()
      case .refused: ringBell()
      case .completions(let commands):
        print(Notice(sentence: commands.joined(separator: "  ")), as: .faint)
      }
    }
    guard inputHasEnded, !isEntered else { return nil }
    inputHasEnded = false
    return .endOfInput
  }

  /// Puts what was typed and not asked for on the line.
  mutating func keepInput() {
    for key in keys[nextKey...] {
      beginLine(before: key)
      // A line that was ended is part of one that was not said.
      if case .enter = key { _ = editor.handle(.paste("\n")) } else { _ = editor.handle(key) }
    }
    nextKey = keys.count
    changed()
  }

  mutating func setPrompt(_ new: Prompt) {
    guard prompt != new else { return }
    prompt = new
    needsRedraw = true
  }

  mutating func changed() {
    needsRedraw = true
  }

  // MARK: Output

  mutating func resized(columns: Int, rows: Int) {
    setSize(columns: columns, rows: rows)
    painter.resized()
    needsRedraw = true
  }

  private mutating func setSize(columns: Int, rows: Int) {
    self.columns = columns > 0 ? columns : ConsoleSettings.defaultColumns
    self.rows = rows > 0 ? rows : ConsoleSettings.defaultRows
  }

  mutating func suspend() {
    guard !isSuspended else { return }
    let wasStarted = !needsStart
    let hidden = painter.hide(columns: columns, height: rows)
    printed = hidden + printed + (wasStarted ? ControlSequence.end : "")
    if titleIsSet { printed += WindowSettings.formerTitle }
    titleIsSet = false
    isSuspended = true
    needsStart = true
    needsRedraw = false
  }

  mutating func resume() {
    if !isSuspended {
      // Stopped without a word: what the shell wrote meanwhile is not ours, and where it
      // wrote nothing the cursor is still on the line.
      painter.forget()
      printed = ControlSequence.newRow + printed
    }
    isSuspended = false
    needsStart = true
    needsRedraw = true
  }

  /// Adds bytes that go above the input line.
  mutating func addPrinted(_ text: String) {
    printed += text
  }

  mutating func ringBell() {
    addPrinted(ControlSequence.bell)
  }

  /// Scrolls everything off the screen rather than erase it: messages stay
  /// readable in the terminal's scrollback.
  mutating func clearScreen() {
    addPrinted(
      ControlSequence.row(rows) + String(repeating: "\n", count: rows) + ControlSequence.row(1))
  }

  var hasOutput: Bool { !printed.isEmpty || needsRedraw }

  var waitingByteCount: Int { printed.utf8.count }

  mutating func takeOutput() -> ConsoleOutput {
    var output = ConsoleOutput()
    guard hasOutput else { return output }
    defer {
      printed = ""
      needsRedraw = false
    }
    if isSuspended {
      output.standardOutput = Array(printed.utf8)
      return output
    }
    var drawn = ControlSequence.beginUpdate
    if needsStart {
      drawn += ControlSequence.begin
      needsStart = false
    }
    if let title, !titleIsSet {
      drawn += WindowSettings.title(title)
      titleIsSet = true
    }
    drawn += painter.hide(columns: columns, height: rows)
    drawn += printed
    let line = inputLine
    if !line.isEmpty {
      let layout = RowLayout(line, columns: columns, usesColor: settings.usesColor)
      drawn += painter.show(layout, height: rows)
    }
    drawn += ControlSequence.endUpdate
    output.standardOutput = Array(drawn.utf8)
    return output
  }
}
