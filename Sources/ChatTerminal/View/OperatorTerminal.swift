import ChatCore
import ChatPosix

/// Standard input and output and the console between them. Reads and writes
/// only what can be had at once.
final class OperatorTerminal {
  /// The bytes of one read: more than anyone types between two turns of a
  /// loop, and a screenful of a paste.
  private static let readLength = 4096
  /// Bytes of notices kept for a standard error that nobody reads: some hundred
  /// lines. What comes beyond is not shown; the conversation goes on.
  private static let errorLimit = 64 * 1024
  /// After so long without another SIGWINCH it is drawn again. Drawn for a
  /// width that the terminal has left by then, rows are counted wrong, and what
  /// is above them would be erased.
  private static let resizeSettlesAfter = Duration.milliseconds(150)
  /// Output waiting for a slow reader past which the peer is not read either.
  private static let backlogLimit = 256 * 1024
  /// What the last rows may take to a slow reader, and those before a stop.
  static let lastWordsWithin = Duration.seconds(5)
  private static let stopWithin = Duration.seconds(1)

  var console: Console
  /// Other processes read this standard input later: plain input is read a byte
  /// at a time, so that what follows a line stays in the pipe for whoever reads
  /// it next, as the shell's `read` does.
  let sharesInput: Bool
  private let input = FileDescriptor.standardInput
  private var output = OutputDescriptor(.standardOutput)
  private var error = OutputDescriptor(.standardError)
  private var raw: RawTerminal?
  private var pendingOutput: [UInt8] = []
  private var pendingError: [UInt8] = []
  /// Room for one read, kept between reads.
  private var readBuffer = [UInt8](repeating: 0, count: OperatorTerminal.readLength)
  /// When the size of the terminal is taken for settled; drawing waits.
  private var resizeSettlesAt: Instant?
  /// The program's own wait is where signals come in.
  private var poller = Poller(ignoringSignals: true)
  private var inputHasEnded = false
  /// Whether the terminal is gone; tty_ioctl(4), TIOCVHANGUP.
  private(set) var isHungUp = false
  /// When something was last typed.
  private(set) var lastInput: Instant?
  /// Whether nobody reads the output any more.
  private(set) var outputIsGone = false
  /// Why the output last took nothing, where that is not for want of a reader: a
  /// full disk, one that is broken.
  private(set) var outputFailure: Errno?

  /// Takes the terminal, in raw mode where the settings ask for an editor.
  init(_ settings: ConsoleSettings, sharesInput: Bool) {
    var settings = settings
    // In the background the terminal is another's; a listener gives it in the
    // foreground only.
    let isOwn = sharesInput || input.isInForeground
    if settings.isInteractive || settings.printsPlainPrompts && isOwn {
      do throws(SystemCallError) {
        // First, since a stop must find the terminal as the shell left it.
        try Signals.install([.terminalStop])
        raw = try RawTerminal(
          input: input, output: output.descriptor, for: settings.isInteractive ? .keys : .lines)
      } catch {
        // The terminal went away between two looks: lines will do.
        settings.isInteractive = false
      }
    }
    console = Console(settings)
    self.sharesInput = sharesInput
    // What was typed while nobody drew is there as the line discipline's echo;
    // it is on its way here and will be drawn as a draft.
    if settings.isInteractive {
      if sharesInput { pendingOutput = Array("\r\u{1b}[2K".utf8) }
    } else if settings.resetsKeys {
      pendingOutput = Array(TerminalMode.keysAsBytes.utf8)
    }
  }

  /// Whether whoever types can be asked again.
  var inputIsTerminal: Bool { input.isTerminal }

  /// What to poll for.
  func interests(readingInput: Bool) -> [Interest] {
    var interests: [Interest] = []
    if readingInput && wantsInput { interests.append(Interest(input)) }
    if !pendingOutput.isEmpty && !outputIsGone {
      interests.append(Interest(output.descriptor, read: false, write: true))
    }
    if !pendingError.isEmpty {
      interests.append(Interest(error.descriptor, read: false, write: true))
    }
    return interests
  }

  private var wantsInput: Bool { !inputHasEnded && console.wantsInput }

  /// Whether the screen is so far behind that nothing more should be shown.
  /// What the console holds counts too: while anything is yet to be written,
  /// that is where all that comes is kept.
  var isBacklogged: Bool {
    pendingOutput.count + console.waitingByteCount > Self.backlogLimit
  }

  var isWritten: Bool { pendingOutput.isEmpty && !console.hasOutput && !outputIsGone }

  /// Reads what there is and hands it to the console.
  func read(at now: Instant) {
    guard wantsInput else { return }
    if sharesInput && !console.isInteractive {
      readLine(at: now)
    } else {
      _ = readOnce(length: Self.readLength, at: now)
    }
  }

  /// Reads up to the end of a line and not a byte further.
  private func readLine(at now: Instant) {
    while wantsInput, isReadable, let last = readOnce(length: 1, at: now), last != 0x0a {}
  }

  /// Whether there is something to read: a read waits where there is not.
  var isReadable: Bool {
    let ready = try? poller.poll([Interest(input)], timeoutMilliseconds: 0)
    return ready?.isEmpty == false
  }

  /// The last byte read, if any was.
  private func readOnce(length: Int, at now: Instant) -> UInt8? {
    let result: ReadResult
    do {
      result = try input.readAvailable(into: &readBuffer, limit: length)
    } catch {
      // EIO: the terminal is gone, or another session's. Nothing more comes.
      isHungUp = input.isTerminal
      result = .endOfFile
    }
    switch result {
    case .wouldBlock:
      return nil
    case .endOfFile:
      inputHasEnded = true
      // Of one that gives keys, Ctrl-D is a key.
      if console.isInteractive { isHungUp = true }
      console.endOfInput()
      return nil
    case .bytes(let count):
      let bytes = readBuffer[..<count]
      if console.input(bytes, at: now) { lastInput = now }
      return bytes.last
    }
  }

  /// Reads on after the end of input that Ctrl-D in a terminal's own lines is;
  /// termios(3), VEOF.
  func readOn() {
    if !console.isInteractive && input.isTerminal { inputHasEnded = false }
  }

  /// Reads what is half typed at a terminal that gives lines, so that a row which
  /// arrives does not part it: it is echoed once more behind that.
  private func readHalfLine() {
    // A whole line comes first, and the terminal has begun another row for it.
    guard let raw, !console.isInteractive, !inputHasEnded, !isReadable else {
      return
    }
    raw.withoutLines {
      guard isReadable,
        case .bytes(let count)? = try? input.readAvailable(
          into: &readBuffer, limit: Self.readLength)
      else { return }
      console.input(readBuffer[..<count], at: Instant(milliseconds: 0))
    }
  }

  // MARK: The draft

  /// What is typed or read and not said.
  func takeDraft() -> [UInt8] {
    readHalfLine()
    return console.takeDraft()
  }

  /// Takes what ``takeDraft()`` gave where lines are read, as if it was read here.
  func give(draft: [UInt8], at now: Instant) {
    console.input(draft, at: now)
  }

  // MARK: Output

  /// Writes what can be written now.
  func flush() {
    writePending()
    // The console draws again only upon what is written.
    if pendingOutput.isEmpty && resizeSettlesAt == nil {
      if !console.isInteractive && console.hasOutput { readHalfLine() }
      let new = console.takeOutput()
      pendingOutput = new.standardOutput
      let room = max(0, Self.errorLimit - pendingError.count)
      pendingError += new.standardError.prefix(room)
    }
    writePending()
  }

  /// Writes all there is, for as long as `limit`.
  private func flushAll(within limit: Duration) {
    let deadline = Clock.monotonicMilliseconds() + limit.wholeMilliseconds
    repeat {
      flush()
      if outputIsGone || (pendingOutput.isEmpty && pendingError.isEmpty && !console.hasOutput) {
        return
      }
      _ = try? poller.poll(interests(readingInput: false), timeoutMilliseconds: 50)
    } while Clock.monotonicMilliseconds() < deadline
  }

  /// Notices first: what a pipe for both shows is in the order of its events.
  private func writePending() {
    if Self.write(&pendingError, to: &error) != nil { pendingError = [] }
    if outputIsGone { pendingOutput = [] }
    guard let errno = Self.write(&pendingOutput, to: &output) else { return }
    pendingOutput = []
    // A terminal fails so when it was hung up; tty_ioctl(4).
    if errno == .brokenPipe || errno == .connectionReset
      || (errno == .ioError && output.isTerminal)
    {
      outputIsGone = true
      if errno == .ioError { isHungUp = true }
    } else {
      outputFailure = errno
    }
  }

  /// Writes what can be written now of `pending`.
  ///
  /// - Returns: why nothing more of it can be; `nil` where it can.
  private static func write(
    _ pending: inout [UInt8], to output: inout OutputDescriptor
  ) -> Errno? {
    var written = 0
    defer { pending.removeFirst(written) }
    while written < pending.count {
      do throws(SystemCallError) {
        guard case .wrote(let count) = try output.writeAvailable(pending[written...]) else {
          return nil
        }
        written += count
      } catch {
        return error.errno
      }
    }
    return nil
  }

  // MARK: The terminal

  /// Takes note that the terminal has another size: SIGWINCH.
  func resize(at now: Instant) {
    // Where nothing is redrawn, there is nothing to settle.
    guard console.isInteractive else { return takeSize() }
    resizeSettlesAt = now.advanced(by: Self.resizeSettlesAfter)
  }

  /// When ``tick(at:)`` is wanted.
  var deadline: Instant? {
    [console.deadline, resizeSettlesAt].compactMap { $0 }.min()
  }

  func tick(at now: Instant) {
    console.tick(at: now)
    if let settles = resizeSettlesAt, now >= settles { takeSize() }
  }

  private func takeSize() {
    resizeSettlesAt = nil
    guard let size = FileDescriptor.standardOutput.windowSize() else { return }
    console.resized(columns: size.columns, rows: size.rows)
  }

  /// Gives the terminal back, before a stop.
  func suspend() {
    if resizeSettlesAt != nil { takeSize() }
    console.suspend()
    flushAll(within: Self.stopWithin)
    raw?.restore()
  }

  /// Takes the terminal again, after SIGCONT.
  func resume() {
    // A terminal that is gone gives an end of file at the next read.
    // Behind `bg` it would be the shell's, and a contained process may not ask whose
    // it is: where lines are given, it is left as the shell left it.
    if console.isInteractive { try? raw?.enter() } else { raw = nil }
    console.resume()
    takeSize()
  }

  /// Leaves for good. False when the output took nothing for so long (`limit`)
  /// that the last rows are not on it.
  func finish(within limit: Duration = OperatorTerminal.lastWordsWithin) -> Bool {
    if resizeSettlesAt != nil { takeSize() }
    console.finish()
    flushAll(within: limit)
    raw?.restore()
    return pendingOutput.isEmpty && !console.hasOutput
  }
}
