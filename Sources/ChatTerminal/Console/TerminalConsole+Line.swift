import ChatCore

extension TerminalConsole {
  /// From how many characters left on the number is shown: enough to end a
  /// sentence in.
  static let counterThreshold = 50

  /// The line as it is to be seen now.
  var inputLine: InputLine {
    var line = InputLine()
    line.characters = editor.buffer.characters
    line.cursor = editor.buffer.cursor
    if let search = editor.searchState {
      let label = search.failed ? settings.words.searchFailed : settings.words.search
      line.prompt = "(\(label)) \(TextSanitizer.escapedOnOneLine(search.query)): "
      line.promptStyle = .dim
      return line
    }
    switch prompt {
    case .speak(let text):
      line.prompt = text
      line.promptStyle = .speaker(settings.party)
    case .waiting(let notice, then: let prompt):
      line.notice = (settings.usesColor ? "" : Notice.mark) + notice
      line.indent = CharacterWidth(of: prompt).estimate
    case .ask(let text): line.prompt = text
    case .none: break
    }
    if prompt.isConversation {
      let current = line.characters.split(separator: EditBuffer.lineEnd).last?.count ?? 0
      let left = settings.maximumLength - current
      if left < 0 {
        line.suffix = "\(-left) \(settings.words.tooMany)"
      } else if left < Self.counterThreshold {
        line.suffix = "\(left) \(settings.words.left)"
      }
    }
    return line
  }

  var draft: String {
    get {
      String(editor.buffer.text.map { $0 == EditBuffer.lineEnd ? "\n" : $0 })
    }
    set {
      editor.replaceLine(with: newValue)
      isEntered = false
      isEnded = false
      changed()
    }
  }

  mutating func acceptLine(showing shown: String?, time: String?) {
    let text = shown ?? keptLines.entered
    let style = prompt.isConversation ? Style.speaker(settings.party) : .plain
    add(
      Printer.Entry(
        time: time, label: prompt.record, labelStyle: style,
        lines: TextSanitizer.escapedLines(text)))
    takeLine(remembering: prompt.isConversation)
  }

  mutating func keepLine(notice: Notice?, to channel: ConsoleChannel, isEnded: Bool) {
    isEntered = false
    self.isEnded = isEnded
    changed()
    guard let notice else { return }
    // Enter pressed again and again fills no screen.
    if lastNotice == notice {
      ringBell()
    } else {
      print(notice, as: channel == .notice ? .remark : .plain)
      lastNotice = notice
    }
  }

  mutating func dropLine(remembering: Bool) {
    takeLine(remembering: remembering || prompt.isConversation)
  }

  private mutating func takeLine(remembering: Bool) {
    let lines = keptLines
    if !lines.others.isEmpty { editor.replaceLine(with: lines.entered) }
    editor.accept(keepingInHistory: remembering)
    if !lines.others.isEmpty { editor.replaceLine(with: lines.others) }
    isEntered = false
    isEnded = !lines.others.isEmpty && (isEnded || lines.isCommand)
    changed()
  }

  /// What Enter takes of lines that were entered before they could be said: the
  /// first of them, or a command behind them, which waits for nothing.
  var keptLines: KeptLines { KeptLines(editor.buffer.text) }

  // MARK: Showing

  mutating func print(_ notice: Notice, as look: Notice.Look) {
    add(printer.rows(of: notice, as: look))
  }

  mutating func printMessage(
    _ text: PeerText, from handle: String, party: Party, time: String?, isRecalled: Bool
  ) {
    add(
      Printer.Entry(
        time: time, label: handle + "> ", labelStyle: isRecalled ? .dim : .speaker(party),
        lines: text.lines, textStyle: isRecalled ? .dim : .plain))
  }

  private var printer: Printer { Printer(columns: columns, usesColor: settings.usesColor) }

  private mutating func add(_ entry: Printer.Entry) {
    add(printer.rows(of: entry))
  }

  /// Puts rows above the input line. A terminal that draws a character wider
  /// than anybody told us must not begin a row of its own with what follows; it
  /// covers the last column instead.
  private mutating func add(_ rows: [String]) {
    lastNotice = nil
    let isPlain = rows.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
    if !isPlain { addPrinted(ControlSequence.wrapOff) }
    for row in rows { addPrinted(row + ControlSequence.newRow) }
    if !isPlain { addPrinted(ControlSequence.wrapOn) }
  }
}
