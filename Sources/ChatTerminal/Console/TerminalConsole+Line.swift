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
      line.prompt = "(\(label)) \(VisibleText.make(search.query)): "
      line.promptStyle = .dim
      return line
    }
    switch prompt {
    case .speak(let text):
      line.prompt = text
      line.promptStyle = .speaker(settings.party)
    case .waiting(let notice, then: let prompt):
      line.notice = notice
      line.indent = prompt.reduce(0) { $0 + CharacterWidth(of: $1).estimate }
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
    takeLine()
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

  mutating func dropLine() {
    takeLine()
  }

  private mutating func takeLine() {
    editor.accept(keepingInHistory: prompt.isConversation)
    isEntered = false
    changed()
  }

  // MARK: Showing

  mutating func print(_ line: String, style: Style) {
    addLine(line, prefix: "", .plain, textStyle: style, time: nil)
  }

  mutating func printMessage(_ text: String, from handle: String, party: Party, time: String?) {
    addLine(text, prefix: handle + "> ", .speaker(party), time: time)
  }

  /// The terminal breaks what is printed: it knows how to break it anew, and
  /// copies it as one line.
  private mutating func addLine(
    _ text: String, prefix: String, _ style: Style, textStyle: Style = .plain, time: String?
  ) {
    lastNotice = nil
    let colours = settings.colours
    if let time { addPrinted(Style.dim.applied(to: time, colours: colours) + " ") }
    addPrinted(style.applied(to: VisibleText.make(prefix), colours: colours))
    let indent = String(repeating: " ", count: InputLine.continuationIndent)
    for (place, row) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if place > 0 { addPrinted(ControlSequence.newRow + indent) }
      addPrinted(textStyle.applied(to: VisibleText.make(row), colours: colours))
    }
    addPrinted(ControlSequence.newRow)
  }
}
