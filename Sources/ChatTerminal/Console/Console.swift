import ChatCore

/// Where somebody reads and types: a terminal with a line editor, or plain
/// lines where there is no such terminal.
///
/// A pure value. The program reads bytes and hands them in with ``input(_:at:)``,
/// takes events one by one with ``nextEvent()``, and writes what
/// ``takeOutput()`` returns, once a turn of its loop; however much happened in
/// that turn, it is one redraw. What is shown is a ``Notice`` of ours or a
/// `PeerText`, and both pass the one ``Printer``: on a terminal every row but the
/// first is indented, so nobody can forge a line. In plain output that is no
/// terminal's, a line break is `\n`.
public struct Console: Sendable {
  public let isInteractive: Bool
  private var terminal: TerminalConsole
  private var plain: PlainConsole

  public init(_ settings: ConsoleSettings) {
    isInteractive = settings.isInteractive
    terminal = TerminalConsole(settings)
    plain = PlainConsole(settings)
  }

  // MARK: Input

  /// Takes bytes that were read at `now`.
  ///
  /// - Returns: whether a person typed: reports of the terminal's are no keys.
  @discardableResult
  public mutating func input(_ bytes: some Sequence<UInt8>, at now: Instant) -> Bool {
    if isInteractive { return terminal.input(bytes, at: now) }
    plain.input(bytes)
    return true
  }

  /// Takes note that there is nothing more to read.
  public mutating func endOfInput() {
    if isInteractive { terminal.endOfInput() } else { plain.endOfInput() }
  }

  /// The next thing that was asked for; `nil` when there is none, or when an
  /// entered line still waits to be accepted, kept or dropped.
  public mutating func nextEvent() -> ConsoleEvent? {
    isInteractive ? terminal.nextEvent() : plain.nextEvent()
  }

  /// Whether to read more: false while earlier input waits for the program, so
  /// that a pipe full of lines does not end up in memory.
  public var wantsInput: Bool {
    isInteractive ? terminal.wantsInput : plain.wantsInput
  }

  /// Whether what was read has not all been asked for: ``nextEvent()`` is to be
  /// called again, and nothing need come before.
  public var hasInput: Bool { isInteractive ? terminal.hasInput : plain.hasInput }

  /// Whether every line of a pipe or file has been taken, and its end is what
  /// ``nextEvent()`` gives next.
  public var isAtEndOfInput: Bool { !isInteractive && plain.isAtEndOfInput }

  /// When to call ``tick(at:)`` if nothing else happens.
  public var deadline: Instant? { isInteractive ? terminal.deadline : nil }

  /// Does what the deadline was for; harmless at any other moment. What can be
  /// read is to be handed in first: it may be what was missed.
  public mutating func tick(at now: Instant) {
    if isInteractive { terminal.tick(at: now) }
  }

  // MARK: The line

  /// `time` is for where the prompt begins the row of what is said, which the
  /// terminal's own echo writes.
  public mutating func setPrompt(_ prompt: Prompt, time: String? = nil) {
    if isInteractive {
      terminal.setPrompt(prompt)
    } else {
      plain.setPrompt(prompt, time: time)
    }
  }

  /// Takes the entered line off the editor and leaves `SERVER> hi` as the
  /// conversation's record, with the prompt that is set now: set another one
  /// after this.
  ///
  /// - Parameters:
  ///   - shown: what was said, where that is not what was typed.
  ///   - time: goes before it, in a column of its own.
  public mutating func acceptLine(showing shown: String? = nil, time: String? = nil) {
    if isInteractive {
      terminal.acceptLine(showing: shown, time: time)
    } else {
      plain.acceptLine(showing: shown, time: time)
    }
  }

  /// Leaves the entered line where it is, to be mended or entered again, and
  /// says why. In plain mode, where nothing can be mended, it is dropped.
  ///
  /// `isEnded` says that nothing is wrong with it but the moment: what is typed
  /// next is another line.
  public mutating func keepLine(
    notice: Notice?, to channel: ConsoleChannel = .notice, isEnded: Bool = false
  ) {
    if isInteractive {
      terminal.keepLine(notice: notice, to: channel, isEnded: isEnded)
    } else {
      plain.keepLine(notice: notice, to: channel)
    }
  }

  /// Takes the entered line off the editor without a trace on the screen.
  ///
  /// - Parameter remembering: whether Up finds it later, as if it was said.
  public mutating func dropLine(remembering: Bool = false) {
    if isInteractive { terminal.dropLine(remembering: remembering) } else { plain.dropLine() }
  }

  /// The lines that Up and Ctrl-R find, the oldest first.
  public var typedLines: [String] { isInteractive ? terminal.editor.history.lines : [] }

  /// Has Up find this first.
  public mutating func remember(_ line: String) {
    if isInteractive { terminal.editor.history.append(line) }
  }

  /// Whether the window has the focus; `nil` while nobody has said.
  var hasFocus: Bool? {
    get { isInteractive ? terminal.hasFocus : nil }
    set { if isInteractive { terminal.hasFocus = newValue } }
  }

  /// What is typed and not accepted. Set, it is on the line with the cursor
  /// after it: an unsent line is carried over to the next conversation. In plain
  /// mode, where nothing can be put on the line, what was on it is dropped.
  public var draft: String {
    get { isInteractive ? terminal.draft : "" }
    set { if isInteractive { terminal.draft = newValue } else { plain.dropDraft() } }
  }

  /// At the end: what was typed or read and not accepted, of a terminal's keys
  /// with their line breaks.
  public mutating func takeDraft() -> [UInt8] {
    guard isInteractive else { return plain.draft }
    terminal.keepInput()
    return Array(terminal.draft.utf8)
  }

  /// Has Up and Ctrl-R reach lines of earlier runs, the oldest first.
  public mutating func recall(_ lines: [String]) {
    if isInteractive { terminal.editor.recall(lines) }
  }

  /// The lines that were typed and taken since the last call.
  public mutating func takeTypedLines() -> [String] {
    isInteractive ? terminal.editor.takeAccepted() : []
  }

  // MARK: Showing

  /// Shows a notice above the line that is being typed.
  public mutating func print(
    _ notice: Notice, to channel: ConsoleChannel = .conversation, as look: Notice.Look = .plain
  ) {
    if isInteractive {
      terminal.print(notice, as: look)
    } else {
      plain.print(notice, to: channel, as: look)
    }
  }

  /// Shows `tatyana> hi`, the handle in its party's colour.
  ///
  /// `isRecalled` says that it was said before, and is dim.
  public mutating func printMessage(
    _ text: PeerText, from handle: String, party: Party, time: String? = nil,
    to channel: ConsoleChannel = .conversation, isRecalled: Bool = false
  ) {
    if isInteractive {
      terminal.printMessage(
        text, from: handle, party: party, time: time, isRecalled: isRecalled)
    } else {
      plain.printMessage(text, prefix: handle + "> ", time: time, to: channel)
    }
  }

  /// Scrolls what is on the screen out of sight.
  public mutating func clearScreen() {
    if isInteractive { terminal.clearScreen() }
  }

  /// Has the window say who is here, and calls whoever looks elsewhere: by a
  /// notification, or else by the bell where it `rings`.
  public mutating func announceArrival(of name: String, rings: Bool, at now: Instant) {
    if isInteractive { terminal.announceArrival(of: name, rings: rings, at: now) }
  }

  /// Rings the terminal's bell.
  public mutating func ringBell() {
    if isInteractive { terminal.ringBell() }
  }

  // MARK: The terminal

  /// Takes the new size of the screen, after SIGWINCH; 0 means unknown.
  public mutating func resized(columns: Int, rows: Int) {
    if isInteractive {
      terminal.resized(columns: columns, rows: rows)
    } else {
      plain.resized(columns: columns)
    }
  }

  /// Takes the line off the screen and gives the terminal back, before the
  /// program stops or somebody else takes over.
  public mutating func suspend() {
    if isInteractive { terminal.suspend() }
  }

  /// Takes the terminal again, after SIGCONT, also when ``suspend()`` was not
  /// called because the stop came from outside.
  public mutating func resume() {
    if isInteractive { terminal.resume() }
  }

  /// Leaves the terminal as it was, for good. What is printed later comes out
  /// as it is.
  public mutating func finish() {
    if isInteractive { terminal.suspend() } else { plain.finish() }
  }

  /// Whether ``takeOutput()`` has something.
  public var hasOutput: Bool { isInteractive ? terminal.hasOutput : plain.hasOutput }

  /// Bytes of what was printed and not taken, about.
  public var waitingByteCount: Int {
    isInteractive ? terminal.waitingByteCount : plain.waitingByteCount
  }

  /// What to write now. Call it when everything taken before is written:
  /// whatever happens until then becomes one redraw.
  public mutating func takeOutput() -> ConsoleOutput {
    isInteractive ? terminal.takeOutput() : plain.takeOutput()
  }
}
