import CPosix
import SystemPackage

/// A terminal in raw mode, which is given back whatever happens: by
/// ``restore()``, at the end of this object's life, and by a fatal signal
/// (``FatalSignals``). Only SIGKILL escapes; against that the listener holds a
/// ``TerminalMode``.
///
/// Not Sendable: one process, one thread, one terminal.
public final class RawTerminal {
  /// Where keys are read, a terminal.
  public let input: FileDescriptor
  /// Where text is drawn.
  public let output: FileDescriptor
  /// The mode found at the start.
  public let original: TerminalMode
  /// Whether the terminal is raw now.
  public private(set) var isRaw = false

  /// Remembers the mode of `input` and makes it raw.
  ///
  /// - Throws: ``SystemCallError``: `ENOTTY`, `EIO` when the terminal is gone.
  public init(input: FileDescriptor, output: FileDescriptor) throws(SystemCallError) {
    self.input = input
    self.output = output
    self.original = try TerminalMode.current(of: input)
    try enter()
  }

  deinit { restore() }

  /// Makes the terminal raw again: after ``restore()``, and after a stop that
  /// nobody announced (SIGSTOP), when the shell has put it back on its own.
  public func enter() throws(SystemCallError) {
    let reset = Array(TerminalMode.resetSequence.utf8CString.dropLast())
    // Armed first: between the two calls a restore too many does no harm.
    withUnsafePointer(to: original.settings) {
      cposix_fatal_arm(input.rawValue, output.rawValue, $0, reset, reset.count)
    }
    isRaw = true
    do {
      try original.raw().apply(to: input)
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
    original.restore(input: input, output: output)
    cposix_fatal_disarm()
  }

  /// The size now; ask again after ``Signal/windowChange``.
  public func windowSize() -> WindowSize? { output.windowSize() }
}
