import ChatCore

/// A console without a terminal: lines in, lines out, nothing redrawn.
struct PlainConsole: Sendable {
  private static let lineEnd: [UInt8] = [0x0a]

  private let settings: ConsoleSettings
  /// Of the terminal that the conversation goes to; 0 where it goes to no
  /// terminal.
  private var columns: Int
  private var splitter: LineSplitter
  private var lines: [String] = []
  private var nextLine = 0
  private var inputHasEnded = false
  /// The line that waits for the program's word.
  private var entered: String?
  private var prompt = Prompt.none
  /// Goes before the prompt.
  private var promptTime: String?
  private var output = ConsoleOutput()
  /// The prompt at the end of what was written, with no line break after it.
  private var openPrompt: String?
  /// It is a question, whose row stays.
  private var openPromptIsQuestion = false
  /// Behind that, what was typed and is no draft any more.
  private var droppedText = ""
  private var needsPrompt = false
  /// A line was taken, and whether the prompt is still this one is not known
  /// until it is set once more.
  private var promptIsStale = false

  init(_ settings: ConsoleSettings) {
    self.settings = settings
    columns = settings.columns
    splitter = LineSplitter(endsAtInterrupt: settings.printsPlainPrompts)
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
    while nextLine < lines.count {
      let line = lines[nextLine]
      nextLine += 1
      openPrompt = nil
      droppedText = ""
      // Whoever typed it also typed the line break.
      guard isInterrupt(line) else {
        entered = settings.printsPlainPrompts ? Self.typed(line) : line
        return entered.map { .line($0) }
      }
      // But for this one. The line before it is cleared, as an editor's.
      output.standardOutput += Self.lineEnd
      if line.count == 1 { return .interrupt }
      needsPrompt = true
    }
    guard inputHasEnded else { return nil }
    inputHasEnded = false
    return .endOfInput
  }

  private func isInterrupt(_ line: String) -> Bool {
    settings.printsPlainPrompts && line.last == LineSplitter.interrupt
  }

  /// A line without what keys and mouse of a terminal add to it that no editor
  /// reads: `^[[D`, a report of a click.
  private static func typed(_ line: String) -> String {
    guard line.utf8.contains(ControlByte.escape) else { return line }
    var decoder = KeyDecoder()
    return decoder.decode(line.utf8, at: Instant(milliseconds: 0)).map { key in
      switch key {
      case .text(let text), .paste(let text): text
      case .tab: "\t"
      default: ""
      }
    }.joined()
  }

  mutating func setPrompt(_ new: Prompt, time: String?) {
    guard promptIsStale || prompt != new else { return }
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
    let waiting =
      (entered.map { [$0] } ?? []) + lines[nextLine...].filter { !isInterrupt($0) }
    return waiting.flatMap { Array($0.utf8) + Self.lineEnd } + splitter.begun
  }

  /// What is typed is not to be said.
  mutating func dropDraft() {
    droppedText += echo
    lines = []
    nextLine = 0
    splitter = LineSplitter(endsAtInterrupt: settings.printsPlainPrompts)
  }

  // MARK: Output

  mutating func resized(columns: Int) {
    if self.columns > 0 { self.columns = columns > 0 ? columns : ConsoleSettings.defaultColumns }
  }

  mutating func print(_ notice: Notice, to channel: ConsoleChannel, as look: Notice.Look) {
    if let printer = printer(for: channel) {
      add(printer.rows(of: notice, as: look), to: channel)
    } else {
      // What somebody typed may have line breaks, and is one row.
      add([TextSanitizer.escapedLines(notice.text).joined(separator: "⏎")], to: channel)
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
    for var row in rows {
      row.withUTF8 { output.append($0, to: channel) }
      output.append(Self.lineEnd, to: channel)
    }
  }

  /// What the terminal's echo shows of a line that is not ended.
  private var echo: String {
    guard settings.printsPlainPrompts, !splitter.begun.isEmpty else { return "" }
    return TextSanitizer.escapedOnOneLine(String(decoding: splitter.begun, as: UTF8.self))
  }

  /// What is on the row of the cursor, and no line break after it.
  private var openRow: String { (openPrompt ?? "") + droppedText + echo }

  /// Takes a prompt and what is half typed off its row: an empty `name> ` would be
  /// read aloud as something said. By blanks between two carriage returns, which is
  /// no escape sequence. A question stays, and so does what takes several rows.
  private mutating func clearRow() -> [UInt8] {
    let row = openRow
    guard !row.isEmpty else { return [] }
    let width = CharacterWidth(of: row).maximum
    let stays = openPrompt != nil && openPromptIsQuestion || columns > 0 && width >= columns
    if openPrompt != nil { needsPrompt = true }
    openPrompt = nil
    droppedText = ""
    if stays { return Self.lineEnd }
    let blanks = String(repeating: " ", count: columns > 0 ? columns - 1 : width)
    return Array("\r\(blanks)\r".utf8)
  }

  mutating func finish() {
    if settings.printsPlainPrompts { dropDraft() }
    prompt = .none
    needsPrompt = !openRow.isEmpty
  }

  /// Whether the prompt is another than the row begins with.
  private var owesPrompt: Bool {
    settings.printsPlainPrompts && needsPrompt && entered == nil
      && (!openRow.isEmpty || !plainPrompt.isEmpty)
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
    defer { output = ConsoleOutput() }
    guard settings.printsPlainPrompts, owesPrompt || !output.standardOutput.isEmpty else {
      return output
    }
    output.standardOutput = clearRow() + output.standardOutput
    if owesPrompt, !plainPrompt.isEmpty {
      output.standardOutput += plainPrompt.utf8
      openPrompt = plainPrompt
      if case .ask = prompt { openPromptIsQuestion = true } else { openPromptIsQuestion = false }
    }
    if entered == nil { needsPrompt = false }
    output.standardOutput += echo.utf8
    return output
  }
}

/// Bytes of a file or pipe become lines: what is before LF or CR LF, and
/// at the end of the file what is left. Invalid UTF-8 is repaired with U+FFFD.
private struct LineSplitter: Sendable {
  /// Bytes kept of a line; the rest is dropped. Four times the longest
  /// message, so that what is cut is refused as too long all the same.
  static let maximumByteCount = 64 * 1024

  /// Ctrl-C, which ends a line as its last character where `endsAtInterrupt`.
  static let interrupt: Character = "\u{3}"

  private let endsAtInterrupt: Bool
  private var bytes: [UInt8] = []
  private var isOpen = false

  init(endsAtInterrupt: Bool) {
    self.endsAtInterrupt = endsAtInterrupt
  }

  /// The lines that `new` completes.
  mutating func append(_ new: some Sequence<UInt8>) -> [String] {
    var lines: [String] = []
    for byte in new {
      if byte == ControlByte.lineFeed {
        lines.append(takeLine())
      } else if endsAtInterrupt, byte == 0x03 {
        lines.append(takeLine() + String(Self.interrupt))
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
