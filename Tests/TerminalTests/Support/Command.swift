import Glibc
import Harness

/// A short command run to its end, for what it prints. Started by
/// posix_spawn(3), because the tests run on many threads.
struct Command {
  var path: String
  var arguments: [String]
  var environment: [String: String]

  struct Result {
    /// What came out of standard output and standard error.
    var output: [UInt8]
    /// As waitpid(2) gives it: 0 when all went well.
    var status: Int32

    var text: String { String(decoding: output, as: UTF8.self) }
  }

  /// More descriptors than all tests that run at once have open.
  private static let descriptorLimit: Int32 = 512

  /// Runs it with an empty standard input.
  func run() throws -> Result {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw HarnessFailure("pipe: errno \(errno)") }
    defer { close(ends[0]) }
    let processID: pid_t
    do {
      defer { close(ends[1]) }
      processID = try start(output: ends[1])
    }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16384)
    while true {
      let count = read(ends[0], &buffer, buffer.count)
      if count > 0 {
        output += buffer[..<count]
      } else if count == 0 || errno != EINTR {
        break
      }
    }
    var status: Int32 = 0
    while waitpid(processID, &status, 0) < 0, errno == EINTR {}
    return Result(output: output, status: status)
  }

  private func start(output: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    // A tmux server lives on: another test's pipe held open by it would have
    // no end.
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
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    let arguments = ([path] + arguments).map { strdup($0) } + [nil]
    let environment = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for string in arguments + environment { free(string) } }
    var processID: pid_t = 0
    let status = posix_spawn(&processID, path, &actions, &attributes, arguments, environment)
    guard status == 0 else {
      throw HarnessFailure("\(path) could not be started: errno \(status)")
    }
    return processID
  }
}
