import Glibc
import Harness
import Testing

/// chatserve in a tmux window, and a peer that talks with it.
final class Room {
  let stage: Stage
  let tmux: Tmux
  let peer: NativePeer
  let port: UInt16

  private init(_ stage: Stage, _ plan: RoomPlan) throws {
    self.stage = stage
    let started = try Self.listening(stage, plan)
    tmux = started.tmux
    port = started.port
    do {
      peer = try NativePeer(port: port, handle: "tatyana")
      try peer.wait(for: "the floor") { $0.hasFloor }
    } catch {
      started.tmux.end()
      throw error
    }
  }

  /// Runs one test on a screen with nothing but the prompt in its first row.
  static func run(_ plan: RoomPlan = RoomPlan(), _ body: (Room) throws -> Void) throws {
    try Stage.run { stage in
      let room = try Room(stage, plan)
      defer { room.tmux.end() }
      if !plan.isPlain { try room.clear() }
      try body(room)
    }
  }

  /// Takes everything off the screen and out of the scrollback.
  func clear() throws {
    try tmux.wait(for: "the prompt") { $0.rows.last == "SERVER>" }
    try tmux.press("C-l")
    try tmux.shows(["SERVER> "], column: 8, row: 0)
    try tmux.call("clear-history")
  }

  /// Says something and waits until it stands on the screen.
  func say(_ text: String) throws {
    peer.say(text)
    try tmux.wait(for: "tatyana> \(text)") {
      $0.rows.joined().contains("tatyana> " + text)
    }
  }

  /// Presses Enter; the peer must get these very bytes.
  func enter(sends text: String, _ location: SourceLocation = #_sourceLocation) throws {
    try tmux.press("Enter")
    let message = try peer.nextMessage()
    #expect(
      message == Array(text.utf8), "\(String(decoding: message, as: UTF8.self))",
      sourceLocation: location)
  }

  // MARK: Processes

  /// The listener.
  func listener() throws -> pid_t { try Self.child(of: tmux.processID()) }

  /// The conversation under way.
  func conversation() throws -> pid_t {
    try Self.child(of: listener()) {
      SmallFile.read("/proc/\($0)/comm") == "chatserve-talk\n"
    }
  }

  /// The oldest living child that fits.
  private static func child(
    of parent: pid_t, where fits: (pid_t) -> Bool = { _ in true }
  ) throws -> pid_t {
    let children = ProcessTable.all().filter { $0.parent == parent && $0.state != "Z" }
      .map(\.id).sorted()
    guard let child = children.first(where: fits) else {
      throw HarnessFailure("\(parent) has children \(children)")
    }
    return child
  }

  /// Stops the listener and waits for the end of its pipeline.
  func stopPipeline() throws {
    kill(try listener(), SIGTERM)
    try tmux.wait(for: "exit 0") { $0.rows.contains("exit 0") }
  }

  // MARK: The terminal's mode

  /// Waits for the program's end; the terminal must be as it was before.
  func expectEnd(status: Int, _ location: SourceLocation = #_sourceLocation) throws {
    try tmux.wait(for: "exit \(status)") { $0.rows.contains("exit \(status)") }
    #expect(try tmux.terminalMode() == modeBefore(), sourceLocation: location)
  }

  /// Waits until the terminal is as it was before the program.
  func waitForRestoredTerminal() throws {
    let before = try modeBefore()
    try Deadline.poll("the terminal's mode, \(before)") { try tmux.terminalMode() == before }
  }

  private func modeBefore() throws -> String {
    let text = try stage.read("before")
    guard !text.isEmpty else { throw HarnessFailure("stty said nothing") }
    return text
  }

  // MARK: The start

  /// Tries ports until one is not taken by somebody else meanwhile.
  private static func listening(_ stage: Stage, _ plan: RoomPlan) throws -> (
    tmux: Tmux, port: UInt16
  ) {
    for _ in 0..<10 {
      let port = try FakeServer.freePort()
      let tmux = try Tmux(
        plan.script(in: stage, port: port), environment: stage.environment, home: stage.home,
        columns: plan.columns, rows: plan.rows)
      do {
        if plan.hasJobControl {
          try tmux.wait(for: "the shell") { $0.rows == ["$"] }
          try tmux.type(plan.line(in: stage, port: port) + "\r")
        }
        let picture = try tmux.wait(for: "the listener") {
          $0.words.contains("Ctrl-C stops.") || $0.rows.contains("exit 69")
        }
        if !picture.rows.contains("exit 69") { return (tmux, port) }
        tmux.end()
      } catch {
        tmux.end()
        throw error
      }
    }
    throw HarnessFailure("no free port")
  }
}

extension Stage {
  /// A small file in the home directory.
  func read(_ name: String) throws -> String {
    guard let text = SmallFile.read(home + "/" + name) else { throw HarnessFailure("no \(name)") }
    return text
  }
}
