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
      String(wholeText.map { $0 == EditBuffer.lineEnd ? "\n" : $0 })
    }
    set {
      editor.replaceLine(with: newValue)
      setAside = nil
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
    // Lines behind it were ended by an Enter of their own.
    self.isEnded = isEnded || keptLines.hasLinesBehind
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
    takeLine(remembering: remembering)
  }

  private mutating func takeLine(remembering: Bool) {
    let lines = keptLines
    if !lines.others.isEmpty { editor.replaceLine(with: lines.entered) }
    editor.accept(keepingInHistory: remembering)
    if !lines.others.isEmpty { editor.replaceLine(with: lines.others) }
    isEntered = false
    // This Enter ended the last of them, though it took the first.
    isEnded = !lines.others.isEmpty
    changed()
  }

  /// What Enter takes of lines that were entered before they could be said: the
  /// first of them, or a command behind them, which waits for nothing.
  var keptLines: KeptLines { KeptLines(editor.buffer.text) }

  // MARK: Lines that were entered and wait

  /// All that is typed and not taken.
  var wholeText: String {
    guard let setAside else { return editor.buffer.text }
    let text = editor.buffer.text
    return text.isEmpty ? setAside : setAside + String(EditBuffer.lineEnd) + text
  }

  /// Text behind a line that was ended begins the next, and a line of before is
  /// looked for beside it; any other key means to mend that one.
  mutating func beginLine(before key: Key) {
    guard isEnded else { return }
    switch key {
    case .enter, .focus: return
    case .text, .paste, .tab, .lineBreak, .control("y"):
      if editor.search == nil, editor.buffer.isAtEnd {
        _ = editor.handle(.paste(String(EditBuffer.lineEnd)))
      }
    case .special(.up, byWord: _), .control("p"), .control("r"):
      setAside = editor.buffer.text
      editor.replaceLine(with: "")
    default: break
    }
    isEnded = false
  }

  /// Brings back what was set aside: before the line that is entered, or where no
  /// other was chosen.
  mutating func bringBack(isEntering: Bool) {
    guard let ended = setAside else { return }
    let hasOther = editor.search != nil || !editor.buffer.isEmpty
    guard isEntering || !hasOther else { return }
    let text = wholeText
    setAside = nil
    editor.replaceLine(with: text)
    isEnded = text == ended
  }

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
  /// than we know of must not begin a row of its own with what follows; it covers
  /// the last column instead.
  private mutating func add(_ rows: [String]) {
    lastNotice = nil
    let isPlain = rows.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
    if !isPlain { addPrinted(ControlSequence.wrapOff) }
    for row in rows { addPrinted(row + ControlSequence.newRow) }
    if !isPlain { addPrinted(ControlSequence.wrapOn) }
  }
}
