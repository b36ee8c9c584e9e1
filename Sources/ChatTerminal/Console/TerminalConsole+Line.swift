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
      line.notice = notice
      line.indent = CharacterWidth(of: prompt).estimate
    case .ask(let text): line.prompt = text
    case .none: break
    }
    if prompt.isConversation {
      let left = settings.maximumLength - line.characters.count
      if left < 0 {
        line.suffix = "\(-left) \(settings.words.tooMany)"
      } else if left < Self.counterThreshold {
        line.suffix = "\(left) \(settings.words.left)"
      }
    }
    return line
  }

  var draft: String {
    get { editor.buffer.text }
    set {
      editor.replaceLine(with: newValue)
      isEntered = false
      changed()
    }
  }

  mutating func acceptLine(showing shown: String?, time: String?) {
    let text = shown ?? editor.buffer.text
    let style = prompt.isConversation ? Style.speaker(settings.party) : .plain
    addLine(text, prefix: prompt.record, style, time: time)
    takeLine(remembering: prompt.isConversation)
  }

  mutating func keepLine(notice: String?, to channel: ConsoleChannel) {
    isEntered = false
    changed()
    guard let notice else { return }
    // Enter pressed again and again fills no screen.
    if lastNotice == notice {
      ringBell()
    } else {
      print(notice, style: channel == .notice ? .dim : .plain)
      lastNotice = notice
    }
  }

  mutating func dropLine(remembering: Bool) {
    takeLine(remembering: remembering || prompt.isConversation)
  }

  private mutating func takeLine(remembering: Bool) {
    editor.accept(keepingInHistory: remembering)
    isEntered = false
    changed()
  }

  // MARK: Showing

  mutating func print(_ line: String, style: Style) {
    addLine(line, prefix: "", .plain, textStyle: style, time: nil)
  }

  mutating func printMessage(_ text: String, from handle: String, party: Party, time: String?) {
    addLine(
      text, prefix: handle + "> ", .speaker(party), time: time,
      breaksRows: MessageRows.isSuspicious(text))
  }

  /// Puts a line above the input line. The terminal breaks it, unless
  /// `breaksRows` says that it must not.
  private mutating func addLine(
    _ text: String, prefix: String, _ style: Style, textStyle: Style = .plain, time: String?,
    breaksRows: Bool = false
  ) {
    lastNotice = nil
    let usesColor = settings.usesColor
    let label = TextSanitizer.escaped(prefix)
    if let time { addPrinted(Style.dim.applied(to: time, usesColor: usesColor) + " ") }
    addPrinted(style.applied(to: label, usesColor: usesColor))
    var used = CharacterWidth(of: (time.map { $0 + " " } ?? "") + label).maximum
    let indent = InputLine.continuationIndent
    let separator = ControlSequence.newRow + String(repeating: " ", count: indent)
    var rows: [String] = []
    for line in TextSanitizer.escapedLines(text) {
      if breaksRows {
        rows += MessageRows.rows(of: line, used: used, indent: indent, columns: columns)
      } else {
        rows.append(line)
      }
      used = indent
    }
    addPrinted(
      rows.map { textStyle.applied(to: $0, usesColor: usesColor) }.joined(separator: separator))
    addPrinted(ControlSequence.newRow)
  }
}
