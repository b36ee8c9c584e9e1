import Glibc

/// A program on a pseudoterminal of its own, pty(7), as a person has it: keys
/// go in, a screen comes out.
public final class PtyProcess: SpawnedProcess {
  private var master: Int32
  /// Held open, so that the terminal outlives the program and its mode can be
  /// looked at afterwards.
  private var slave: Int32
  public private(set) var screen: Screen
  /// The terminal's settings before the program had it.
  public let originalMode: [UInt8]
  /// Every byte that came out.
  public private(set) var output: [UInt8] = []

  public init(
    _ path: String, _ arguments: [String], environment: [String: String],
    columns: Int = 100, rows: Int = 40
  ) throws {
    var ends: (Int32, Int32) = (-1, -1)
    var name = [CChar](repeating: 0, count: 64)
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&ends.0, &ends.1, &name, nil, &size) == 0 else {
      throw HarnessFailure("openpty: \(String(cString: strerror(errno)))")
    }
    master = ends.0
    slave = ends.1
    Descriptor.setNonBlocking(master)
    originalMode = Self.mode(of: master)
    screen = Screen(columns: columns, height: rows)
    let terminal = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do {
      try super.init(
        Spawn(
          path: path, arguments: arguments, environment: environment, streams: .terminal(terminal)))
    } catch {
      close(ends.0)
      close(ends.1)
      throw error
    }
  }

  deinit {
    if master >= 0 { close(master) }
    if slave >= 0 { close(slave) }
  }

  public override var evidence: String { screen.text }

  public override func readAvailable() {
    if master < 0 { return }
    let bytes = Descriptor.readAvailable(master)
    output += bytes
    screen.write(bytes)
  }

  // MARK: Keys

  public func send(_ keys: String) throws {
    try send(Array(keys.utf8))
  }

  public func send(_ keys: [UInt8]) throws {
    try Descriptor.writeAll(keys, to: master, whileWaiting: readAvailable)
  }

  /// Types a line and presses Enter.
  public func enter(_ line: String) throws {
    try send(line + "\r")
  }

  // MARK: Screen

  /// Reads until the screen, with all that scrolled off it, shows `text`
  /// so many times, in one row or in rows that hang together; throws
  /// ``HarnessFailure`` with everything that was on the screen.
  public func waitFor(
    _ text: String, times: Int = 1, within seconds: Double = Deadline.usual
  ) throws {
    try waitUntil("“\(text)” \(times) times", within: seconds) {
      $0.text.occurrences(of: text) >= times || $0.paragraphs.occurrences(of: text) >= times
    }
  }

  /// Reads until the cursor's row is `line`: a prompt and what is typed there.
  public func waitForInput(_ line: String, within seconds: Double = Deadline.usual) throws {
    try waitUntil("the cursor in “\(line)”", within: seconds) { $0.cursorLine == line }
  }

  public func waitUntil(
    _ what: String, within seconds: Double = Deadline.usual, _ condition: (Screen) -> Bool
  ) throws {
    let deadline = Deadline(seconds: seconds)
    while true {
      readAvailable()
      if condition(screen) { return }
      if deadline.isOver {
        throw HarnessFailure("not within \(seconds) s: \(what). On the screen:\n\(screen.text)")
      }
      deadline.wait(for: master, atMost: deadline.millisecondsLeft)
    }
  }

  // MARK: Terminal

  /// The terminal's settings, byte for byte; termios(3).
  public var mode: [UInt8] { Self.mode(of: master) }

  private static func mode(of terminal: Int32) -> [UInt8] {
    var settings = termios()
    tcgetattr(terminal, &settings)
    return withUnsafeBytes(of: settings) { Array($0) }
  }

  /// Whether the terminal gives lines and echoes them, as a shell leaves it.
  public var isCooked: Bool {
    var settings = termios()
    tcgetattr(master, &settings)
    return settings.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO)
  }

  /// Makes it so, as a shell does with the terminal of a job that stopped.
  public func setCooked() {
    var settings = termios()
    tcgetattr(master, &settings)
    settings.c_lflag |= tcflag_t(ICANON | ECHO | ISIG)
    settings.c_iflag |= tcflag_t(ICRNL)
    tcsetattr(master, TCSANOW, &settings)
  }

  /// Closes the terminal, as a window is closed; the kernel sends SIGHUP to
  /// the session's leader. Nothing is read or typed any more.
  public func hangUp() {
    readAvailable()
    close(slave)
    close(master)
    slave = -1
    master = -1
  }

  /// Makes the window another size; the kernel sends SIGWINCH.
  public func resize(columns: Int, rows: Int) {
    readAvailable()
    screen.resize(columns: columns, height: rows)
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }
}

extension String {
  /// How often `text` is in it.
  public func occurrences(of text: String) -> Int {
    var count = 0
    var rest = utf8[...]
    let wanted = Array(text.utf8)
    while let place = rest.firstRange(of: wanted) {
      count += 1
      rest = rest[place.upperBound...]
    }
    return count
  }
}
