import Glibc
import Harness

/// A tmux server of its own with one window, and a program in it.
final class Tmux {
  private let environment: [String: String]
  private let home: String

  /// Starts `command` with /bin/sh.
  init(
    _ command: String, environment: [String: String], home: String, columns: Int = 40,
    rows: Int = 12
  ) throws {
    self.home = home
    self.environment = environment.merging([
      // The server's socket goes with the test's home.
      "TMUX_TMPDIR": home, "SHELL": "/bin/sh", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8",
    ]) { $1 }
    try call(
      "start-server", ";", "set-option", "-g", "status", "off", ";", "set-option", "-g",
      "default-shell", "/bin/sh", ";", "set-option", "-g", "history-limit", "5000", ";",
      "set-option", "-g", "remain-on-exit", "on", ";", "new-session", "-d", "-x", "\(columns)",
      "-y", "\(rows)", command)
  }

  /// One tmux command, or several with `;` between them, which nothing comes
  /// between.
  ///
  /// - Returns: what it printed.
  @discardableResult
  func call(_ arguments: String...) throws -> String { try call(arguments) }

  @discardableResult
  func call(_ arguments: [String]) throws -> String {
    let command = Command(
      path: "/usr/bin/tmux", arguments: ["-L", "chat", "-f", "/dev/null"] + arguments,
      environment: environment)
    let result = try command.run()
    guard result.status == 0 else {
      throw HarnessFailure("tmux \(arguments.joined(separator: " ")): \(result.text)")
    }
    return result.text
  }

  // MARK: Keys

  /// Exactly these bytes, as a terminal sends them, all at once.
  func type(_ bytes: [UInt8]) throws {
    try call(["send-keys", "-H"] + bytes.map { String($0, radix: 16) })
  }

  func type(_ text: String) throws {
    try type(Array(text.utf8))
  }

  /// Keys by the names that tmux gives them, in the sequences it sends.
  func press(_ keys: String...) throws {
    try call(["send-keys"] + keys)
  }

  /// Pastes as the mouse does, in brackets where the program has asked for
  /// them; otherwise as a burst of keys.
  func paste(_ text: String, brackets: Bool) throws {
    let file = home + "/paste"
    guard let stream = fopen(file, "w") else { throw HarnessFailure("\(file): errno \(errno)") }
    fputs(text, stream)
    fclose(stream)
    try call(["load-buffer", file, ";", "paste-buffer", "-d"] + (brackets ? ["-p"] : []))
  }

  /// Gives the window one width after another, as fast as tmux can.
  func resize(columns: Int...) throws {
    var commands: [String] = []
    for width in columns {
      if !commands.isEmpty { commands.append(";") }
      commands += ["resize-window", "-x", "\(width)"]
    }
    try call(commands)
  }

  // MARK: Looking

  func picture() throws -> Picture {
    let text = try call(
      "capture-pane", "-p", ";", "display-message", "-p", "#{cursor_x},#{cursor_y}")
    guard let picture = Picture(captured: text) else {
      throw HarnessFailure("no picture: \(text)")
    }
    return picture
  }

  /// Everything on the screen and in the scrollback. Rows that tmux broke are
  /// joined where `joined` says so.
  func everything(joined: Bool = true) throws -> [String] {
    try call(["capture-pane", "-p", "-S", "-"] + (joined ? ["-J"] : []))
      .split(separator: "\n", omittingEmptySubsequences: false).map { Picture.trimmed(String($0)) }
  }

  /// The terminal's mode now, as stty(1) writes it.
  func terminalMode() throws -> String {
    let name = try call("display-message", "-p", "#{pane_tty}").prefix { $0 != "\n" }
    return try Command(path: "/bin/stty", arguments: ["-F", "\(name)", "-g"], environment: [:])
      .run().text
  }

  /// The process that tmux started.
  func processID() throws -> pid_t {
    let text = try call("display-message", "-p", "#{pane_pid}")
    guard let id = pid_t(text.split(separator: "\n").first ?? "") else {
      throw HarnessFailure("no process id: \(text)")
    }
    return id
  }

  /// Waits until the screen is as `condition` wants it.
  ///
  /// - Throws: ``HarnessFailure`` with the last picture.
  @discardableResult
  func wait(
    for what: @autoclosure () -> String, within seconds: Double = Deadline.usual,
    _ condition: (Picture) -> Bool
  ) throws -> Picture {
    var last = try picture()
    do {
      try Deadline.poll("", within: seconds) {
        if condition(last) { return true }
        last = try picture()
        return condition(last)
      }
    } catch {
      throw HarnessFailure("not within \(seconds) s: \(what())\nbut:\n\(last)")
    }
    return last
  }

  /// Waits until the screen is this picture.
  func shows(
    _ rows: [String], column: Int, row: Int, within seconds: Double = Deadline.usual
  ) throws {
    let wanted = Picture(rows.map(Picture.trimmed), column: column, row: row)
    try wait(for: "\n\(wanted)", within: seconds) { $0 == wanted }
  }

  /// Kills all that runs in it, and it.
  func end() {
    if let leader = try? processID() {
      // A process may fork while its session is being killed.
      while true {
        let living = ProcessTable.all().filter { $0.session == leader && $0.state != "Z" }
        if living.isEmpty { break }
        for process in living { kill(process.id, SIGKILL) }
      }
    }
    _ = try? call("kill-server")
  }
}
