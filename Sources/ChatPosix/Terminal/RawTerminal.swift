import CPosix
import SystemPackage

/// A terminal in raw mode, or one that gives lines (``Kind``), which is given back whatever happens: by
/// ``restore()``, at the end of this object's life, and by a fatal signal
/// (``FatalSignals``). Only SIGKILL escapes; against that the listener holds a
/// ``TerminalMode``.
///
/// Not Sendable: one process, one thread, one terminal.
public final class RawTerminal {
  /// What it gives.
  public enum Kind: Sendable {
    /// Every key at once; an editor draws.
    case keys
    /// Lines that the terminal itself echoes. No escape sequence is written.
    case lines
    /// Nothing yet: keys are kept and not echoed. No escape sequence is written.
    case silence
  }

  private var mode: TerminalMode {
    switch kind {
    case .keys: original.raw()
    case .lines: original.lines()
    case .silence: original.silent()
    }
  }

  /// What it gives.
  public let kind: Kind
  /// Where keys are read, a terminal.
  public let input: FileDescriptor
  /// Where text is drawn.
  public let output: FileDescriptor
  /// The mode found at the start.
  public let original: TerminalMode
  /// Whether the terminal is raw now.
  public private(set) var isRaw = false

  /// Remembers the mode of `input` and makes it raw, or ``TerminalMode/lines()``.
  ///
  /// - Throws: ``SystemCallError``: `ENOTTY`, `EIO` when the terminal is gone.
  public init(
    input: FileDescriptor, output: FileDescriptor, for kind: Kind = .keys
  ) throws(SystemCallError) {
    self.kind = kind
    self.input = input
    self.output = output
    self.original = try TerminalMode.current(of: input)
    try enter()
  }

  deinit { restore() }

  /// Makes the terminal raw again: after ``restore()``, and after a stop that
  /// nobody announced (SIGSTOP), when the shell has put it back on its own.
  public func enter() throws(SystemCallError) {
    let reset = Array(resetSequence.utf8CString.dropLast())
    // Armed first: between the two calls a restore too many does no harm.
    withUnsafePointer(to: original.settings) {
      cposix_fatal_arm(input.rawValue, output.rawValue, $0, reset, reset.count)
    }
    isRaw = true
    do {
      try mode.apply(to: input)
    } catch {
      cposix_fatal_disarm()
      isRaw = false
      throw error
    }
  }

  /// Puts the terminal back as it was found; does nothing the second time.
  public func restore() {
    if !isRaw { return }
    isRaw = false
    original.restore(input: input, output: output, sequence: resetSequence)
    cposix_fatal_disarm()
  }

  private var resetSequence: String { kind == .keys ? TerminalMode.resetSequence : "" }

  /// Has `read` take what is half typed from the line discipline, which gives lines
  /// again behind it. n_tty.c: what is left there then cannot be erased by its keys.
  public func withoutLines(_ read: () -> Void) {
    guard isRaw, kind == .lines, (try? original.unlined().apply(to: input)) != nil else { return }
    read()
    // EIO: the terminal is gone, and the next read says so.
    try? original.lines().apply(to: input)
  }

  /// The size now; ask again after ``Signal/windowChange``.
  public func windowSize() -> WindowSize? { output.windowSize() }
}
