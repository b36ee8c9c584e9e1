import ChatPosix
import Glibc

/// A pager in a process of its own, at the other end of a pipe.
final class ChildPager: PagerProcess {
  private let pipe: FileDescriptor
  private let process: pid_t
  private var isFinished = false

  private init(pipe: FileDescriptor, process: pid_t) {
    self.pipe = pipe
    self.process = process
  }

  /// Starts `command` by posix_spawn(3).
  ///
  /// - Returns: `nil` when it cannot be started, or its program is nowhere on
  ///   PATH: the output is then shown without it.
  static func start(_ command: PagerCommand) -> (any PagerProcess)? {
    guard isFound(command.shellCommand), let pipe = try? Pipe.open() else { return nil }
    guard let process = spawn(command, input: pipe.readEnd) else {
      pipe.readEnd.closeOnce()
      pipe.writeEnd.closeOnce()
      return nil
    }
    pipe.readEnd.closeOnce()
    // The pager is who Ctrl-C talks to; and its end is told by EPIPE.
    signal(SIGINT, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    return ChildPager(pipe: pipe.writeEnd, process: process)
  }

  func write(_ bytes: [UInt8]) throws(SystemCallError) {
    try pipe.writeAll(bytes)
  }

  func finish() {
    guard !isFinished else { return }
    isFinished = true
    pipe.closeOnce()
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
  }

  /// Whether the first word names a program; what is more than a word is left
  /// to the shell.
  private static func isFound(_ command: String) -> Bool {
    guard let word = command.split(whereSeparator: \.isWhitespace).first else { return false }
    if word.contains(where: { "/=$'\"\\".contains($0) }) { return true }
    let path = Environment.value(of: "PATH") ?? "/usr/local/bin:/usr/bin:/bin"
    return path.split(separator: ":").contains { access("\($0)/\(word)", X_OK) == 0 }
  }

  private static func spawn(_ command: PagerCommand, input: FileDescriptor) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, input.rawValue, STDIN_FILENO)
    // What this process ignores or blocks, the pager must not.
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGINT, SIGPIPE, SIGQUIT, SIGTSTP, SIGWINCH] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    // The shell adds to the environment what is to be added.
    let script = (command.additions.map { "\($0) " }.joined()) + command.shellCommand
    var arguments: [UnsafeMutablePointer<CChar>?] = [
      strdup("sh"), strdup("-c"), strdup(script), nil,
    ]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let result = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, environ)
    return result == 0 ? process : nil
  }
}
