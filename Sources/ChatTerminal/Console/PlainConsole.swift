import ChatCore

/// A console without a terminal: lines in, lines out, nothing redrawn.
struct PlainConsole: Sendable {
  private static let lineEnd: [UInt8] = [0x0a]

  private let settings: ConsoleSettings
  /// Of the terminal that the conversation goes to; 0 where it goes to no
  /// terminal.
  private var columns: Int
  private var splitter = LineSplitter()
  private var lines: [String] = []
  private var nextLine = 0
  private var inputHasEnded = false
  /// The line that waits for the program's word.
  private var entered: String?
  private var prompt = Prompt.none
  /// Goes before the prompt.
  private var promptTime: String?
  private var output = ConsoleOutput()
  /// A prompt is at the end of the output, and no line break after it.
  private var promptIsOpen = false
  private var needsPrompt = false
  /// A line was taken, and whether the prompt is still this one is not known
  /// until it is set once more.
  private var promptIsStale = false

  init(_ settings: ConsoleSettings) {
    self.settings = settings
    columns = settings.columns
  }

  // MARK: Input

  mutating func input(_ bytes: some Sequence<UInt8>) {
    append(splitter.append(bytes))
  }

  mutating func endOfInput() {
    if let last = splitter.end() { append([last]) }
    inputHasEnded = true
  }

  private mutating func append(_ new: [String]) {
    if nextLine == lines.count {
      lines = new
      nextLine = 0
    } else {
      lines += new
    }
  }

  var wantsInput: Bool { entered == nil && nextLine == lines.count && !inputHasEnded }

  /// Whether ``nextEvent()`` has something to give.
  var hasInput: Bool { entered == nil && (nextLine < lines.count || inputHasEnded) }

  /// Whether all that is left to report is the end.
  var isAtEndOfInput: Bool { entered == nil && nextLine == lines.count && inputHasEnded }

  mutating func nextEvent() -> ConsoleEvent? {
    guard entered == nil else { return nil }
    if nextLine < lines.count {
      let line = lines[nextLine]
      nextLine += 1
      entered = line
      // Whoever typed it also typed the line break.
      promptIsOpen = false
      return .line(line)
    }
    guard inputHasEnded else { return nil }
    inputHasEnded = false
    return .endOfInput
  }

  mutating func setPrompt(_ new: Prompt, time: String?) {
    guard promptIsStale || prompt != new else { return }
    takePromptOff()
    prompt = new
    promptTime = time
    promptIsStale = false
    needsPrompt = true
  }

  mutating func acceptLine(showing shown: String?, time: String?) {
    if let line = entered, prompt.isConversation, !settings.printsPlainPrompts {
      printMessage(PeerText(shown ?? line), prefix: prompt.record, time: time, to: .conversation)
    }
    dropLine()
  }

  mutating func keepLine(notice: Notice?, to channel: ConsoleChannel) {
    if let notice { print(notice, to: channel, as: channel == .notice ? .remark : .plain) }
    dropLine()
  }

  mutating func dropLine() {
    entered = nil
    promptIsStale = true
    needsPrompt = false
  }

  /// What was read and not accepted, as it would be read again: line by line.
  var draft: [UInt8] {
    let waiting = (entered.map { [$0] } ?? []) + lines[nextLine...]
    return waiting.flatMap { Array($0.utf8) + Self.lineEnd } + splitter.begun
  }

  // MARK: Output

  mutating func resized(columns: Int) {
    if self.columns > 0 { self.columns = columns > 0 ? columns : ConsoleSettings.defaultColumns }
  }

  mutating func print(_ notice: Notice, to channel: ConsoleChannel, as look: Notice.Look) {
    if let printer = printer(for: channel) {
      add(printer.rows(of: notice, as: look), to: channel)
    } else {
      add([TextSanitizer.escapedOnOneLine(notice.text)], to: channel)
    }
  }

  mutating func printMessage(
    _ text: PeerText, prefix: String, time: String?, to channel: ConsoleChannel
  ) {
    if let printer = printer(for: channel) {
      add(
        printer.rows(of: Printer.Entry(time: time, label: prefix, lines: text.lines)),
        to: channel)
    } else {
      let time = time.map { TextSanitizer.escapedOnOneLine($0) + " " } ?? ""
      add([time + TextSanitizer.escapedOnOneLine(prefix) + text.description], to: channel)
    }
  }

  /// `nil` where no terminal breaks rows: a line there is one row, however long.
  private func printer(for channel: ConsoleChannel) -> Printer? {
    let columns = channel == .notice && !settings.mergesChannels ? settings.noticeColumns : columns
    return columns > 0 ? Printer(columns: columns, usesColor: false) : nil
  }

  private mutating func add(_ rows: [String], to channel: ConsoleChannel) {
    let channel = settings.mergesChannels ? .conversation : channel
    if channel == .conversation || settings.noticeColumns > 0 { takePromptOff() }
    for var row in rows {
      row.withUTF8 { output.append($0, to: channel) }
      output.append(Self.lineEnd, to: channel)
    }
  }

  /// Takes a prompt that nothing was entered at off its row: an empty `name> `
  /// would be read aloud as something said. By blanks between two carriage
  /// returns, which is no escape sequence. A question stays.
  private mutating func takePromptOff() {
    guard promptIsOpen else { return }
    if case .ask = prompt {
      output.standardOutput += Self.lineEnd
      promptIsOpen = false
      needsPrompt = true
      return
    }
    let width = columns > 0 ? columns - 1 : CharacterWidth(of: plainPrompt).maximum
    output.standardOutput += "\r\(String(repeating: " ", count: width))\r".utf8
    promptIsOpen = false
    needsPrompt = true
  }

  mutating func finish() {
    takePromptOff()
    prompt = .none
  }

  private var owesPrompt: Bool {
    settings.printsPlainPrompts && needsPrompt && !promptIsOpen && entered == nil
      && !plainPrompt.isEmpty
  }

  /// No notice of waiting: it could not be taken back.
  private var plainPrompt: String {
    switch prompt {
    case .speak(let text): (promptTime.map { $0 + " " } ?? "") + text
    case .ask(let text): text
    case .waiting, .none: ""
    }
  }

  var hasOutput: Bool { !output.isEmpty || owesPrompt }

  var waitingByteCount: Int { output.standardOutput.count + output.standardError.count }

  mutating func takeOutput() -> ConsoleOutput {
    if owesPrompt {
      output.standardOutput += plainPrompt.utf8
      promptIsOpen = true
      needsPrompt = false
    }
    defer { output = ConsoleOutput() }
    return output
  }
}

/// Bytes of a file or pipe become lines: what is before LF or CR LF, and
/// at the end of the file what is left. Invalid UTF-8 is repaired with U+FFFD.
private struct LineSplitter: Sendable {
  /// Bytes kept of a line; the rest is dropped. Four times the longest
  /// message, so that what is cut is refused as too long all the same.
  static let maximumByteCount = 64 * 1024

  private var bytes: [UInt8] = []
  private var isOpen = false

  /// The lines that `new` completes.
  mutating func append(_ new: some Sequence<UInt8>) -> [String] {
    var lines: [String] = []
    for byte in new {
      if byte == ControlByte.lineFeed {
        lines.append(takeLine())
      } else {
        isOpen = true
        // One more than is kept, for the CR that is not.
        if bytes.count <= Self.maximumByteCount { bytes.append(byte) }
      }
    }
    return lines
  }

  /// The last line, if it was not ended.
  mutating func end() -> String? {
    isOpen ? takeLine() : nil
  }

  /// Of a line whose end has not come.
  var begun: ArraySlice<UInt8> { bytes.prefix(Self.maximumByteCount) }

  private mutating func takeLine() -> String {
    defer {
      bytes = []
      isOpen = false
    }
    if bytes.last == ControlByte.carriageReturn { bytes.removeLast() }
    return String(decoding: bytes.prefix(Self.maximumByteCount), as: UTF8.self)
  }
}
