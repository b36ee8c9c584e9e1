import ChatCore

/// Bytes of a terminal in raw mode become keys. What a read cut in two, a
/// scalar or an escape sequence, is kept until the rest comes; nothing is ever
/// waited for, and the keys are the same wherever the cut was, but for a tab, which
/// is text where the same read has text around it.
public struct KeyDecoder: Sendable {
  /// An ESC this old was the key, not the start of a sequence, and is
  /// forgotten. A terminal writes a sequence at once; a slow network may part
  /// it, but hardly for this long.
  public static let escapeTimeout = Duration.milliseconds(100)
  /// A sequence begun with two bytes is no slip of the finger: it gets longer.
  public static let sequenceTimeout = Duration.seconds(1)

  enum State: Sendable {
    case ground
    /// After ESC; `twice` after ESC ESC, which is how some terminals say Alt.
    case escape(twice: Bool)
    /// After ESC [ (ECMA-48 5.4).
    case controlSequence(alt: Bool)
    /// After ESC O: keypad keys and F1 to F4.
    case singleShift(alt: Bool)
    /// After ESC [ M, a mouse report in X10's form: so many bytes are missing.
    case mouse(missing: Int)
    /// After ESC and one of ``stringStarts``: an answer of the terminal's, to
    /// ST or BEL. Nothing of it is kept.
    case string(isEmpty: Bool)
    /// After ESC in a string, most often the first half of its ST.
    case stringEnd
    /// After ESC [ [, the function keys of the Linux console.
    case linuxFunctionKey
    case paste
  }

  /// Longer than any key's sequence; the rest is read and not kept.
  static let maximumParameterCount = 32
  /// What begins a string after ESC: DCS, SOS, OSC, PM and APC (ECMA-48 5.6).
  static let stringStarts: Set<UInt8> = [0x50, 0x58, 0x5d, 0x5e, 0x5f]

  var state = State.ground
  private var changedAt = Instant(milliseconds: 0)
  private var text = TextRun()
  private var parameters: [UInt8] = []
  private var paste = PasteBuffer()
  private var previousWasReturn = false
  /// Tabs that nothing of the same read has followed yet.
  private var tabs = 0
  private var keys: [Key] = []

  public init() {}

  /// The keys that `bytes`, read at `now`, complete.
  public mutating func decode(_ bytes: some Sequence<UInt8>, at now: Instant) -> [Key] {
    // A paste is not ended here: where the program was held up, its bytes were
    // waiting meanwhile, and line breaks among them are not Enter.
    forgetHalfSequence(at: now)
    for byte in bytes { take(byte) }
    endTabs()
    text.flush(into: &keys)
    // Only when something came does the wait begin again.
    changedAt = now
    defer { keys = [] }
    return keys
  }

  /// Ends a paste whose end marker did not come. What can be read at `now` is
  /// to be decoded first.
  public mutating func tick(at now: Instant) -> [Key] {
    if let deadline, now >= deadline { endPaste() }
    defer { keys = [] }
    return keys
  }

  /// Whether a paste has begun and not ended.
  var isPasting: Bool { if case .paste = state { true } else { false } }

  /// When ``tick(at:)`` has something to do: only a paste has text to give.
  public var deadline: Instant? {
    guard case .paste = state else { return nil }
    return changedAt.advanced(by: .milliseconds(PasteBuffer.timeout))
  }

  private mutating func forgetHalfSequence(at now: Instant) {
    let age = now.duration(since: changedAt)
    switch state {
    case .ground, .paste: break
    // With nothing in it, it may have been Alt and a letter.
    case .escape, .string(isEmpty: true): if age >= Self.escapeTimeout { state = .ground }
    case .controlSequence, .singleShift, .linuxFunctionKey, .mouse, .string, .stringEnd:
      if age >= Self.sequenceTimeout { state = .ground }
    }
  }

  private mutating func take(_ byte: UInt8) {
    switch state {
    case .ground: takeGround(byte)
    case .paste: if paste.append(byte) { endPaste() }
    case .string: takeString(byte)
    case .stringEnd where byte == 0x5c: state = .ground
    case .stringEnd:
      // It ended without its ST, and another sequence begins.
      state = .escape(twice: false)
      take(byte)
    // A control byte or a byte of UTF-8 is part of no sequence: it ended.
    case _ where byte == ControlByte.escape:
      if case .escape = state {
        state = .escape(twice: true)
      } else {
        state = .escape(twice: false)
      }
    case .escape where byte == 0x5b || byte == 0x4f: begin(byte)
    case .escape where Self.stringStarts.contains(byte): state = .string(isEmpty: true)
    case .escape: endEscape(byte)
    // A place is a byte of any value, and 0 where no byte can hold it.
    case .mouse(let missing) where byte >= 0x20 || byte == 0:
      state = missing > 1 ? .mouse(missing: missing - 1) : .ground
    case _ where byte < 0x20 || byte >= 0x80:
      state = .ground
      takeGround(byte)
    case .controlSequence(let alt): takeParameter(byte, alt: alt)
    case .singleShift where (0x30...0x3b).contains(byte): keepParameter(byte)
    case .singleShift(let alt):
      state = .ground
      give(KeySequence.keypad(parameters: parameters, final: byte, alt: alt))
    case .linuxFunctionKey, .mouse: state = .ground
    }
  }

  private mutating func takeGround(_ byte: UInt8) {
    defer { previousWasReturn = byte == ControlByte.carriageReturn }
    if ControlByte.isPrintable(byte) {
      // Between text of one read it is a paste's, not a key.
      for _ in 0..<tabs { text.append(ControlByte.tab) }
      tabs = 0
      text.append(byte)
      return
    }
    if byte == ControlByte.tab {
      tabs += 1
      return
    }
    endTabs()
    text.end(into: &keys)
    switch byte {
    case ControlByte.escape: state = .escape(twice: false)
    // A terminal that sends CR LF for Enter means one Enter.
    case ControlByte.lineFeed where previousWasReturn: break
    case ControlByte.carriageReturn, ControlByte.lineFeed: keys.append(.enter)
    case ControlByte.backspace, ControlByte.delete: keys.append(.backspace)
    case 0x01...0x1a, 0x1f:
      keys.append(.control(Character(UnicodeScalar(byte == 0x1f ? 0x5f : byte + 0x60))))
    default: break
    }
  }

  /// No text follows them: it was the key.
  private mutating func endTabs() {
    if tabs == 0 { return }
    text.end(into: &keys)
    keys += Array(repeating: .tab, count: tabs)
    tabs = 0
  }

  private mutating func begin(_ byte: UInt8) {
    var alt = false
    if case .escape(let twice) = state { alt = twice }
    parameters = []
    state = byte == 0x5b ? .controlSequence(alt: alt) : .singleShift(alt: alt)
  }

  private mutating func endEscape(_ byte: UInt8) {
    state = .ground
    switch byte {
    case ControlByte.backspace, ControlByte.delete: keys.append(.wordBackspace)
    case 0x21..<0x7f: keys.append(.alt(Character(UnicodeScalar(byte))))
    case 0x80...: takeGround(byte)
    case ControlByte.carriageReturn, ControlByte.lineFeed:
      keys.append(.lineBreak)
      previousWasReturn = byte == ControlByte.carriageReturn
    case 0x20: break
    // Ctrl with Alt means no more than Ctrl.
    default: takeGround(byte)
    }
  }

  private mutating func takeParameter(_ byte: UInt8, alt: Bool) {
    guard byte >= 0x40 else { return keepParameter(byte) }
    state = .ground
    if byte == 0x5b, parameters.isEmpty {
      state = .linuxFunctionKey
    } else if byte == 0x4d, parameters.isEmpty {
      state = .mouse(missing: 3)
    } else if byte == 0x7e, parameters == PasteBuffer.startParameters {
      state = .paste
      paste = PasteBuffer()
    } else {
      give(KeySequence.key(parameters: parameters, final: byte, alt: alt))
    }
  }

  private mutating func keepParameter(_ byte: UInt8) {
    if parameters.count < Self.maximumParameterCount { parameters.append(byte) }
  }

  private mutating func give(_ key: Key?) {
    if let key { keys.append(key) }
  }

  private mutating func takeString(_ byte: UInt8) {
    switch byte {
    case ControlByte.bell: state = .ground
    case ControlByte.escape: state = .stringEnd
    default: state = .string(isEmpty: false)
    }
  }

  private mutating func endPaste() {
    state = .ground
    let text = paste.text
    paste = PasteBuffer()
    if !text.isEmpty { keys.append(.paste(text)) }
  }
}
