import ChatCore
import ChatPosix

/// The person's side of a conversation: standard input and output and the
/// console between them. Reads and writes only what can be had at once.
public final class OperatorTerminal {
  /// The bytes of one read: more than anyone types between two turns of a
  /// loop, and a screenful of a paste.
  static let readLength = 4096
  /// Bytes written at once. A pipe that poll(2) calls writable takes PIPE_BUF
  /// of them without blocking (pipe(7)).
  static let writeLength = 4096
  /// Milliseconds without another SIGWINCH before anything is drawn again.
  /// Drawn for a width that the terminal has left by then, rows are counted
  /// wrong, and what stands above them would be erased.
  static let resizeSettlesAfter: Int64 = 150
  /// Output waiting for a slow reader past which the peer is not read either.
  static let backlogLimit = 256 * 1024
  /// Milliseconds that the last rows may take to a slow reader.
  static let lastWordsWithin: Int64 = 5_000

  public var console: Console
  let input = FileDescriptor.standardInput
  let output = FileDescriptor.standardOutput
  private let error = FileDescriptor.standardError
  /// Plain input is read a byte at a time, so that what follows a line stays
  /// in the pipe for whoever reads it next, as the shell's `read` does.
  private let readsExactly: Bool
  private var raw: RawTerminal?
  private var pendingOutput: [UInt8] = []
  private var pendingError: [UInt8] = []
  /// Room for one read, kept between reads.
  private var readBuffer = [UInt8](repeating: 0, count: OperatorTerminal.readLength)
  /// Plain input that is read and not accepted yet.
  private var unacceptedBytes: [UInt8] = []
  /// Whether a write may have to wait: on a terminal, a pipe or a socket.
  private let outputCanBlock: Bool
  /// When the size of the terminal is taken for settled; drawing waits.
  private var resizeSettlesAt: Instant?
  /// The program's own wait is where signals come in.
  private var poller = Poller(ignoringSignals: true)
  public private(set) var inputHasEnded = false
  /// When something was last typed.
  public private(set) var lastInput: Instant?
  /// Whether nobody reads the output any more.
  public private(set) var outputIsGone = false

  /// Takes the terminal. `readsExactly` leaves unread what is not asked for,
  /// for processes that share one standard input.
  ///
  /// - Throws: ``SystemCallError`` when the terminal cannot be put into raw
  ///   mode: it is gone.
  public init(_ settings: ConsoleSettings, readsExactly: Bool) throws(SystemCallError) {
    console = Console(settings)
    self.readsExactly = readsExactly
    // Only what has no position waits for a reader (lseek(2): ESPIPE).
    outputCanBlock = (try? output.seek(offset: 0, from: .current)) == nil
    guard settings.isInteractive else { return }
    raw = try RawTerminal(input: input, output: output)
    // What was typed while nobody drew stands there as the line discipline's
    // echo; it is on its way here and will be drawn as a draft.
    if readsExactly { pendingOutput = Array("\r\u{1b}[2K".utf8) }
  }

  /// Whether an editor can be drawn: both ends are terminals, and not dumb.
  public static func canBeInteractive() -> Bool {
    FileDescriptor.standardInput.isTerminal && FileDescriptor.standardOutput.isTerminal
      && Environment.value(of: "TERM") != "dumb"
  }

  /// What to poll for.
  public func interests(readingInput: Bool) -> [Interest] {
    var interests: [Interest] = []
    if readingInput && wantsInput { interests.append(Interest(input)) }
    if !pendingOutput.isEmpty && !outputIsGone {
      interests.append(Interest(output, read: false, write: true))
    }
    return interests
  }

  private var wantsInput: Bool { !inputHasEnded && console.wantsInput }

  /// Whether the screen is so far behind that nothing more should be shown.
  /// What the console holds counts too: while anything is yet to be written,
  /// that is where all that comes is kept.
  public var isBacklogged: Bool {
    pendingOutput.count + console.waitingByteCount > Self.backlogLimit
  }

  /// Reads what there is and hands it to the console.
  public func read(at now: Instant) {
    guard wantsInput else { return }
    if readsExactly && raw == nil {
      readLine(at: now)
    } else {
      _ = readOnce(length: Self.readLength, at: now)
    }
  }

  /// Reads up to the end of a line and not a byte further.
  private func readLine(at now: Instant) {
    while wantsInput, isReadable, let last = readOnce(length: 1, at: now), last != 0x0a {}
  }

  private var isReadable: Bool {
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
      result = .endOfFile
    }
    switch result {
    case .wouldBlock:
      return nil
    case .endOfFile:
      inputHasEnded = true
      console.endOfInput()
      return nil
    case .bytes(let count):
      lastInput = now
      let bytes = readBuffer[..<count]
      if raw == nil { unacceptedBytes += bytes }
      console.input(bytes, at: now)
      return bytes.last
    }
  }

  // MARK: What is not said yet

  /// Forgets the plain line that was just accepted or refused for good.
  public func forgetLine() {
    if readsExactly { unacceptedBytes.removeAll() }
  }

  /// What is typed or read and not said: for the next conversation.
  public var unsaid: [UInt8] {
    get { raw == nil ? (readsExactly ? unacceptedBytes : []) : Array(console.draft.utf8) }
    set {
      if raw == nil {
        unacceptedBytes = newValue
        console.input(newValue, at: Instant(milliseconds: 0))
      } else {
        console.draft = String(decoding: newValue, as: UTF8.self)
      }
    }
  }

  // MARK: Output

  /// Writes what can be written now.
  public func flush() {
    writePending()
    // The console draws anew only upon what is written.
    if pendingOutput.isEmpty && resizeSettlesAt == nil {
      let new = console.takeOutput()
      pendingOutput = new.standardOutput
      pendingError = new.standardError
    }
    if !pendingError.isEmpty {
      // Notices are few and short, and a person is to read them.
      try? error.writeAll(pendingError)
      pendingError.removeAll()
    }
    writePending()
  }

  /// Writes all there is, for as long as `milliseconds`.
  public func flushAll(within milliseconds: Int64) {
    let deadline = Clock.monotonicMilliseconds() + milliseconds
    repeat {
      flush()
      if outputIsGone || (pendingOutput.isEmpty && !console.hasOutput) { return }
      _ = try? poller.poll(
        [Interest(output, read: false, write: true)], timeoutMilliseconds: 50)
    } while Clock.monotonicMilliseconds() < deadline
  }

  private func writePending() {
    var written = 0
    while written < pendingOutput.count, !outputIsGone {
      do {
        if outputCanBlock {
          let ready = try poller.poll(
            [Interest(output, read: false, write: true)], timeoutMilliseconds: 0)
          if ready.isEmpty { break }
        }
        let chunk = pendingOutput[written...].prefix(outputCanBlock ? Self.writeLength : .max)
        guard case .wrote(let count) = try output.writeAvailable(chunk) else { break }
        written += count
      } catch {
        outputIsGone = true
      }
    }
    pendingOutput.removeFirst(written)
    if outputIsGone { pendingOutput.removeAll() }
  }

  // MARK: The terminal

  /// Takes note that the terminal has another size: SIGWINCH.
  public func resize(at now: Instant) {
    guard raw != nil else { return }
    resizeSettlesAt = now.advanced(byMilliseconds: Self.resizeSettlesAfter)
  }

  /// When ``tick(at:)`` is wanted.
  public var deadline: Instant? {
    [console.deadline, resizeSettlesAt].compactMap { $0 }.min()
  }

  public func tick(at now: Instant) {
    console.tick(at: now)
    if let settles = resizeSettlesAt, now >= settles { takeSize() }
  }

  private func takeSize() {
    resizeSettlesAt = nil
    guard let size = raw?.windowSize() else { return }
    console.resized(columns: size.columns, rows: size.rows)
  }

  /// Gives the terminal back, before a stop.
  public func suspend() {
    if resizeSettlesAt != nil { takeSize() }
    console.suspend()
    flushAll(within: 1_000)
    raw?.restore()
  }

  /// Takes the terminal again, after SIGCONT.
  public func resume() {
    // A terminal that is gone gives an end of file at the next read.
    try? raw?.enter()
    console.resume()
    takeSize()
  }

  /// Leaves for good. False when the output took nothing for so long that the
  /// last rows are not on it.
  @discardableResult
  public func finish() -> Bool {
    if resizeSettlesAt != nil { takeSize() }
    console.finish()
    flushAll(within: Self.lastWordsWithin)
    raw?.restore()
    return pendingOutput.isEmpty && !console.hasOutput
  }
}
