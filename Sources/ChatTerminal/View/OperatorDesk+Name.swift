import ChatCore

/// The question for the person's name, and the answer.
extension OperatorDesk {
  /// The person's name is wanted.
  package func askForHandle() {
    handle = nil
    isAsking = true
    question = .ask(words(.askHandle))
    terminal.console.setPrompt(question)
  }

  /// The person has this name, and need not be asked.
  package func call(_ name: Handle) {
    handle = name
    peerName = nil
  }

  /// A question of the program's own, to somebody who types: the next line is its
  /// ``DeskAction/answer(_:)``.
  package func ask(_ question: String) {
    isAskingForWord = true
    terminal.console.setPrompt(.ask(question))
  }

  func answerWord(_ text: String) -> DeskAction {
    isAskingForWord = false
    terminal.console.acceptLine()
    return .answer(Self.trimmed(text))
  }

  func name(_ text: String) -> DeskAction? {
    let command = Command(Self.trimmed(text))
    if isTyped, command != .quit, answer(command, text) {
      // On a terminal without an editor it is asked once more.
      terminal.console.setPrompt(question)
      return nil
    }
    terminal.console.acceptLine()
    if command == .quit { return .quit }
    do throws(HandleError) {
      let handle = try Handle(Self.trimmed(text))
      self.handle = handle
      peerName = nil
      isAsking = false
      return .name(handle)
    } catch {
      guard terminal.inputIsTerminal else { return .unnamed(error) }
      question = .ask(words(.askHandleAgain(error)))
      terminal.console.setPrompt(question)
      return nil
    }
  }

  /// Whether `text`, typed at the question for a name, is a command, ours or another
  /// program's: nobody is called `\help`.
  private func answer(_ command: Command, _ text: String) -> Bool {
    if case .message = command { return asksAbout(Self.trimmed(text)) }
    terminal.console.dropLine()
    switch command {
    case .unknown(let name): notify(.unknownCommand(name))
    case .clear: terminal.console.clearScreen()
    default: notify(.help(nobodyIsHere: false))
    }
    return true
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
