import Glibc

/// Starts a program with posix_spawn(3): the tests run on many threads, so
/// nothing of theirs may run between a fork and an exec.
struct Spawn {
  var path: String
  var arguments: [String]
  var environment: [String: String]
  /// What becomes standard input, output and error.
  var streams: Streams

  enum Streams {
    /// A terminal by its name. Opened by the leader of a new session, it
    /// becomes the controlling one; tty_ioctl(4).
    case terminal(String)
    case descriptors(input: Int32, output: Int32, error: Int32)
  }

  /// <spawn.h>; glibc shows it with _GNU_SOURCE only.
  private static let newSession: Int32 = 0x80

  /// More descriptors than all tests that run at once have open; less than
  /// any usual RLIMIT_NOFILE.
  private static let descriptorLimit: Int32 = 512

  /// - Returns: the process id, which is its session's too.
  func start() throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    switch streams {
    case .terminal(let name):
      posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
      posix_spawn_file_actions_adddup2(&actions, 0, 1)
      posix_spawn_file_actions_adddup2(&actions, 0, 2)
    case .descriptors(let input, let output, let error):
      posix_spawn_file_actions_adddup2(&actions, input, 0)
      posix_spawn_file_actions_adddup2(&actions, output, 1)
      posix_spawn_file_actions_adddup2(&actions, error, 2)
    }
    // Another test's terminal or pipe must not be held open here. What is not
    // open is no error; glibc, posix_spawn_file_actions_addclose.
    for other in 3..<Self.descriptorLimit {
      posix_spawn_file_actions_addclose(&actions, other)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The threads that tests run on block most signals.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes,
      Int16(Self.newSession | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)))

    var processID: pid_t = 0
    let status = Self.withCStrings([path] + arguments) { arguments in
      Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
        posix_spawn(&processID, path, &actions, &attributes, arguments, environment)
      }
    }
    guard status == 0 else {
      throw HarnessFailure("posix_spawn of \(path): \(String(cString: strerror(status)))")
    }
    return processID
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return body(copies)
  }
}
