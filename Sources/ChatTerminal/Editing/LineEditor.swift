import ChatCore

/// Edits one line the way Emacs and readline do. Pure: keys in, events out,
/// and ``buffer`` to look at. It neither draws nor knows about time.
public struct LineEditor: Sendable {
  /// Bytes a line may have. Four times the longest message: what is too long
  /// is refused with a sentence, not cut while it is typed.
  public static let maximumByteCount = 64 * 1024

  public internal(set) var buffer = EditBuffer()
  public internal(set) var history = InputHistory()
  /// Lines that were taken and not handed out by ``takeAccepted()``.
  private var accepted: [String] = []
  var search: HistorySearch?
  var undo = UndoHistory()
  var killed = KillBuffer()

  /// What Tab completes, each with its backslash, in alphabetical order.
  let commands: [String]

  public init(commands: [String] = Command.names) {
    self.commands = commands
  }

  /// What a key asks of whoever owns the editor.
  public enum Event: Hashable, Sendable {
    /// Enter. The line stays until ``accept(keepingInHistory:)``.
    case enter
    /// Ctrl-C on an empty line.
    case interrupt
    /// Ctrl-D on an empty line.
    case endOfInput
    /// Ctrl-Z.
    case suspend
    /// Ctrl-L.
    case clearScreen
    /// The key could not do what it is for.
    case refused
    /// Tab on a line that any of these could complete.
    case completions([String])
  }

  public mutating func handle(_ key: Key) -> Event? {
    if search != nil {
      switch handleSearching(key) {
      case .done(let event): return event
      case .passOn: break
      }
    }
    if !key.mayJoinKill { killed.interrupt() }
    if case .text = key {} else { buffer.settle() }
    switch key {
    case .text(let text): return insert(text, .typing)
    case .paste(let text): return insert(text, .other)
    case .enter:
      undo.interrupt()
      return .enter
    case .lineBreak: return insert("\n", .typing)
    case .tab: return complete()
    case .focus: return nil
    case .backspace:
      return erase(buffer.cursor - 1..<buffer.cursor)
    case .wordBackspace: return kill(buffer.wordStart..<buffer.cursor, .before)
    case .control(let letter): return control(letter)
    case .alt(let letter): return alt(letter)
    case .special(let key, let byWord): return special(key, byWord: byWord)
    }
  }

  /// Empties the line, because it was taken.
  public mutating func accept(keepingInHistory: Bool) {
    if keepingInHistory {
      history.append(buffer.text)
      if !buffer.isEmpty { accepted.append(buffer.text) }
    } else {
      history.append("")
    }
    replaceLine(with: "")
  }

  /// The lines that were taken and are kept, each once: for a file of them.
  public mutating func takeAccepted() -> [String] {
    defer { accepted = [] }
    return accepted
  }

  /// Has Up and Ctrl-R reach `lines`, the oldest first.
  public mutating func recall(_ lines: [String]) {
    history.recall(lines)
  }

  /// Puts `text` on the line, the cursor after it, and forgets what could be
  /// undone.
  public mutating func replaceLine(with text: String) {
    buffer = EditBuffer(text)
    undo = UndoHistory()
    search = nil
    history.returnToDraft()
  }
}
