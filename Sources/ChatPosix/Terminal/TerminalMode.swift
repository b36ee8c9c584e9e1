import CPosix
import Glibc
import SystemPackage

/// The settings of a terminal at one moment, to be put back later, also by
/// another process: the listener saves them before it forks and puts them back
/// when a conversation was killed. termios(3).
public struct TerminalMode: Sendable {
  /// Undoes what the line editor may have left on: bracketed paste off
  /// (2004), reports of focus off (1004), automatic wrap on (7), synchronized
  /// output off (2026), cursor shown (25), no colour; and ``keysAsBytes``.
  public static let resetSequence =
    "\u{1b}[?2004;1004l\u{1b}[?7h\u{1b}[?2026l\u{1b}[?25h" + keysAsBytes

  /// Has keys come as the bytes that every terminal sends, and the mouse not at
  /// all, whatever a program that died has left on: all of xterm's mouse modes
  /// (9 and 1000 to 1016), kitty's keyboard flags (`= u`) and modifyOtherKeys
  /// (`> m`). A terminal that takes the last for colours gets its own back.
  public static let keysAsBytes =
    "\u{1b}[?9;1000;1001;1002;1003;1005;1006;1015;1016l\u{1b}[=0u\u{1b}[>4;0m\u{1b}[0m"

  private(set) var settings: termios

  /// Whether the two make the same of keys.
  public func isSame(as other: TerminalMode) -> Bool {
    settings.c_lflag == other.settings.c_lflag && settings.c_iflag == other.settings.c_iflag
      && settings.c_oflag == other.settings.c_oflag
  }

  /// The mode `terminal` is in now. tcgetattr(3).
  ///
  /// - Throws: ``SystemCallError``: `ENOTTY`, `EIO` when it is gone.
  public static func current(of terminal: FileDescriptor) throws(SystemCallError) -> TerminalMode {
    var settings = termios()
    _ = try SystemCall.perform("tcgetattr") {
      Result(errnoFrom: tcgetattr(terminal.rawValue, &settings))
    }
    return TerminalMode(settings: settings)
  }

  /// This mode with every key given at once and as it is: `ISIG`, `ICANON`,
  /// `ECHO`, `IEXTEN`, `ICRNL` and `IXON` off. `OPOST` stays on.
  public func raw() -> TerminalMode {
    var copy = self
    cposix_make_raw(&copy.settings)
    return copy
  }

  /// This mode with lines as before, but Ctrl-C the end of one, whose last byte it
  /// is (`VEOL`), and no signal: so what was half typed is there and can be cleared.
  public func lines() -> TerminalMode {
    var copy = self
    cposix_make_lines(&copy.settings)
    return copy
  }

  /// ``lines()`` with `ICANON` off: what is half typed can be read.
  func unlined() -> TerminalMode {
    var copy = lines()
    cposix_make_unlined(&copy.settings)
    return copy
  }

  /// This mode without echo: keys are kept as ``raw()`` has them, and Ctrl-C is a
  /// signal.
  func silent() -> TerminalMode {
    var copy = self
    cposix_make_silent(&copy.settings)
    return copy
  }

  /// Puts `terminal` into this mode, keeping what was typed ahead. At once
  /// (`TCSANOW`): what the modes differ in concerns keys alone, and output that
  /// nobody takes would be waited for (`TCSADRAIN`). Works from the background too,
  /// where it would otherwise stop the process (SIGTTOU). tcsetattr(3).
  ///
  /// - Throws: ``SystemCallError``: `EIO` when the terminal is gone.
  public func apply(to terminal: FileDescriptor) throws(SystemCallError) {
    _ = try SystemCall.perform("tcsetattr") {
      withUnsafePointer(to: settings) {
        Result(errnoFrom: cposix_set_terminal_mode(terminal.rawValue, $0))
      }
    }
  }

  /// Puts a terminal back that another process may have left raw: this mode on
  /// `input`, `sequence` to `output` if that is a terminal. What fails is left:
  /// a terminal that is gone needs no restoring.
  public func restore(
    input: FileDescriptor, output: FileDescriptor, sequence: String = TerminalMode.resetSequence
  ) {
    try? apply(to: input)
    guard !sequence.isEmpty, output.isTerminal else { return }
    // What there is room for: a stopped terminal must not hold up an exit.
    Array(sequence.utf8).withUnsafeBytes { bytes in
      _ = SystemCall.outcome("write") {
        Result(errnoFrom: cposix_write_terminal(output.rawValue, bytes.baseAddress, bytes.count))
      }
    }
  }
}

/// The terminal that signals come from.
public enum CurrentTerminal {
  /// Leaves it, for this process and whom it forks from now on. Where it leads the terminal's
  /// session, and where it has none, nothing is done. ioctl_tty(2), TIOCNOTTY.
  public static func leave() {
    _ = SystemCall.outcome("ioctl") { Result(errnoFrom: cposix_leave_terminal()) }
  }
}

extension FileDescriptor {
  /// Whether this terminal's keys are for this process, and not for whatever a
  /// shell runs in its place. tcgetpgrp(3).
  public var isInForeground: Bool { cposix_is_foreground(rawValue) == 1 }
}
